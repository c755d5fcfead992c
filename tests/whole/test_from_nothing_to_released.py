"""A class of sixty is marked from nothing to released by keyboard alone, and what goes back up carries marks and comments."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grader.cli import main
from kit.class_to_mark import MISSING, SIZE, handed_in, people, run_of_sixty
from kit.keyboard import IN_PART, RIGHT, WRONG, go_to, mark_all
from kit.reviewing import chromium, page_of, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COMMENT = "Say which of the two is better."


def choose(words: str) -> str:
    """Return the line of the guide for what is read on a page."""
    if "Nothing was answered" in words:
        return WRONG
    return IN_PART if "Code cell 10" in words else RIGHT


def test_a_class_of_sixty_is_marked_and_released_by_keys_alone(tmp_path: Path) -> None:
    run = run_of_sixty(tmp_path / "graded")
    with running(run) as review, chromium() as browser, page_of(browser, review.link) as page:
        page.wait_for_selector("main h1")
        go_to(page, "Marking")
        page.wait_for_url("**/marking")
        given = mark_all(page, choose, comment=COMMENT)
        assert "0 answers wait" in page.inner_text("main")
        # groups are marked at once
        assert given < SIZE
        go_to(page, "Release")
        page.wait_for_url("**/release")
        go_to(page, f"Release {SIZE - len(MISSING)}")
        page.wait_for_selector("[data-withdraw]")
    out = tmp_path / "marks.csv"
    assert main(["export", "csv", str(run), "--out", str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["login"]: row for row in csv.DictReader(file)}
    assert len(rows) == SIZE - len(MISSING)
    for k, (who, made) in enumerate(zip(people(), handed_in(), strict=True)):
        if k not in MISSING:
            row = rows[who.login]
            assert float(row["plot"]) == 1
            assert (COMMENT in row["comment"]) == (made.words == "")
