// The next page takes the place of this one without loading everything anew; where the server is silent, this one stays.
import { say } from "./saves.js";

export class Moving {
  constructor(opened, queue) {
    this.opened = opened;
    this.queue = queue;
    this.turn = 0;
    window.addEventListener("popstate", () => this.show(location.href, { isBack: true }));
    document.addEventListener("click", (event) => this.clicked(event));
  }

  clicked(event) {
    const link = event.target.closest("main a[href^='/marking'], main a[data-soft]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(link.href, { waits: link.dataset.waits !== undefined });
  }

  // with `waits` the server has to know of what was just given, as it looks for what is unmarked
  async go(address, { waits = false } = {}) {
    document.activeElement?.blur();
    const sent = this.queue.send();
    if (waits) await Promise.race([sent, new Promise((done) => setTimeout(done, 2000))]);
    await this.show(address);
  }

  again() {
    return this.show(location.href, { isBack: true, keeps: true });
  }

  async show(address, { isBack = false, keeps = false } = {}) {
    const turn = ++this.turn;
    let page, answer;
    try {
      answer = await fetch(address, { headers: { Accept: "text/html" } });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      this.complain("The review does not answer, so this page stays. What you gave is kept in this browser.");
      return;
    }
    if (turn !== this.turn) return;
    const main = page.querySelector("main");
    if (!answer.ok || !main) {
      this.complain(page.querySelector("main p")?.textContent ?? "That page cannot be shown.");
      return;
    }
    if (isOfAnother(page.body.dataset)) {
      location.assign(address);
      return;
    }
    const there = new URL(answer.headers.get("Content-Location") ?? answer.url, location.href).href;
    if (!isBack && there !== location.href) history.pushState(null, "", there);
    const [x, y] = [scrollX, scrollY];
    const focused = keeps ? document.activeElement?.id : "";
    document.title = page.title;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    this.opened(main);
    if (keeps) {
      scrollTo(x, y);
      if (focused) document.getElementById(focused)?.focus();
    } else {
      scrollTo(0, 0);
      main.querySelector("h1")?.focus({ preventScroll: true });
    }
  }

  // parts of this page as they are now; the rest stays, with whatever is being typed
  async renew(...parts) {
    const { turn } = this;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of turn === this.turn ? parts : []) {
      const fresh = page.querySelector(part);
      if (fresh) document.querySelector(part).replaceWith(document.adoptNode(fresh));
    }
  }

  complain(words) {
    const place = document.querySelector("#told");
    if (place) say(place, words);
  }
}

// at the same address there may be another run by now, or somebody else may have come in by this browser
function isOfAnother({ run, who }) {
  return run !== document.body.dataset.run || who !== document.body.dataset.who;
}
