// The lines of a marking guide: added and changed while marking, and what was marked by them follows.
import { isPoints } from "./points.js";
import { say } from "./saves.js";

export class Guide {
  constructor(marking) {
    this.marking = marking;
    this.root = marking.root;
    this.lines = marking.page.lines;
    for (const form of this.root.querySelectorAll("form[data-line]")) this.hold(form);
    this.root.querySelector("#begin")?.addEventListener("click", () => this.begin());
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-change]");
      if (button) this.open(button);
    });
  }

  open(button) {
    const form = this.root.querySelector(`form[data-line="${CSS.escape(button.dataset.change)}"]`);
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.elements.text.focus();
  }

  hold(form) {
    const id = Number(form.dataset.line);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      id ? this.change(form, id) : this.add(form);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close(form, event);
    });
    form.querySelector("[data-close]")?.addEventListener("click", (event) => this.close(form, event));
    form.querySelector("[data-retire]")?.addEventListener("click", () => this.change(form, id, { retired: true }));
  }

  close(form, event) {
    event.preventDefault();
    event.stopPropagation();
    form.hidden = true;
    const button = this.root.querySelector(`[data-change="${CSS.escape(form.dataset.line)}"]`);
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  read(form) {
    const text = form.elements.text.value.trim();
    const points = form.elements.points.value.trim().replace(",", ".").replace("−", "-").replace(/^\+/, "");
    const wrong = !text ? "Say what this line is for." : isPoints(points) ? "" : "Write points as a number, such as 1.5 or -1.";
    say(form.querySelector(".wrong"), wrong);
    return wrong ? null : { text, points };
  }

  async add(form) {
    const wanted = this.read(form);
    const { marking } = this;
    const said = wanted && (await this.write(form, wanted, () => "The line is added."));
    // whoever adds a line while they look at an answer means this answer
    if (said && marking.page.lines.some((each) => each.id === said.entry)) marking.tick(said.entry, true);
  }

  async change(form, id, what = this.read(form)) {
    const version = Number(form.dataset.version);
    if (what) await this.write(form, { entry: id, version, ...what }, followed);
  }

  async write(form, wanted, words) {
    const said = await this.marking.act("/api/entry", wanted, words);
    if (!said) say(form.querySelector(".wrong"), this.root.querySelector("#told").textContent);
    return said;
  }

  // the three lines that most guides begin with
  async begin() {
    const { possible } = this.marking.page;
    await this.marking.act("/api/entry", { begin: true }, () => `Three lines, of ${possible} points, half and none: change them as you like.`);
  }
}

function followed(said) {
  if (said.marks === 0) return "Changed. No mark stands on it.";
  return said.marks === 1 ? "Changed. 1 mark follows." : `Changed. ${said.marks} marks follow.`;
}
