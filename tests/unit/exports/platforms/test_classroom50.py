"""Scores of Classroom 50."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from grader.errors import AuthorError
from grader.exports.platforms.classroom50 import BY_HAND, NO_ENTRY, OURS, merged
from grader.exports.platforms.filling import MORE, NEGATIVE
from grader.exports.release import released
from kit import platform_files as files

JANE, JOERG, *_ = files.finals()
WHOLE = replace(JANE, points=Decimal(40))


def entries(content: bytes) -> dict[str, Any]:
    """Return the entries of the assignment by owner."""
    return {each["owner"]: each for each in json.loads(content)["assignments"][files.TITLE]["entries"]}


def test_a_score_stands_in_front_of_what_was_collected_and_is_left_alone_by_collection() -> None:
    made = merged(files.classroom50(), released([WHOLE]), title=files.TITLE)
    first = entries(made.content)["STUDENT0"]
    ours, collected = first["submissions"]
    assert first["override"] is True
    assert (ours["submission"], ours["score"], ours["max-score"], ours["datetime"]) == (
        OURS,
        40,
        45,
        "2026-11-30T20:00:00Z",
    )
    assert ours["tests"] == [{"test-name": "mlpgrader", "passed": False, "score": 40, "max-score": 45}]
    assert collected == entries(files.classroom50())["STUDENT0"]["submissions"][0]
    assert [(each.was, each.now) for each in made.changes] == [("1 of 2", "40 of 45")]
    assert made.told == ()


def test_everything_else_stays() -> None:
    before, now = (
        json.loads(files.classroom50()),
        json.loads(merged(files.classroom50(), released([WHOLE]), title=files.TITLE).content),
    )
    for data in (before, now):
        data["assignments"][files.TITLE]["entries"].pop(0)
    assert now == before


@pytest.mark.parametrize(("points", "score", "most"), [("31.5", 315, 450), ("31.25", 3125, 4500)])
def test_points_that_are_not_whole_are_written_in_parts_for_all_alike(points: str, score: int, most: int) -> None:
    made = merged(files.classroom50(), released([WHOLE, replace(JOERG, points=Decimal(points))]), title=files.TITLE)
    found = entries(made.content)
    assert [found[f"STUDENT{k}"]["submissions"][0]["max-score"] for k in (0, 1)] == [most, most]
    assert found["STUDENT1"]["submissions"][0]["score"] == score
    assert made.told == (f"Scores are whole numbers there: a maximum of 45 is written as {most}.",)


def test_what_we_have_entered_is_entered_anew_and_what_a_teacher_has_is_left() -> None:
    once = merged(files.classroom50(), released([WHOLE]), title=files.TITLE).content
    twice = merged(once, released([replace(JANE, points=Decimal(41))]), title=files.TITLE).content
    assert [each["score"] for each in entries(twice)["STUDENT0"]["submissions"]] == [41, 1]
    made = merged(files.classroom50(override=True), released([WHOLE]), title=files.TITLE)
    assert (made.changes, [each.why for each in made.left_out]) == ((), [BY_HAND])


def test_a_group_is_found_by_each_of_its_members() -> None:
    content = files.classroom50([JANE.who], member_usernames=["STUDENT0", "Student1"])
    made = merged(content, released([WHOLE, replace(JOERG, points=Decimal(40))]), title=files.TITLE)
    assert len(made.changes) == 2
    assert len(entries(made.content)["STUDENT0"]["submissions"]) == 2


@pytest.mark.parametrize(
    ("final", "why"),
    [
        (replace(WHOLE, points=Decimal(46)), MORE.format(points="46", possible="45")),
        (replace(WHOLE, points=Decimal(-1)), NEGATIVE),
        (replace(WHOLE, who=replace(WHOLE.who, login="nobody")), NO_ENTRY),
    ],
)
def test_who_is_left_out_is_named_with_the_reason(final: files.Final, why: str) -> None:
    made = merged(files.classroom50(), released([final]), title=files.TITLE)
    assert [each.why for each in made.left_out] == [why]
    assert entries(made.content) == entries(files.classroom50())


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense", b"[]", b"[" * 100_000, b'{"schema": "classroom50/scores/v2", "assignments": {}}',
        b'{"schema": "classroom50/scores/v1", "assignments": {"a": {"entries": [{"owner": "x", "submissions": []}]}}}',
        b'{"schema": "classroom50/scores/v1", "assignments": {"a": {"entries": [{"owner": 1, "submissions": [{}]}]}}}',
        b'{"schema": "classroom50/scores/v1", "assignments": {"a": []}}',
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(AuthorError, match=r"is no scores\.json of Classroom 50"):
        merged(content, released([WHOLE]))


@pytest.mark.parametrize(
    ("title", "said"), [("", "it holds several"), ("homework", "no assignment is called 'homework'")]
)
def test_an_assignment_that_is_not_named_or_not_there_is_asked_about(title: str, said: str) -> None:
    with pytest.raises(AuthorError, match=f"{said}.*'warm-up'; say which with --title"):
        merged(files.classroom50(), released([WHOLE]), title=title)
