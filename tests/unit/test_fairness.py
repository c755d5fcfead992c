"""docs/fairness.md promises nothing without a test, and leaves no check out."""

from __future__ import annotations

import re

import pytest

from grader.assignments import find
from grader.pipeline import load_rubric
from grader.text import points
from kit import ROOT

PAGE = (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8")
PROMISES, _, TABLES = PAGE.partition("## What each point stands on")
TEST = re.compile(r"\[test\]\(\.\./(tests/[\w/]+\.py)#(test_\w+)\)")


def sentences() -> list[str]:
    """Return the promises of the page, a paragraph each."""
    return [each.split("\n\n")[0] for each in re.split(r"^- ", PROMISES, flags=re.MULTILINE)[1:]]


def rows(assignment: str) -> list[tuple[str, str]]:
    """Return check and points of each line of the table of an assignment."""
    table = TABLES.partition(f"### `{assignment}`")[2].partition("\n### ")[0]
    return re.findall(r"^\| `(\w+)` \| ([\d.]+) \| \S.* \|$", table, re.MULTILINE)


def test_every_sentence_leads_to_a_test() -> None:
    assert len(sentences()) > 20
    assert [each for each in sentences() if not TEST.search(each)] == []


def test_every_test_that_the_page_leads_to_exists() -> None:
    links = TEST.findall(PAGE)
    assert len(links) == PAGE.count("[test]")
    missing = [
        f"{path}::{name}"
        for path, name in links
        if not (ROOT / path).is_file() or f"\ndef {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []


@pytest.mark.parametrize("assignment", ["byomlp", "modules"])
def test_every_check_has_a_line_with_its_points_and_what_they_stand_on(assignment: str) -> None:
    rubric = load_rubric(find(assignment))
    checks = [(name, points(value)) for item in rubric.items for name, value in item.checks.items()]
    assert sorted(rows(assignment)) == sorted(checks)
