"use strict";
// sorts, searches and filters the table of all; the page can be read without it
(() => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  function people(text) {
    const found = new Set();
    if (text[0] === "l") {
      let place = 0;
      for (const step of text.slice(1).split(".")) found.add(place += parseInt(step, 36));
    } else {
      const kept = text.slice(1).replaceAll("=", "");
      for (let k = 0; k < kept.length; k += 1) {
        const six = letters.indexOf(kept[k]);
        for (let bit = 0; bit < 6; bit += 1) if (six & (32 >> bit)) found.add(6 * k + bit);
      }
    }
    return found;
  }

  async function remark(form) {
    const said = form.querySelector("[role=status]"), { check, diagnosis, pattern } = form.dataset;
    said.textContent = "Saving ...";
    try {
      const answer = await fetch("/api/remark", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Mlpgrader-Token": document.body.dataset.token },
        body: JSON.stringify({ check, diagnosis, pattern, text: form.elements.text.value }),
      });
      const data = await answer.json();
      said.textContent = data.ok ? "Saved" : data.error;
    } catch {
      said.textContent = "Not saved: the review cannot be reached";
    }
  }

  function begin() {
    const table = document.getElementById("people");
    if (!table || table.dataset.ready) return;
    table.dataset.ready = "yes";
    const body = table.tBodies[0], rows = [...body.rows], words = rows.map((row) => row.cells[0].textContent.toLowerCase());
    const search = document.getElementById("search"), told = document.getElementById("chosen");
    const all = document.getElementById("show-all");
    let chosen = null, link = null;

    function show() {
      const wanted = search.value.trim().toLowerCase();
      let count = 0;
      rows.forEach((row, place) => {
        const there = (!chosen || chosen.has(place)) && (!wanted || words[place].includes(wanted));
        if (row.hidden === there) row.hidden = !there;
        count += there;
      });
      told.textContent = count === rows.length ? "" : `${count} of ${rows.length}`;
      all.hidden = count === rows.length;
    }

    function choose(next) {
      if (link) link.removeAttribute("aria-current");
      link = next;
      if (link) link.setAttribute("aria-current", "true");
      chosen = link ? people(link.dataset.who) : null;
      show();
    }

    function sort(head, column) {
      const up = head.getAttribute("aria-sort") !== (column ? "descending" : "ascending");
      const turned = column ? up : !up;
      for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", turned ? "descending" : "ascending");
      const value = (row) => row.cells[column].textContent.trim();
      const numbers = rows.every((row) => !Number.isNaN(Number(value(row))));
      const keys = new Map(rows.map((row) => [row, numbers ? (value(row) === "" ? -Infinity : Number(value(row))) : value(row)]));
      const names = new Intl.Collator("en", { numeric: true });
      const order = [...rows].sort((a, b) => {
        const x = keys.get(a), y = keys.get(b);
        return (turned ? -1 : 1) * (numbers ? (x === y ? 0 : x < y ? -1 : 1) : names.compare(x, y));
      });
      body.append(...order);
    }

    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(head, column));
    });
    search.addEventListener("input", show);
    all.addEventListener("click", () => { search.value = ""; choose(null); });
    document.querySelectorAll("a.n[data-who]").forEach((each) => each.addEventListener("click", (event) => {
      // a step in the history would have the review load the page anew
      event.preventDefault();
      choose(each);
      document.getElementById("everybody").scrollIntoView();
    }));
    document.querySelectorAll("pre[data-stub]").forEach((pre) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Save as a file";
      pre.after(button);
      button.addEventListener("click", () => {
        const save = document.createElement("a");
        save.href = URL.createObjectURL(new Blob([pre.textContent], { type: "application/toml" }));
        save.download = pre.dataset.stub;
        save.click();
        URL.revokeObjectURL(save.href);
      });
    });
    document.querySelectorAll("form[data-remark]").forEach((form) => form.addEventListener("submit", (event) => {
      event.preventDefault();
      remark(form);
    }));
    search.closest(".tools").hidden = false;
  }

  begin();
  // the review lays a new table in the place of this one, while a run goes on and on the way back from another page
  new MutationObserver(begin).observe(document.body, { childList: true, subtree: true });
})();
