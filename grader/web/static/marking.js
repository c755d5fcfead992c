// An answer, or a group of equal ones, before a person: what is ticked and typed goes into the queue at once.
import { Guide } from "./guide.js";
import { exact, isPoints, shown, total } from "./points.js";
import { post, DONE } from "./posting.js";
import { keyOf } from "./queue.js";
import { say } from "./saves.js";

export class Marking {
  constructor(queue, moving) {
    this.queue = queue;
    this.moving = moving;
    this.root = null;
    queue.addEventListener("done", (event) => this.isDone(event.detail));
    queue.addEventListener("chosen", () => this.root && this.moving.again());
  }

  open(root) {
    this.root = root;
    if (!root) return;
    this.page = JSON.parse(root.dataset.marking);
    const { item, check, answer, group, address } = this.page;
    // it was asked for as the next one
    if (address !== location.pathname) history.replaceState(null, "", address);
    this.key = group ? `group|${item}|${check}|${group}` : keyOf(item, check, answer);
    this.base = { version: this.page.version, mark: this.page.mark };
    this.mark = this.freshest();
    this.guide = new Guide(this);
    this.fields = Object.fromEntries(["points", "comment", "note"].map((each) => [each, root.querySelector(`#${each}`)]));
    this.hold();
    this.draw();
  }

  // what waits in the queue is newer than the page, and so may be what the server said yes to after the page was made
  freshest() {
    const done = this.queue.done.get(this.key);
    if (done && isNewer(done.version, this.base.version)) this.base = done;
    return structuredClone(this.queue.kept.get(this.key)?.body.mark ?? this.base.mark);
  }

  hold() {
    const { points, comment, note } = this.fields;
    this.root.addEventListener("change", (event) => {
      if (event.target.name === "entry") this.tick(Number(event.target.value), event.target.checked);
    });
    this.root.querySelector("#clear").addEventListener("click", () => this.clear());
    points.addEventListener("input", () => this.give());
    comment.value = this.mark.comment;
    comment.addEventListener("input", () => this.change({ comment: comment.value }, { typed: true }));
    this.root.querySelector("#bank").addEventListener("click", (event) => {
      const used = event.target.closest("[data-comment]");
      if (used) this.use(used.dataset.comment);
    });
    this.root.querySelector("#keep-comment")?.addEventListener("click", () => this.keepComment());
    note?.addEventListener("input", () => this.put("note", { text: note.value }, "private note", { typed: true }));
    if (note) note.value = this.queue.kept.get(this.keyFor("note"))?.body.text ?? note.value;
    this.root.querySelector("#flag")?.addEventListener("click", (event) => this.flag(event.currentTarget));
    this.root.querySelector("#name")?.addEventListener("click", () => this.showName());
    this.root.addEventListener("click", (event) => {
      const undo = event.target.closest("[data-undo]");
      if (undo) this.undo(undo);
    });
    this.restoreFlag();
  }

  tick(id, on) {
    const others = this.mark.entries.filter((each) => each !== id);
    const entries = on ? [...others, id] : others;
    const wasGiven = this.mark.entries.length === 0;
    // points that were given without a line end where the first line is ticked
    this.change({ entries, points: null, ...(wasGiven || entries.length === 0 ? { adjustment: "0" } : {}) });
  }

  clear() {
    this.change({ entries: [], points: null, adjustment: "0" });
  }

  // without lines these are the points; beside lines they are added to them
  give() {
    const words = this.fields.points.value.trim().replace(",", ".").replace("−", "-").replace(/^\+/, "");
    const isRight = words === "" || isPoints(words);
    this.fields.points.setAttribute("aria-invalid", String(!isRight));
    say(this.root.querySelector("#wrong"), isRight ? "" : "Write a number, such as 1.5.");
    if (!isRight) return;
    this.change(this.mark.entries.length ? { adjustment: words || "0" } : { points: words || null }, { typed: true });
  }

  change(what, how) {
    this.mark = { ...this.mark, ...what };
    this.draw();
    const { item, check, answer, group, members } = this.page;
    const [path, about] = group ? ["/api/mark", { group, answers: members }] : ["/api/mark", { answer }];
    this.queue.put(this.key, path, { item, check, ...about, mark: this.mark }, this.base, this.about(this.said()), how);
  }

  about(said) {
    return { title: this.page.title, href: this.page.address, said };
  }

  said() {
    const lines = this.guide.lines.filter((each) => this.mark.entries.includes(each.id)).map((each) => each.text);
    const sum = this.total();
    const parts = [sum === null ? "no points" : `${shown(sum)} of ${this.page.possible}`, ...lines];
    return [...parts, ...(this.mark.comment ? [`“${this.mark.comment}”`] : [])].join("; ");
  }

  total() {
    const worths = this.guide.lines.filter((each) => this.mark.entries.includes(each.id)).map((each) => exact(each.points));
    return total(worths, this.mark, exact(this.page.possible));
  }

  draw() {
    const { entries, points, adjustment } = this.mark;
    for (const box of this.root.querySelectorAll("[name=entry]")) box.checked = entries.includes(Number(box.value));
    const sum = this.total();
    say(this.root.querySelector("#total"), sum === null ? "–" : shown(sum));
    this.root.querySelector("#given").dataset.given = sum === null ? "no" : "yes";
    const hasLines = entries.length > 0;
    say(this.root.querySelector("#points-label"), hasLines ? "Add to the lines" : "Points without a line");
    const wanted = hasLines ? (Number(adjustment) ? adjustment : "") : (points ?? "");
    if (document.activeElement !== this.fields.points) this.fields.points.value = wanted;
  }

  isDone({ entry, conflicts }) {
    if (!this.root || entry.key !== this.key) return;
    this.base = this.queue.done.get(this.key);
    if (conflicts.length) this.moving.again();
    else if (entry.body.group) this.moving.renew(".members", ".lead");
    else this.drawChip(entry.body.mark);
  }

  drawChip(mark) {
    const chip = this.root.querySelector(".lead .chip");
    const isGiven = mark.points !== null || mark.entries.length > 0;
    chip.className = `chip ${isGiven ? "marked" : "open"}`;
    say(chip, isGiven ? `${shown(this.total() ?? 0)} of ${this.page.possible}` : "unmarked");
  }

  keyFor(kind) {
    return `${kind}|${this.page.item}|${this.page.check}|${this.page.answer}`;
  }

  put(kind, what, title, how) {
    const { item, check, answer } = this.page;
    const about = { ...this.about(""), title: `${this.page.title}, ${title}` };
    this.queue.put(this.keyFor(kind), `/api/${kind}`, { item, check, answer, ...what }, null, about, how);
  }

  flag(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    this.put("flag", { on }, "look again");
  }

  restoreFlag() {
    const kept = this.queue.kept.get(this.keyFor("flag"));
    if (kept) this.root.querySelector("#flag").setAttribute("aria-pressed", String(kept.body.on));
  }

  use(words) {
    const { comment } = this.fields;
    comment.value = [comment.value.trimEnd(), words].filter(Boolean).join("\n");
    this.change({ comment: comment.value });
    comment.focus();
  }

  async keepComment() {
    const text = this.fields.comment.value.trim();
    if (text) await this.act("/api/comment", { text }, () => "This comment is kept for others.");
  }

  async showName() {
    const { answer } = this.page;
    const { kind, said } = await post("/api/name", { answer, ...this.place() });
    if (kind !== DONE) return this.tell(said.error);
    say(this.root.querySelector("#who"), said.name);
    this.root.querySelector("#name").hidden = true;
    this.tell(`${said.name}. It is recorded that you have seen the name.`);
  }

  undo(button) {
    const { answer, version } = button.dataset;
    return this.act("/api/undo", { answer, version: Number(version) }, () => "Taken back for this one.");
  }

  // a write that is not kept in the queue: it is done, or the page says why not
  async act(path, body, words) {
    await this.queue.send();
    const { kind, said } = await post(path, { ...this.place(), ...body });
    if (kind !== DONE) {
      this.tell(said.error);
      return null;
    }
    await this.moving.again();
    this.tell(words(said));
    return said;
  }

  place() {
    return { item: this.page.item, check: this.page.check };
  }

  tell(words) {
    say(this.root.querySelector("#told"), words);
  }
}

function isNewer(one, other) {
  if (typeof one === "number") return one > other;
  return Object.entries(one).some(([each, version]) => version > (other[each] ?? 0));
}
