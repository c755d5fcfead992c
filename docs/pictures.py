"""Takes the pictures of docs/review.md: a made class of sixty is marked by keyboard and released, in a real Chromium.

make pictures
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PIL import Image  # noqa: E402  ours are found by the line above

from kit.class_to_mark import run_of_sixty  # noqa: E402
from kit.keyboard import IN_PART, RIGHT, WRONG, go_to, mark_all, moved, saved  # noqa: E402
from kit.reviewing import chromium, page_of, running  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT, TALL = 1000, 680, 920
COLOURS = 48
COMMENT = "Say which of the two is better, and why."


def take(folder: Path) -> None:
    """Take all pictures into a folder."""
    with tempfile.TemporaryDirectory() as place:
        run = run_of_sixty(Path(place, "graded"))
        with running(run) as review, chromium() as browser:
            options = {"width": WIDTH, "height": HEIGHT, "reduced_motion": "reduce"}
            with page_of(browser, review.link, **options) as page:
                go_through(page, lambda name: keep(page, folder / f"{name}.png"))


def go_through(page: Any, picture: Callable[[str], None]) -> None:
    """Do by keys what the guide tells, from nothing marked to everything released."""
    page.wait_for_selector("main h1")
    picture("class")
    go_to(page, "Marking")
    page.wait_for_url("**/marking")
    picture("tasks")
    page.keyboard.press("Tab")
    go_to(page, "The two networks")
    page.wait_for_url("**/marking/1")
    picture("groups")
    moved(page, "u")
    page.keyboard.press("l")
    page.wait_for_selector("[name=entry]")
    page.keyboard.press(WRONG)
    page.keyboard.press("c")
    page.keyboard.type(COMMENT)
    page.keyboard.press("Escape")
    saved(page)
    moved(page, "u")
    page.keyboard.press(RIGHT)
    page.wait_for_selector(".members .chip.marked")
    picture("group")
    moved(page, "b")
    go_to(page, near(page))
    page.wait_for_url("**/group/*")
    picture("near")
    page.keyboard.press(IN_PART)
    saved(page)
    moved(page, "b")
    go_to(page, formula(page))
    page.wait_for_url("**/marking/1/*")
    page.keyboard.press("l")
    page.keyboard.type("The reason is missing")
    page.keyboard.press("Tab")
    page.keyboard.type("-0.5")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-key='4']:checked")
    page.keyboard.press(RIGHT)
    saved(page)
    picture("answer")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.set_viewport_size({"width": WIDTH, "height": TALL})
    picture("keys")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.keyboard.press("Escape")
    moved(page, "i")
    go_to(page, "The plot")
    page.wait_for_url("**/marking/2")
    moved(page, "u")
    page.wait_for_selector(".left img")
    picture("plot")
    moved(page, "i")
    mark_all(page, lambda words: WRONG if "Nothing was answered" in words else IN_PART, comment=COMMENT)
    picture("done")
    go_to(page, "Release")
    page.wait_for_url("**/release")
    picture("ready")
    go_to(page, "Release 5")
    page.wait_for_selector("[data-withdraw]")
    picture("released")


def near(page: Any) -> str:
    """Return how the link begins of the answers that are nearly the same."""
    return _begin(page, ".cards a, .groups a, main a", "Nearly")


def formula(page: Any) -> str:
    """Return how the link begins of the first answer with a formula."""
    return _begin(page, "ul.rows a", "eta")


def _begin(page: Any, links: str, words: str) -> str:
    found: str = page.locator(links, has_text=words).first.evaluate("link => link.textContent.trim()")
    return found


def keep(page: Any, file: Path) -> None:
    """Keep what the window shows, in a few colours, so that it stays small."""
    page.mouse.move(0, 0)
    page.evaluate("Promise.all([...document.images].map((each) => each.decode()))")
    shown = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    file.parent.mkdir(parents=True, exist_ok=True)
    shown.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
