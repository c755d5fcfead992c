"""Going through the review by keys alone, as somebody does who has no mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# lines of the guide that every task begins with: right, in part, wrong
RIGHT, IN_PART, WRONG = "1", "2", "3"
TABS = 200


def saved(page: Any) -> None:
    """Wait until everything is saved."""
    page.wait_for_selector("#saves[data-state=saved]")


def moved(page: Any, *keys: str) -> None:
    """Press keys, and wait until the last of them has led to another page."""
    before = page.url
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)


def go_to(page: Any, words: str) -> None:
    """Go by the Tab key to the link or button that begins with these words, and press Enter there."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("words => document.activeElement.textContent.trim().startsWith(words)", words):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"there is nothing called {words} to go to")


def mark_all(page: Any, choose: Callable[[str], str], *, comment: str = "") -> int:
    """Mark everything that waits, beginning on the page of all tasks, and end there; return how many times a mark was given.

    `choose` is told the words on a page and returns the key of a line of the guide; who gets the last one gets the `comment`.
    """
    given = 0
    while page.locator("[data-key=u]").count():
        moved(page, "u")
        while page.locator("[data-marking]").count():
            if not page.locator("[name=entry]").count():
                page.keyboard.press("l")
                page.wait_for_selector("[name=entry]")
            key = choose(page.inner_text(".left"))
            page.keyboard.press(key)
            if key == WRONG and comment:
                page.keyboard.press("c")
                page.keyboard.type(comment)
                page.keyboard.press("Escape")
            given += 1
            moved(page, "u")
        saved(page)
        moved(page, "b")
    return given
