// what can be done on the page of a submission: more time, a note, a command to copy
import { post, DONE } from "./posting.js";

function posting(id, path, asked) {
  const form = document.querySelector(`#${id}`);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post(path, { row: Number(form.dataset.row), ...asked(form) });
    document.querySelector(`#${id}-said`).textContent = answer.kind === DONE ? answer.said.said : answer.said.error;
  });
}

posting("extension", "/api/extension", (form) => ({ until: form.until.value }));
posting("note", "/api/attempt-note", (form) => ({ text: form.text.value }));

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const words = document.querySelector(`#${button.dataset.copy}`);
    try {
      await navigator.clipboard.writeText(words.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(words);
      button.textContent = "Selected: copy it";
    }
  });
}
