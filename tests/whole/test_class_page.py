"""The class page in a real browser: numbers filter the table, which can be sorted and searched; nothing breaks its policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.insight import overview, page
from kit import axe
from kit import report_samples as samples
from kit.glancing import about, class_of
from kit.reviewing import chromium, made_run, page_of, running

pytestmark = pytest.mark.browser
SIZE = 60


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    standings = class_of(SIZE)
    made = page.html(overview(standings, about(standings)), links=lambda who: f"{who.folder}/staff.html")
    path = tmp_path_factory.mktemp("page") / "class.html"
    path.write_text(made, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, file: Path) -> Iterator[Any]:
    context = browser.new_context()
    tab, said = context.new_page(), []
    tab.on("console", lambda each: said.append(each.text))
    tab.on("pageerror", lambda each: said.append(str(each)))
    tab.goto(file.as_uri())
    yield tab
    context.close()
    assert said == []


def shown(tab: Any) -> list[str]:
    """Return the names in the table, in the order in which they stand there."""
    found: list[str] = tab.eval_on_selector_all(
        "#people tbody tr:not([hidden]) th a", "all => all.map(each => each.textContent)"
    )
    return found


def test_every_number_shows_as_many_as_it_says(opened: Any) -> None:
    numbers = opened.locator("a.n")
    told = numbers.evaluate_all(
        """all => all.filter(each => /^[0-9]+$/.test(each.textContent)).map(each => {
            each.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
            return [Number(each.textContent), document.querySelectorAll("#people tbody tr:not([hidden])").length];
        })"""
    )
    assert len(told) > 60
    assert [pair for pair in told if pair[0] != pair[1]] == []
    opened.click("#show-all")
    assert len(shown(opened)) == SIZE


def test_a_number_with_few_behind_it_shows_just_those(opened: Any) -> None:
    withheld = opened.locator(".needs .withheld")
    names = withheld.locator(".who").text_content().split(", ")
    withheld.locator("a.n").click()
    assert shown(opened) == names
    assert opened.locator("#chosen").text_content() == f"{len(names)} of {SIZE}"


def test_the_table_is_searched_by_name(opened: Any) -> None:
    opened.fill("#search", "aYdın")
    assert len(shown(opened)) == 20
    assert all("Aydın" in name for name in shown(opened))


def test_the_table_is_sorted_by_any_column_either_way_by_keyboard(opened: Any) -> None:
    points = "#people thead th:nth-child(2)"

    def values() -> list[float]:
        cells: list[str] = opened.eval_on_selector_all(
            "#people tbody td:nth-of-type(1)", "all => all.map(each => each.textContent)"
        )
        return [float(each) for each in cells if each]

    opened.focus(f"{points} button")
    opened.keyboard.press("Enter")
    assert opened.get_attribute(points, "aria-sort") == "descending"
    assert values() == sorted(values(), reverse=True)
    opened.keyboard.press("Enter")
    assert values() == sorted(values())
    opened.click("#people thead th:nth-child(1) button")
    assert shown(opened)[0].startswith("Ada Aydın")


def test_a_planted_bug_is_saved_as_it_stands_there(opened: Any) -> None:
    stub = opened.locator("pre.stub").first
    opened.locator("details:has(pre.stub) summary").first.click()
    with opened.expect_download() as download:
        opened.locator("pre.stub + button").first.click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == stub.text_content()


@axe.needed
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_nothing_on_it_keeps_anybody_from_it(browser: Any, file: Path, scheme: str, width: int) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    tab = context.new_page()
    tab.goto(file.as_uri())
    # what is folded is looked at as well
    tab.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert axe.hindrances(tab) == []
    context.close()


def test_it_can_be_read_without_a_script_on_a_phone(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.goto(file.as_uri())
    assert tab.locator("#people tbody tr").count() == SIZE
    assert tab.locator(".tools").is_hidden()
    assert tab.locator("main").bounding_box()["width"] <= 390
    context.close()


def test_in_the_review_numbers_filter_and_a_comment_reaches_the_gradebook(browser: Any, tmp_path: Path) -> None:
    wrong = samples.wrong()
    reports = [replace(wrong, submission=replace(wrong.submission, id=f"s{k}", digest=f"sha256:{k}")) for k in range(3)]
    with running(made_run(tmp_path / "run", reports)) as served, page_of(browser, served.link) as tab:
        tab.goto(served.url)
        number = tab.locator(".mistake a.n").first
        number.click()
        assert tab.locator("#people tbody tr:not([hidden])").count() == int(number.text_content())
        tab.fill("#search", "s1")
        assert tab.locator("#people tbody tr:not([hidden])").count() == 1
        form = tab.locator("form[data-remark]").first
        form.locator("xpath=ancestor::details[1]/summary").click()
        form.locator("textarea").fill("Look at the derivative.")
        form.locator("button").click()
        form.get_by_text("Saved", exact=True).wait_for()
        tab.reload()
        assert tab.locator("form[data-remark] textarea").first.input_value() == "Look at the derivative."
