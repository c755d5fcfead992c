"""The page of a student as it is handed out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader import report
from grader.exports.final import Final, rounded
from grader.exports.platforms.page import page_of
from grader.model import Result
from kit import class_folder as folders
from kit import report_samples as samples


@pytest.fixture
def handed_out(tmp_path: Path) -> tuple[Final, Result]:
    """Return a student with a page, and what the program found."""
    made = samples.wrong()
    path = folders.submission(tmp_path, made)
    (path / "report.html").write_text(report.html(made, audience="student"), encoding="utf-8")
    return folders.final(path, made.result), made.result


def test_where_nobody_has_changed_anything_it_is_the_page_of_the_run(handed_out: tuple[Final, Result]) -> None:
    final, result = handed_out
    assert final.folder
    assert page_of(final, result) == (final.folder / "report.html").read_bytes()


def test_marks_comments_and_lateness_stand_above_what_the_program_found(handed_out: tuple[Final, Result]) -> None:
    final, result = handed_out
    items = {**final.items, "backprop": Decimal("7.5")}
    page = page_of(
        replace(final, points=Decimal("13.95"), items=items, comment="well\nargued", late="1 day late, 10 % off"),
        result,
    ).decode()
    top = page.partition("<header>")[0]
    assert "<title>13.95 of 25 points</title>" in top
    assert "<strong>13.95</strong> of 25 points" in top
    assert "<li>Backpropagation: 7.5 of 15, by a person; the program found 6</li>" in top
    assert top.count("<li>") == 1
    assert "well\nargued" in top
    assert "1 day late, 10 % off" in top
    assert "found by itself: 14 of 25 points" in top
    assert "<strong>14</strong> of 25 points" in page.partition("<header>")[2]


@pytest.mark.parametrize("part", [1 / 3, 0.125])
def test_parts_of_a_point_were_given_by_nobody(part: float, handed_out: tuple[Final, Result]) -> None:
    final, result = handed_out
    items = tuple(replace(each, marks=replace(each.marks, earned=each.marks.earned + part)) for each in result.items)
    finer = replace(result, marks=replace(result.marks, earned=14 + part), items=items)
    given = {each.id: rounded(Decimal(each.marks.earned)) for each in items}
    assert final.folder
    page = page_of(replace(final, points=rounded(Decimal(14 + part)), items=given), finer)
    assert page == (final.folder / "report.html").read_bytes()


def test_a_comment_is_text_and_nothing_else(handed_out: tuple[Final, Result]) -> None:
    final, result = handed_out
    page = page_of(replace(final, comment="<script>alert(1)</script><main>\x1b"), result).decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;main&gt;\\x1b" in page
    assert page.count("<main>") == 1


@pytest.mark.parametrize("more", [{"comment": "see me"}, {"late": "1 hour late"}, {"points": Decimal(13)}])
def test_each_change_alone_is_told(more: dict[str, str], handed_out: tuple[Final, Result]) -> None:
    final, result = handed_out
    assert b"Your result" in page_of(replace(final, **more), result)  # type: ignore[arg-type]
