"""Who changes when evidence is judged again: before and now, by item, for people and for programs."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from grader.cli.changes import Again, as_data, as_tables
from grader.model import Report, Verdict
from grader.report import as_json
from grader.report.console import Pen
from kit import report_samples


def again(now: Report, before: Report | None) -> Again:
    return Again(now.result, as_json(before.result) if before else {})


RIGHT, WRONG = report_samples.right(), report_samples.wrong()
OPEN = "disc_separates"
LOST = WRONG.score.marks.earned - RIGHT.score.marks.earned
each = pytest.mark.parametrize(
    ("now", "before", "said"),
    [(WRONG, RIGHT, f"{LOST:+g}"), (RIGHT, None, "new"), (RIGHT, RIGHT, "0 of 1 change.")],
    ids=["fewer", "new", "same"],
)


def printed(*done: Again) -> str:
    console = Console(file=io.StringIO(), width=200)
    for table in as_tables(done, Pen(plain=False)):
        console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def told(*done: Again, **failures: str) -> dict[str, Any]:
    return as_data(done, failures, dry_run=True)


@each
def test_a_table_says_who_changes_and_by_how_much(now: Report, before: Report | None, said: str) -> None:
    assert said in printed(again(now, before))


@each
def test_data_say_the_same(now: Report, before: Report | None, said: str) -> None:
    (one,) = told(again(now, before))["submissions"]
    assert one["changed"] is (now is not before)
    assert one["now"]["earned"] == now.score.marks.earned
    assert one["before"] == (before and one["now"] | {"earned": before.score.marks.earned})
    assert len(one["items"]) == len(now.score.items)


def test_an_item_that_is_there_no_more_is_told() -> None:
    fewer = replace(RIGHT, score=replace(RIGHT.score, items=RIGHT.score.items[1:]))
    gone = RIGHT.score.items[0].id
    assert f"{gone} gone" in printed(again(fewer, RIGHT))
    assert (
        next(item for item in told(again(fewer, RIGHT))["submissions"][0]["items"] if item["id"] == gone)["now"] is None
    )


def test_another_rubric_is_told_and_the_same_one_too() -> None:
    other = replace(RIGHT, rubric_digest="sha256:other")
    assert "The rubric is the same as before" in printed(again(RIGHT, RIGHT))
    assert "Rubric now:    sha256:other" in printed(again(other, RIGHT))
    assert told(again(other, RIGHT))["rubric_digests"] == {"before": [RIGHT.rubric_digest], "now": ["sha256:other"]}


def test_what_could_not_be_judged_is_told_with_its_reason() -> None:
    assert told(bob="its evidence is damaged")["failures"] == [{"id": "bob", "error": "its evidence is damaged"}]


def test_the_check_that_brings_a_change_about_is_named() -> None:
    text = printed(again(WRONG, RIGHT))
    assert "backprop.gradients_match 6 / 6 → 0 / 6" in text
    checks = told(again(WRONG, RIGHT))["submissions"][0]["checks"]
    (one,) = [each for each in checks if each["check"] == "gradients_match"]
    assert (one["item"], one["before"]["verdict"], one["now"]["verdict"]) == ("backprop", "passed", "failed")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ({OPEN: "undecided"}, {}, "3 withheld"),
        ({OPEN: "undecided", "gradients_match": "failed"}, {}, "-6, 3 withheld"),
        ({OPEN: "undecided"}, {OPEN: "failed"}, "3 withheld"),
        ({OPEN: "undecided", "zero_grad_clears": "failed"}, {OPEN: "failed"}, "-2, 3 withheld"),
        ({OPEN: "pending"}, {OPEN: "undecided"}, "3 pending"),
        ({}, {OPEN: "undecided"}, "+3"),
        ({OPEN: "failed"}, {OPEN: "undecided"}, "+0"),
    ],
)
def test_what_is_withheld_is_no_loss(now: dict[str, str], before: dict[str, str], said: str) -> None:
    def of(verdicts: dict[str, str]) -> Report:
        found = {check: report_samples.finding(check, Verdict(verdict)) for check, verdict in verdicts.items()}
        return report_samples.report(found)

    (row,) = [line for line in printed(again(of(now), of(before))).splitlines() if "alice" in line]
    assert f"  {said}  " in row


def test_a_check_says_what_of_it_is_withheld() -> None:
    text = printed(again(report_samples.withheld(), RIGHT))
    assert "backprop.disc_separates 3 / 3 → 0 / 3, 3 withheld" in text


def test_the_largest_change_comes_first() -> None:
    def named(name: str, of: Again) -> Again:
        return replace(of, now=replace(of.now, id=name))

    order = named("a", again(RIGHT, RIGHT)), named("b", again(RIGHT, WRONG)), named("c", again(RIGHT, None))
    assert [each["id"] for each in told(*order)["submissions"]] == ["c", "b", "a"]
    assert [line.split()[0] for line in printed(*order).splitlines() if line.split()[:1] in (["b"], ["c"])] == [
        "c",
        "b",
    ]
