"""Reports can be used by everybody: axe-core finds nothing serious on any of them, in light and dark, on a phone and a screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import report
from grader.cli import main
from grader.filenames import STAFF_PAGE, STUDENT_PAGE
from kit import ROOT, axe
from kit import report_samples as samples
from kit.reviewing import chromium

pytestmark = [pytest.mark.browser, axe.needed]

REPORTS = (samples.right, samples.wrong, samples.waiting, samples.withheld, samples.notebooks)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser for all tests of this file."""
    with chromium() as found:
        yield found


@pytest.mark.parametrize("made", REPORTS, ids=lambda made: made.__name__)
@pytest.mark.parametrize("audience", ["student", "staff"])
def test_nothing_on_a_report_keeps_anybody_from_it(made: Any, audience: str, browser: Any, tmp_path: Path) -> None:
    assert found_on(report.pages(made())[audience], browser, tmp_path) == []  # type: ignore[index]


def test_nothing_on_the_page_of_a_notebook_keeps_anybody_from_it(browser: Any, tmp_path: Path) -> None:
    pages = [made for name, made in report.executed(samples.notebooks()).items() if name.endswith(".html")]
    assert [each for page in pages for each in found_on(page.decode(), browser, tmp_path)] == []


def test_nothing_on_the_reports_of_an_example_keeps_anybody_from_them(browser: Any, tmp_path: Path) -> None:
    example, out = ROOT / "examples" / "byomlp" / "bob-no-derivative", tmp_path / "graded"
    command = ["grade", str(example), "--assignment", "byomlp", "--items", "backprop", "--sandbox", "process"]
    main([*command, "--out", str(out)])
    pages = [out / example.name / name for name in (STUDENT_PAGE, STAFF_PAGE)]
    assert [each for page in pages for each in found_on(page.read_text(encoding="utf-8"), browser, tmp_path)] == []


def test_what_keeps_people_from_a_page_is_found(browser: Any, tmp_path: Path) -> None:
    page = (
        '<html lang="en"><title>a</title><main><h1>a</h1><img src="a.png"><p style="color: #ccc; background: #fff">pale'
    )
    found = " ".join(found_on(page, browser, tmp_path))
    assert "image-alt" in found
    assert "color-contrast" in found


def found_on(html: str, browser: Any, folder: Path) -> list[str]:
    """Return what axe finds on a page in light and dark, wide and narrow, each thing once."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    found: dict[str, None] = {}
    for scheme, width in (("light", 1280), ("dark", 390)):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto((folder / "page.html").as_uri())
        # what is folded is looked at as well
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        found.update(dict.fromkeys(f"{scheme} {width}: {each}" for each in axe.hindrances(page)))
        context.close()
    return list(found)
