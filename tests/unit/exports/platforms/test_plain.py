"""A class as a table of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from grader.exports.platforms.nbgrader import written as nbgrader
from grader.exports.platforms.plain import written
from grader.exports.release import for_staff, released
from grader.model import Person
from kit import platform_files as files

JANE, JOERG, *_ = files.finals()
AT = datetime(2026, 11, 29, 22, 59, 3, tzinfo=UTC)
FULL = replace(
    JANE, points=Decimal("40.5"), items={"forward": Decimal(10), "backprop": Decimal("35.00")}, comment="=1+1", handed_in=AT,
    late="2 days late, 10 % off",
)  # fmt: skip


def test_a_student_is_a_line_with_points_by_item() -> None:
    header, row = files.cells(written(released([FULL])).content)
    assert dict(zip(header, row, strict=True)) == {
        "id": "1000", "name": "Doe, Jane", "login": "student0", "mail": "student0@uni.example", "sis": "004200",
        "section": "Lab A", "points": "40.5", "possible": "45", "forward": "10", "backprop": "35",
        "handed_in": "2026-11-29T22:59:03Z", "late": "2 days late, 10 % off", "comment": "'=1+1",
    }  # fmt: skip


def test_staff_see_who_is_not_released_and_what_is_awaited() -> None:
    content = written(for_staff([JANE, files.held_back(files.waiting(JOERG))])).content
    header, jane, joerg = files.cells(content)
    assert header[-2:] == ["released", "why_not"]
    assert (jane[-2:], joerg[-2:]) == (["yes", ""], ["no", "2 points wait for a person"])
    assert (jane[6], joerg[6]) == ("45", "")


def test_no_name_is_a_formula() -> None:
    eve = replace(JANE, who=Person(name="=SUM(A1), Eve", login="@eve"))
    assert files.cells(written(released([eve])).content)[1][1:3] == ["'=SUM(A1), Eve", "'@eve"]


def test_nbgrader_is_told_which_assignment_it_is() -> None:
    assert nbgrader(released([FULL])).told[-1] == "The assignment has no name in it; give one with --title."
    assert len(nbgrader(released([FULL]), title="hw6").told) == 1


def test_nbgrader_reads_raw_scores_and_penalties() -> None:
    header, row = files.cells(nbgrader(released([FULL]), title="hw6").content)
    assert dict(zip(header, row, strict=True)) == {
        "assignment": "hw6", "duedate": "", "timestamp": "2026-11-29 22:59:03.000000", "student_id": "student0",
        "last_name": "Doe", "first_name": "Jane", "email": "student0@uni.example", "raw_score": "45",
        "late_submission_penalty": "4.5", "score": "40.5", "max_score": "45",
    }  # fmt: skip
