// One letter does what the element with that `data-key` does, or goes to the one with that `data-jump`. Off while somebody types, and for good where they switch it off.
const SWITCH = "mlpgrader/keys";
const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])";

export const areOn = () => localStorage.getItem(SWITCH) !== "off";

export function switchKeys(on) {
  localStorage.setItem(SWITCH, on ? "on" : "off");
  document.documentElement.dataset.keys = on ? "on" : "off";
}

export function listen(go) {
  switchKeys(areOn());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches(TYPED) && !event.target.closest("dialog")) {
      event.target.blur();
      return;
    }
    if (!areOn() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches(TYPED) || document.querySelector("dialog[open]")) return;
    const key = CSS.escape(event.key);
    const found = document.querySelector(`[data-key="${key}"], [data-jump="${key}"]`);
    if (!found || found.disabled) return;
    event.preventDefault();
    if (found.dataset.jump) return found.focus();
    if (!event.repeat || found.dataset.repeat !== undefined) act(found, go);
  });
}

function act(element, go) {
  if (element.matches("a[href]")) {
    go(element.href, { waits: element.dataset.waits !== undefined });
  } else if (element.matches(TYPED)) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}
