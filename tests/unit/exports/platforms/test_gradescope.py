"""Gradescope's results with final points, and its table."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from grader.exports.final import rounded
from grader.exports.platforms.gradescope import NO_REPORT, TABLE, as_data, packed
from grader.exports.release import released
from grader.model import Report
from grader.runs import SubmissionFolder
from kit import class_folder as folders
from kit import platform_files as files
from kit import report_samples as samples


def final(made: Report, **more: object) -> files.Final:
    return folders.final(Path(), made.result, **more)


def added_up(data: dict[str, object]) -> Decimal:
    tests: list[dict[str, float]] = data["tests"]  # type: ignore[assignment]
    return sum((Decimal(str(test.get("score", 0))) for test in tests), Decimal(0))


def test_without_people_and_lateness_it_is_what_the_grader_wrote() -> None:
    made = samples.wrong()
    data = as_data(final(made), made.result)
    assert (data["score"], added_up(data), len(data["tests"])) == (14, 14, 11)
    assert data["output"].startswith("14 of 25 points.\n")
    assert "to put right:" in data["output"]


@pytest.mark.parametrize(("given", "late"), [("2", "0"), ("0", "0"), ("1.5", "3.25")])
def test_what_people_gave_and_the_clock_took_are_tests_of_their_own(given: str, late: str) -> None:
    made = samples.waiting()
    marks = final(made)
    items = {**marks.items, "classification": marks.items["classification"] + Decimal(given)}
    points = sum(items.values(), Decimal(0)) - Decimal(late)
    data = as_data(replace(marks, items=items, points=points, late="1 day late", comment="Well written."), made.result)
    assert Decimal(str(data["score"])) == added_up(data) == points
    assert "pending" not in json.dumps(data)
    told = [test["name"] for test in data["tests"] if "tags" not in test]
    assert told == ["Classification: given by a person", *(["1 day late"] if late != "0" else [])]
    assert "Well written." in data["output"]


def thirds() -> tuple[Report, files.Final]:
    """Return a report of which each item came to a third of a point more than whole ones, and what its student gets."""
    made = samples.wrong()
    items = [replace(item, marks=replace(item.marks, earned=item.marks.earned + 1 / 3)) for item in made.score.items]
    whole = replace(made.score, marks=replace(made.score.marks, earned=14 + 2 / 3), items=tuple(items))
    given = {item.id: rounded(Decimal(item.marks.earned)) for item in items}
    return replace(made, score=whole), replace(final(made), points=Decimal("14.67"), items=given)


def test_parts_of_a_point_were_given_by_nobody() -> None:
    made, marks = thirds()
    data = as_data(marks, made.result)
    assert (data["score"], [test["name"] for test in data["tests"] if "tags" not in test]) == (14.67, [])


def test_what_a_person_gave_for_what_was_withheld_stands_in_its_place() -> None:
    made = samples.withheld()
    marks = final(made)
    items = {**marks.items, "backprop": marks.items["backprop"] + 3}
    data = as_data(replace(marks, items=items, points=marks.possible), made.result)
    assert added_up(data) == marks.possible
    assert "withheld" not in json.dumps(data)


def test_each_submission_has_a_folder_and_all_stand_in_a_table(tmp_path: Path) -> None:
    made = samples.wrong()
    path = folders.submission(tmp_path, made)
    group = [
        replace(folders.final(path, made.result, submission="submission_77"), who=who) for who in files.people()[:2]
    ]
    unread = folders.final(tmp_path / "nobody", made.result)
    result = packed(released([*group, unread]), lambda folder: SubmissionFolder(folder).result())
    content = dict(result.files)
    assert list(content) == [TABLE, "submission_77/results.json"]
    assert [(row[0], row[4], row[7]) for row in files.cells(content[TABLE])[1:]] == [
        ("Doe, Jane", "14", "77"),
        ("Müller-Lüdenscheidt, Jörg", "14", "77"),
    ]
    assert [each.why for each in result.left_out] == [NO_REPORT]
