// Whether everything is saved, and what is not: what waits, what was refused, and where two people differ.
const SHOWN = 4;

export function showSaves(queue, place, go) {
  const line = made("p", "state");
  const list = made("ul", "unsaved");
  place.replaceChildren(line, list);
  let wasWaiting = false;

  const draw = () => {
    const all = queue.kept.all();
    const open = all.filter((each) => each.state !== "waiting");
    const waiting = all.length - open.length;
    place.dataset.state = open.length ? "open" : queue.trouble ? "trouble" : waiting ? "waiting" : wasWaiting ? "saved" : "";
    wasWaiting ||= waiting > 0;
    say(line, told(waiting, open.length, queue.trouble, wasWaiting));
    drawList(queue, list, queue.trouble ? all : open, go);
  };
  queue.addEventListener("change", draw);
  window.addEventListener("beforeunload", (event) => {
    if (queue.waiting().length) event.preventDefault();
  });
  draw();
}

function told(waiting, open, trouble, wasWaiting) {
  const parts = [];
  if (trouble) parts.push(`${trouble} ${counted(waiting)} kept in this browser, and sent again by itself.`);
  else if (waiting) parts.push("Saving …");
  if (open) parts.push(`${counted(open)} not saved: see below.`);
  return parts.join(" ") || (wasWaiting ? "Everything is saved." : "");
}

const counted = (count) => (count === 1 ? "1 change is" : `${count} changes are`);

function drawList(queue, list, entries, go) {
  const wanted = entries.slice(0, SHOWN).map((each) => JSON.stringify([each.key, each.turn, each.state, each.theirs, each.error]));
  const more = entries.length > SHOWN ? `and ${entries.length - SHOWN} more` : "";
  const drawn = JSON.stringify([...wanted, more]);
  // what is focused stays, as long as nothing has changed
  if (list.dataset.drawn === drawn) return;
  list.dataset.drawn = drawn;
  const rows = entries.slice(0, SHOWN).map((each) => row(queue, each, go));
  list.replaceChildren(...rows, ...(more ? [made("li", "soft", more)] : []));
  const first = list.querySelector("button");
  if (first) first.dataset.jump = "x";
}

function row(queue, entry, go) {
  const item = made("li", entry.state);
  const link = made("a", "", entry.about.title);
  link.href = entry.about.href;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(link.href);
  });
  item.append(link);
  if (entry.state === "refused") {
    item.append(made("p", "why", entry.error), button("Drop it", () => queue.forget(entry.key)));
  }
  if (entry.state === "conflict") {
    item.append(
      made("p", "why", `${entry.theirs.author} has changed this meanwhile. Which one counts?`),
      side("Theirs", entry.theirs.said, "Take theirs", () => queue.choose(entry.key, false)),
      side("Yours", entry.about.said, "Take yours", () => queue.choose(entry.key, true)),
    );
  }
  return item;
}

function side(title, said, words, act) {
  const part = made("div", "side");
  part.append(made("h3", "", title), made("p", "said", said || "no mark"), button(words, act));
  return part;
}

function button(words, act) {
  const one = made("button", "", words);
  one.type = "button";
  one.addEventListener("click", act);
  return one;
}

export function made(name, kind, words = "") {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  element.textContent = words;
  return element;
}

// a live region is read aloud when it changes
export function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}
