"""The review can be used by everybody: axe-core finds nothing serious on its pages, in light and dark, on a phone and a screen.

Reports, which it shows within a page of theirs where no script runs, are looked at by themselves: test_accessible_reports.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from kit import axe
from kit.class_to_mark import run_of_sixty
from kit.reviewing import AUTHOR, Running, chromium, page_of, running

pytestmark = [pytest.mark.browser, axe.needed, pytest.mark.xdist_group("accessible review")]

PAGES = (
    "/",
    "/marking",
    "/marking/1",
    "/marking/1/group/1",
    "/marking/1/group/5",
    "/marking/1/1",
    "/marking/2/1",
    "/release",
    "/graders",
    "/help",
    "/submission/2",
)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return the review of a made class of sixty, with lines in its guide and a mark."""
    folder = run_of_sixty(tmp_path_factory.mktemp("review") / "run")
    with running(folder) as found:
        book = found.served.review.book
        for text, points in (("Right, with a reason", 2), ("In part", 1), ("Nothing", 0)):
            book.add_entry("classification", "comparison_written", text, Decimal(points), author=AUTHOR)
        yield found


@pytest.fixture(scope="module", params=[("light", 1280), ("dark", 390)], ids=["light screen", "dark phone"])
def page(request: pytest.FixtureRequest, review: Running) -> Iterator[Any]:
    """Return a page of somebody who has come in."""
    scheme, width = request.param
    with chromium() as browser, page_of(browser, review.link, width=width, color_scheme=scheme) as found:
        yield found


@pytest.mark.parametrize("address", PAGES)
def test_nothing_on_a_page_keeps_anybody_from_it(address: str, page: Any, review: Running) -> None:
    assert page.goto(review.url + address).status == 200
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert axe.hindrances(page) == []


def test_nothing_keeps_anybody_from_marking(page: Any, review: Running) -> None:
    page.goto(f"{review.url}/marking/1/9")
    page.locator("[data-change]").first.click()
    page.locator("form[data-line]:not([hidden])").wait_for()
    assert axe.hindrances(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    assert axe.hindrances(page) == []


def test_nothing_keeps_anybody_from_the_class_in_one_file(page: Any, review: Running, tmp_path: Path) -> None:
    file = tmp_path / "class.html"
    assert main(["export", "class", str(review.served.review.folder), "--out", str(file)]) == 0
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert axe.hindrances(page) == []
