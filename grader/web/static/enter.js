// what stands behind the # of a link is posted, changed into a cookie, and gone from the address
const said = document.querySelector("#said");

async function enter() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  try {
    const answer = await fetch("/enter", { method: "POST", body: token });
    if (answer.ok) {
      location.replace("/");
    } else {
      said.textContent = (await answer.json()).error;
    }
  } catch {
    said.textContent = "The review does not answer. Is it still running?";
  }
}

window.addEventListener("hashchange", enter);
enter();
