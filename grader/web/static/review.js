// The review in the browser: what is saved is told on every page, and letters do what the page offers.
import { areOn, listen, switchKeys } from "./keys.js";
import { Marking } from "./marking.js";
import { Moving } from "./moving.js";
import { Queue } from "./queue.js";
import { showSaves } from "./saves.js";

const { run, who } = document.body.dataset;
const queue = new Queue(`mlpgrader/${run}/${encodeURIComponent(who)}`);
const moving = new Moving(opened, queue);
const marking = new Marking(queue, moving);

function opened(main) {
  const keys = main.querySelector("#keys-on");
  if (keys) {
    keys.checked = areOn();
    keys.addEventListener("change", () => switchKeys(keys.checked));
  }
  main.querySelector("#help-button")?.addEventListener("click", () => main.querySelector("#help").showModal());
  marking.open(main.querySelector("[data-marking]"));
}

listen((address, how) => moving.go(address, how));
showSaves(queue, document.querySelector("#saves"), (address) => moving.go(address));
opened(document.querySelector("main"));
queue.send();
