"""A class that is read once: what counts, what waits, and what is not said of anybody."""

from __future__ import annotations

from decimal import Decimal

from grader.gradebook.nouns import Why
from grader.insight.attempts import Again
from grader.insight.gathering import latest
from grader.insight.latest import places
from grader.model import Verdict
from kit.glancing import found, mark, standing

FAILED, PENDING = found("fails", Verdict.FAILED, 3), found("waits", Verdict.PENDING, 5, item="essay", place=2)


def test_the_last_attempt_counts_and_what_it_repaired_is_kept() -> None:
    first, second = standing("ann", FAILED), standing("ann", found("fails", worth=3), attempt=2)
    made = latest([first, second, standing("bob", FAILED)])
    assert [each.student for each in made.standings] == ["ann", "bob"]
    assert made.totals.tolist() == [3, 0]
    assert made.again == [Again(0, FAILED, repaired=True)]


def test_points_that_nobody_has_decided_are_open() -> None:
    made = latest([standing("ann", found(), PENDING, found("no", Verdict.UNDECIDED, 1, place=3))])
    assert made.open.tolist() == [6]
    assert made.waiting == [{Why.PENDING: 1, Why.WITHHELD: 1}]
    assert (made.is_settled.tolist(), made.decided.tolist()) == ([False], [[True, False, False]])


def test_what_a_person_gave_counts_and_decides() -> None:
    made = latest([standing("ann", PENDING, marks=(mark(4, PENDING, "sha256:ann"),))])
    assert (made.totals.tolist(), made.open.tolist(), made.is_settled.tolist()) == ([4], [0], [True])
    assert made.overturned == []


def test_a_mark_on_an_earlier_result_waits_and_counts_for_nothing() -> None:
    made = latest([standing("ann", PENDING, marks=(mark(4, PENDING, "sha256:before"),))])
    assert (made.totals.tolist(), made.open.tolist(), made.waiting) == ([0], [5], [{Why.STALE: 1}])


def test_other_points_than_the_machine_found_are_an_overturned_verdict() -> None:
    made = latest([standing("ann", FAILED, marks=(mark(2, FAILED, "sha256:ann"),))])
    assert [(each.place, each.found.check, each.given) for each in made.overturned] == [(0, "fails", 2.0)]
    same = latest([standing("ann", FAILED, marks=(mark(0, FAILED, "sha256:ann"),))])
    assert same.overturned == []


def test_what_a_person_adds_to_the_whole_never_takes_it_below_zero() -> None:
    given = mark(1, FAILED, "sha256:ann")
    whole = type(given)("", "", Decimal(-9), "", "Jane", given.made, 1)
    assert latest([standing("ann", found(), marks=(whole,))]).totals.tolist() == [0]


def test_who_was_not_graded_is_in_it_with_nothing() -> None:
    made = latest([standing("ann", state="failed"), standing("bob", found())])
    assert (made.is_graded.tolist(), made.verdicts.tolist()) == ([False, True], [[-1], [0]])


def test_items_come_in_the_order_of_the_rubric() -> None:
    made = latest([standing("ann", PENDING, found(), FAILED)])
    assert [(item, columns) for item, _, columns in made.by_item()] == [("code", [0, 1]), ("essay", [2])]


def test_places_are_those_that_are_chosen() -> None:
    assert places(latest([standing("ann", found()), standing("bob")]).is_graded) == (0,)


def test_a_mark_on_an_earlier_result_takes_the_place_of_what_the_machine_found() -> None:
    passed = found(worth=3)
    made = latest([standing("ann", passed, marks=(mark(1, passed, "sha256:before"),))])
    assert (made.totals.tolist(), made.open.tolist()) == ([0], [3])


def test_what_is_blocked_is_neither_decided_nor_open() -> None:
    made = latest([standing("ann", found("a", Verdict.BLOCKED, 3))])
    assert (made.decided.tolist(), made.open.tolist(), made.is_settled.tolist()) == ([[False]], [0], [True])


def test_a_mark_on_an_earlier_result_is_open_also_where_the_check_is_blocked_now() -> None:
    blocked = found("a", Verdict.BLOCKED, 3)
    made = latest([standing("ann", blocked, marks=(mark(2, blocked, "sha256:before"),))])
    assert (made.open.tolist(), made.totals.tolist()) == ([3], [0])


def test_of_what_was_read_only_what_was_lost_is_kept() -> None:
    made = latest([standing("ann", found(), FAILED, PENDING, marks=(mark(4, PENDING, "sha256:ann"),))])
    assert made.lost == [(FAILED,)]
    assert [(each.findings, each.marks) for each in made.standings] == [((), ())]


def test_checks_of_an_older_rubric_stand_where_it_had_them() -> None:
    old, new = found("old", worth=1, place=0), found("new", worth=2, place=1)
    made = latest([standing("ann", new), standing("bob", old)])
    assert [column.check for column in made.columns] == ["old", "new"]
    assert made.earned.tolist() == [[0, 2], [1, 0]]
    assert made.verdicts.tolist() == [[-1, 0], [0, -1]]
