// the page of the class follows a run that goes on
const line = document.querySelector("#live");
let shown = line && { graded: Number(line.dataset.graded), failed: Number(line.dataset.failed), changes: Number(line.dataset.changes) };
let waiting = 0;

function told(event) {
  const now = JSON.parse(event.data);
  const done = now.graded + now.failed;
  line.hidden = done >= now.attempts;
  line.textContent = `${done} of ${now.attempts} are graded${now.failed ? `, ${now.failed} of them without a result` : ""}.`;
  if (now.changes !== shown.changes && !waiting) waiting = setTimeout(load, 3000);
  shown = now;
}

async function load() {
  waiting = 0;
  // what somebody is typing, or has opened, is not taken from them
  const main = document.querySelector("main");
  const typed = [...main.querySelectorAll("textarea, input")].some((field) => field.value !== field.defaultValue);
  if (typed || (main.contains(document.activeElement) && document.activeElement !== main)) {
    waiting = setTimeout(load, 3000);
    return;
  }
  const answer = await fetch("/").catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#class");
  document.querySelector("#class")?.replaceChildren(...fresh.childNodes);
  document.dispatchEvent(new Event("review:replaced"));
}

if (line) new EventSource("/events").addEventListener("message", told);
