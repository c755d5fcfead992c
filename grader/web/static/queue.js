// What was ticked and typed, kept in the browser until the server says yes. Each entry holds the whole of what is wanted, so that
// a later one takes the place of an earlier one, and what is sent twice is written once.
import { Kept } from "./kept.js";
import { exact } from "./points.js";
import { CONFLICT, DONE, REFUSED, SILENT, UNKNOWN, post } from "./posting.js";

const PAUSES = [500, 1000, 2000, 4000, 8000, 15000];
// milliseconds until what is being typed is sent
const TOGETHER = 250;
const TRIES = 20;

export const keyOf = (item, check, answer) => `mark|${item}|${check}|${answer}`;

const amount = (words) => (words === null ? null : exact(words));

export const sameMark = (one, other) =>
  amount(one.points) === amount(other.points) &&
  Number(one.adjustment) === Number(other.adjustment) &&
  one.comment === other.comment &&
  [...one.entries].sort().join() === [...other.entries].sort().join();

// our own, whose yes was lost or went to another page; or the points of a line have changed, and the choice of lines has not
const isOwn = (entry, mark) => [entry.base.mark, ...entry.tries].some((each) => sameMark(each, mark));

export class Queue extends EventTarget {
  constructor(name) {
    super();
    this.name = name;
    this.kept = new Kept(`${name}/`);
    // what the server has said yes to since the page was loaded, by key
    this.done = new Map();
    // what this page has put in since it was loaded, by key: another page of this browser may be the one that sends it
    this.given = new Map();
    this.trouble = "";
    this.failures = 0;
    this.sending = null;
    window.addEventListener("storage", () => this.changed());
    window.addEventListener("online", () => this.send());
  }

  // `base` is what the person had before them: the version of the mark, and the mark
  put(key, path, body, base, about, { typed = false } = {}) {
    const before = this.kept.get(key);
    const given = this.given.get(key) ?? [];
    this.given.set(key, [...given, body.mark].slice(-TRIES));
    this.keep({
      key, path, body, about,
      base: before ? before.base : base,
      tries: before ? before.tries : given,
      made: before ? before.made : Date.now(),
      turn: before ? before.turn + 1 : 1,
      state: before && before.state === "conflict" ? "conflict" : "waiting",
      theirs: before ? before.theirs : null,
      error: "",
    });
    clearTimeout(this.timer);
    if (typed) this.timer = setTimeout(() => this.send(), TOGETHER);
    else this.send();
  }

  // both are shown, and nothing is sent until a person has chosen
  dispute(key, path, body, about, theirs) {
    if (this.kept.get(key)) return;
    const base = { version: theirs.version, mark: theirs.mark };
    this.keep({ key, path, body, about, base, tries: [], made: Date.now(), turn: 1, state: "conflict", theirs, error: "" });
  }

  choose(key, mine) {
    const entry = this.kept.get(key);
    const base = { version: entry.theirs.version, mark: entry.theirs.mark };
    if (mine) {
      this.keep({ ...entry, base, state: "waiting", theirs: null });
      this.send();
    } else {
      this.done.set(key, base);
      this.kept.drop(key);
    }
    this.changed();
    this.dispatchEvent(new Event("chosen"));
  }

  // gives up what was refused
  forget(key) {
    this.kept.drop(key);
    this.changed();
    this.dispatchEvent(new Event("chosen"));
  }

  keep(entry) {
    this.kept.set(entry);
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  waiting() {
    return this.kept.all().filter((each) => each.state === "waiting");
  }

  // what waits is sent, one after the other; of two pages of one browser one sends at a time
  send() {
    clearTimeout(this.timer);
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
      if (this.trouble) {
        this.timer = setTimeout(() => this.send(), PAUSES[Math.min(this.failures++, PAUSES.length - 1)]);
      } else if (this.waiting().length) {
        this.send();
      }
    });
    return this.sending;
  }

  async sendAll() {
    const all = async () => {
      this.trouble = "";
      for (const { key } of this.waiting()) {
        const entry = this.kept.get(key);
        // what one page of this browser has sent, another one has not to send
        if (entry?.state === "waiting" && (await this.sendOne(entry)) === SILENT) break;
      }
      this.changed();
    };
    // there are no locks where a page came without TLS from another machine
    await (navigator.locks ? navigator.locks.request(this.name, all) : all());
  }

  async sendOne(entry) {
    const version = entry.base ? { version: entry.base.version } : {};
    // that it was tried is kept first: a yes may be lost on its way
    this.keep({ ...entry, tries: [...entry.tries, entry.body.mark].slice(-TRIES) });
    const { kind, said } = await post(entry.path, { ...entry.body, ...version });
    // meanwhile it may have been changed, here or in another page
    const now = this.kept.get(entry.key);
    const isSame = now !== null && now.turn === entry.turn;
    if (kind === DONE) {
      this.failures = 0;
      // members of a group that have an earlier try of ours are asked for once more, by their version
      const ours = (said.conflicts ?? []).filter(({ theirs }) => isOwn(entry, theirs.mark));
      const versions = Object.fromEntries(ours.map(({ answer, theirs }) => [answer, theirs.version]));
      const conflicts = (said.conflicts ?? []).filter((each) => !ours.includes(each));
      const version = ours.length ? { ...said.version, ...versions } : said.version;
      const base = entry.base && { version, mark: entry.body.mark };
      if (base) this.done.set(entry.key, base);
      if (entry.body.group) this.spread(entry, said.version, conflicts);
      if (now) {
        if (isSame && !ours.length) this.kept.drop(entry.key);
        else this.keep({ ...now, base, tries: ours.length ? now.tries : [] });
      }
      this.dispatchEvent(new CustomEvent("done", { detail: { entry, conflicts } }));
    } else if (now && kind === CONFLICT) {
      const { version, mark } = said.theirs;
      this.keep(isOwn(entry, mark) ? { ...now, base: { version, mark } } : { ...now, state: "conflict", theirs: said.theirs });
    } else if (now && kind === REFUSED) {
      if (isSame) this.keep({ ...now, state: "refused", error: said.error });
    } else if (now) {
      this.trouble = said.error;
      return kind === UNKNOWN ? SILENT : kind;
    }
    return kind;
  }

  // what a group was given is the mark of each member, but for those where somebody else was first
  spread({ body, about }, version, conflicts) {
    const { item, check, mark } = body;
    for (const [answer, given] of Object.entries(version)) {
      const key = keyOf(item, check, answer);
      const base = { version: given, mark };
      this.done.set(key, base);
      const own = this.kept.get(key);
      if (own?.state === "waiting") this.keep({ ...own, base });
    }
    for (const { answer, title, href, theirs } of conflicts) {
      const key = keyOf(item, check, answer);
      this.dispute(key, "/api/mark", { item, check, answer, mark }, { ...about, title, href }, theirs);
    }
  }
}
