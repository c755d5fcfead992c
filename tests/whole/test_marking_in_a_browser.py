"""Marking in a real Chromium by its keys: groups and single answers, a server that dies, two people at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook.book import Gradebook
from kit.marker import PLACE
from kit.reviewing import answering, chromium, made_run, page_of, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SAID = {
    "ann": "The leaky network is better.",
    "bob": "the leaky network is BETTER",
    "cyd": "",
    "dan": "",
    "eve": "Both reach 93 percent, and the small one is cheaper.",
    "fay": "The large one, as it has more room.",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return made_run(tmp_path / "graded", [answering(*each) for each in SAID.items()])


@contextmanager
def marking(browser: Any, link: str, address: str = "/marking/1", **options: Any) -> Iterator[Any]:
    """Give a page of marking of somebody who has come in."""
    with page_of(browser, link, **options) as page:
        page.goto(link.partition("/enter")[0] + address)
        yield page


def given(book: Gradebook, name: str) -> tuple[Decimal | None, str] | None:
    """Return points and comment of one answer."""
    mark = book.answered(name, 1, PLACE["item"], PLACE["check"]).mark
    return mark and (mark.points, mark.comment)


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def saved(page: Any) -> None:
    """Wait until everything is saved."""
    page.wait_for_selector("#saves[data-state=saved]")


def place_of(page: Any, words: str) -> str:
    """Return the address of the single answer that begins with these words."""
    address: str = page.locator("ul.rows a", has_text=words).first.get_attribute("href")
    return address


def test_everything_is_marked_by_keys_alone(browser: Any, run: Path) -> None:
    with running(run) as review, marking(browser, review.link) as page:
        page.wait_for_selector("h1")
        press(page, "u")
        page.wait_for_url("**/group/1")
        press(page, "l")
        page.wait_for_selector("[name=entry]")
        press(page, "3", "c")
        page.keyboard.type("Nothing is there. 1 2 n u")
        press(page, "Escape", "u")
        page.wait_for_url("**/group/2")
        press(page, "1", "u")
        page.wait_for_url("**/1/5")
        press(page, "l")
        page.keyboard.type("No number is given")
        press(page, "Tab")
        page.keyboard.type("-0,5")
        press(page, "Enter")
        page.wait_for_selector("[data-key='4']:checked")
        press(page, "1", "u")
        page.wait_for_url("**/1/6")
        press(page, "a")
        page.keyboard.type("1.25")
        press(page, "Escape", "f", "u")
        page.wait_for_url("**/marking/1")
        assert "6 of 6 marked" in page.inner_text("main")
        assert "To look at again" in page.inner_text("main")
        book = review.served.review.book
        assert book.waiting() == ()
        marks = {name: given(book, name) for name in SAID}
        assert marks["ann"] == marks["bob"] == (Decimal(2), "")
        assert marks["cyd"] == marks["dan"] == (Decimal(0), "Nothing is there. 1 2 n u")
        assert {marks["eve"], marks["fay"]} == {(Decimal("1.5"), ""), (Decimal("1.25"), "")}


def test_what_is_given_while_the_server_is_dead_is_kept_and_sent(browser: Any, run: Path) -> None:
    with running(run) as review:
        port = review.served.listener.getsockname()[1]
        context = browser.new_context()
        page = context.new_page()
        page.goto(review.link)
        page.wait_for_url(lambda url: "/enter" not in url)
        page.goto(f"{review.url}/marking/1")
        page.goto(review.url + place_of(page, "Both reach"))
    press(page, "c")
    page.keyboard.type("Half of it.")
    press(page, "Escape", "a")
    page.keyboard.type("1")
    press(page, "Escape")
    page.wait_for_selector("#saves[data-state=trouble]")
    assert "1 change is kept in this browser" in page.inner_text("#saves")
    press(page, "n")
    page.wait_for_selector("#told:has-text('does not answer')")
    # the page is gone, and what it kept is not
    page.close()
    with running(run, port=port) as review:
        page = context.new_page()
        page.goto(review.link)
        saved(page)
        assert given(review.served.review.book, "eve") == (Decimal(1), "Half of it.")
    context.close()


def lose_the_first_yes(page: Any) -> None:
    """Let the first mark of a page be written, and its answer be lost."""
    turns = itertools.count()

    def lose_the_first(route: Any) -> None:
        if next(turns) == 0:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/mark", lose_the_first)


def test_a_yes_for_a_group_that_is_lost_makes_no_conflict(browser: Any, run: Path) -> None:
    with running(run) as review, marking(browser, review.link, "/marking/1/group/2") as page:
        page.wait_for_selector("[data-marking]")
        lose_the_first_yes(page)
        press(page, "a")
        page.keyboard.type("1")
        page.wait_for_selector("#saves[data-state=trouble]")
        page.keyboard.type(".5")
        saved(page)
        book = review.served.review.book
        assert given(book, "ann") == given(book, "bob") == (Decimal("1.5"), "")
        assert book.answered("ann", 1, PLACE["item"], PLACE["check"]).version == 2
        page.wait_for_selector(".lead:has-text('All are marked')")


@pytest.mark.parametrize(("first", "more", "counts"), [("1", ".5", "1.5"), ("1.0", "5", "1.05")])
def test_a_yes_that_is_lost_makes_no_conflict(browser: Any, run: Path, first: str, more: str, counts: str) -> None:
    with running(run) as review, marking(browser, review.link) as page:
        page.goto(review.url + place_of(page, "Both reach"))
        lose_the_first_yes(page)
        press(page, "a")
        page.keyboard.type(first)
        page.wait_for_selector("#saves[data-state=trouble]")
        page.keyboard.type(more)
        saved(page)
        book = review.served.review.book
        assert given(book, "eve") == (Decimal(counts), "")
        assert book.answered("eve", 1, PLACE["item"], PLACE["check"]).version == 2


def test_what_another_page_of_the_browser_has_sent_is_no_conflict(browser: Any, run: Path) -> None:
    with running(run) as review, marking(browser, review.link) as first:
        address = review.url + place_of(first, "Both reach")
        second = first.context.new_page()
        second.goto(address)
        second.route("**/api/mark", lambda route: route.abort())
        press(second, "a")
        second.keyboard.type("1")
        second.wait_for_selector("#saves[data-state=trouble]")
        first.evaluate("window.dispatchEvent(new Event('online'))")
        saved(first)
        book = review.served.review.book
        assert given(book, "eve") == (Decimal(1), "")
        second.unroute("**/api/mark")
        second.keyboard.type(".5")
        saved(second)
        assert given(book, "eve") == (Decimal("1.5"), "")


def test_a_page_of_one_run_writes_nothing_into_another_one(browser: Any, run: Path, tmp_path: Path) -> None:
    other = made_run(tmp_path / "other", [answering(*each) for each in SAID.items()])
    with running(run) as review:
        port = review.served.listener.getsockname()[1]
        context = browser.new_context()
        page = context.new_page()
        page.goto(review.link)
        page.wait_for_url(lambda url: "/enter" not in url)
        page.goto(f"{review.url}/marking/1/5")
        page.wait_for_selector("[data-marking]")
    with running(other, port=port) as review:
        before = review.served.review.book.audit()
        newcomer = context.new_page()
        newcomer.goto(review.link)
        newcomer.wait_for_url(lambda url: "/enter" not in url)
        press(page, "l")
        page.wait_for_selector("#told:has-text('of an earlier review')")
        press(page, "a")
        page.keyboard.type("1")
        page.wait_for_selector("#saves[data-state=trouble]")
        assert "1 change is kept in this browser" in page.inner_text("#saves")
        assert review.served.review.book.audit() == before
        # who looks on loads the other run whole, so that what they give there goes there
        newcomer.goto(f"{review.url}/marking")
        name = newcomer.evaluate("document.body.dataset.run")
        page.on("dialog", lambda dialog: dialog.accept())
        press(page, "Escape", "i")
        page.wait_for_selector(f"body[data-run='{name}']")
        page.close()
    with running(run, port=port) as review:
        page = context.new_page()
        page.goto(review.link)
        saved(page)
        assert sorted(str(given(review.served.review.book, each)) for each in ("eve", "fay"))[0].startswith(
            "(Decimal('1')"
        )
    context.close()


@pytest.mark.parametrize(("choice", "counts"), [("Take theirs", "1"), ("Take yours", "0.5")])
def test_of_two_who_differ_both_are_shown_and_a_person_chooses(
    browser: Any, run: Path, choice: str, counts: str
) -> None:
    with (
        running(run) as review,
        marking(browser, review.link) as first,
        marking(browser, review.link) as second,
    ):
        address = review.url + place_of(first, "Both reach")
        first.goto(address)
        second.goto(address)
        press(first, "a")
        first.keyboard.type("1")
        saved(first)
        press(second, "a")
        second.keyboard.type("0.5")
        second.wait_for_selector("li.conflict")
        book = review.served.review.book
        assert given(book, "eve") == (Decimal(1), "")
        assert second.locator(".side .said").all_inner_texts() == ["1 points", "0.5 of 2"]
        press(second, "Escape", "x")
        assert second.evaluate("document.activeElement.textContent") == "Take theirs"
        second.get_by_role("button", name=choice).press("Enter")
        second.wait_for_selector("li.conflict", state="detached")
        saved(second)
        second.wait_for_selector(f"#total:text-is('{counts}')")
        assert given(book, "eve") == (Decimal(counts), "")


def test_of_a_group_only_the_one_that_somebody_else_has_marked_is_in_doubt(browser: Any, run: Path) -> None:
    with (
        running(run) as review,
        marking(browser, review.link, "/marking/1/group/2") as first,
        marking(browser, review.link, "/marking/1/3") as second,
    ):
        press(second, "a")
        second.keyboard.type("1")
        saved(second)
        press(first, "a")
        first.keyboard.type("2")
        first.wait_for_selector("li.conflict")
        book = review.served.review.book
        assert sorted(str(given(book, name)) for name in ("ann", "bob")) == [
            "(Decimal('1'), '')",
            "(Decimal('2'), '')",
        ]
        first.get_by_role("button", name="Take yours").press("Enter")
        saved(first)
        assert given(book, "ann") == given(book, "bob") == (Decimal(2), "")


def test_a_line_that_is_changed_takes_its_marks_with_it(browser: Any, run: Path) -> None:
    with running(run) as review, marking(browser, review.link, "/marking/1/group/2") as page:
        press(page, "l")
        page.wait_for_selector("[name=entry]")
        press(page, "2")
        saved(page)
        page.wait_for_selector(".lead:has-text('All are marked')")
        page.get_by_role("button", name="Edit the line Right in part").press("Enter")
        form = page.locator("form[data-line]:not([hidden])")
        form.locator("[name=points]").fill("1,5")
        form.locator("[name=points]").press("Enter")
        page.wait_for_selector("#told:has-text('2 marks follow')")
        assert given(review.served.review.book, "ann") == (Decimal("1.5"), "")
        press(page, "0")
        page.wait_for_selector(".members:not(:has(.marked))")
        assert given(review.served.review.book, "ann") == (None, "")


def test_a_mark_out_of_range_is_refused_and_told(browser: Any, run: Path) -> None:
    with running(run) as review, marking(browser, review.link, "/marking/1/5") as page:
        press(page, "a")
        page.keyboard.type("7")
        page.wait_for_selector("li.refused")
        assert "it is worth 2, so give 0 to 2" in page.inner_text("#saves")
        page.get_by_role("button", name="Drop it").press("Enter")
        page.wait_for_selector("#total:text-is('–')")
        assert [each.version for each in review.served.review.book.answers(*PLACE.values())] == [0] * len(SAID)


def test_keys_are_off_while_somebody_types_and_can_be_switched_off(browser: Any, run: Path) -> None:
    with running(run) as review, marking(browser, review.link, "/marking/1/5") as page:
        page.wait_for_selector("[data-marking]")
        press(page, "t")
        page.keyboard.type("n u 1 p")
        press(page, "Escape", "?")
        page.wait_for_selector("dialog[open]")
        press(page, "n")
        page.locator("#keys-on").uncheck()
        press(page, "Escape")
        page.wait_for_selector("dialog[open]", state="detached")
        press(page, "c")
        assert page.evaluate("document.activeElement.id") != "comment"
        assert page.input_value("#note") == "n u 1 p"
        page.reload()
        press(page, "c")
        assert page.evaluate("document.activeElement.id") != "comment"
        page.locator("#help-button").click()
        page.locator("#keys-on").check()
        press(page, "Escape", "c")
        assert page.evaluate("document.activeElement.id") == "comment"


@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize("address", ["/marking", "/marking/1", "/marking/1/group/1", "/marking/1/5"])
def test_no_page_is_wider_than_its_window(browser: Any, run: Path, width: int, address: str) -> None:
    with running(run) as review, marking(browser, review.link, address, width=width) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
