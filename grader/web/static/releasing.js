// releasing, withdrawing and exporting: what the server says is told beside the button
import { ask, post, DONE } from "./posting.js";

const said = document.querySelector("#release-said");

async function release(students, withdraw) {
  const answer = await post("/api/release", { students, withdraw });
  if (answer.kind === DONE) location.reload();
  else said.textContent = answer.said.error;
}

document.querySelector("#release").addEventListener("submit", (event) => {
  event.preventDefault();
  release([...document.querySelectorAll("tr[data-student]")].map((row) => row.dataset.student), false);
});
for (const button of document.querySelectorAll("[data-withdraw]")) {
  button.addEventListener("click", () => release([button.dataset.withdraw], true));
}

document.querySelector("#export").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, told = document.querySelector("#export-said");
  const asked = new URLSearchParams({ format: form.format.value, title: form.title.value });
  if (form.unreleased.checked) asked.set("unreleased", "yes");
  if (event.submitter?.value !== "write") asked.set("preview", "yes");
  told.textContent = "";
  try {
    const [chosen] = form.into.files;
    const answer = await ask(`/api/export?${asked}`, chosen ?? "");
    const name = answer.headers.get("content-disposition")?.match(/filename="([^"]+)"/)?.[1];
    if (answer.ok && name) {
      // what goes back to a platform is called as it came from there
      const called = chosen?.name ?? name;
      hand(called, await answer.blob());
      told.textContent = `${called} was written.`;
    } else {
      const { error, lines, students } = await answer.json();
      told.textContent = error ?? [`Students in it: ${students}`, ...lines].join("\n");
    }
  } catch {
    told.textContent = "The review does not answer. Is it still running?";
  }
});

function hand(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
