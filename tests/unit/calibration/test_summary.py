from __future__ import annotations

import pytest

from grader.calibration.summary import CheckCounts, counts, patterns
from grader.calibration.trial import Group, Tried
from kit.calibration_samples import calibration, right, tried


def names(gradings: tuple[Tried, ...]) -> list[str]:
    return [each.trial.name for each in gradings]


def test_a_check_is_counted_where_it_failed_was_blocked_was_alone_and_was_wrong() -> None:
    found = calibration(tried("a", "++-+"), tried("b", "++-b"), tried("c", "-bbb"), right(signs="+++-"))
    assert counts(found) == (
        CheckCounts("loads", failed=1, blocked=0, alone=0, wronged=0),
        CheckCounts("values", failed=0, blocked=1, alone=0, wronged=0),
        CheckCounts("gradient", failed=2, blocked=1, alone=1, wronged=0),
        CheckCounts("learns", failed=0, blocked=2, alone=0, wronged=1),
    )


def test_a_bug_that_loses_nothing_has_escaped() -> None:
    found = calibration(tried("seen", "+-++"), tried("unseen", "++++"))
    assert names(found.escaped) == ["unseen"]
    assert not found.settled


def test_a_bug_that_loses_points_elsewhere_only_has_escaped() -> None:
    found = calibration(tried("here", "++-+", items=("second",)), tried("elsewhere", "+-++", items=("second",)))
    assert names(found.escaped) == ["elsewhere"]


def test_a_bug_that_costs_no_point_is_free() -> None:
    assert names(calibration(tried("a", "-+++"), tried("b", "+-++")).free) == ["a"]


@pytest.mark.parametrize(
    ("signs", "fails", "may_fail", "beside", "passed"),
    [
        ("++--", "gradient", "", {"learns"}, set()),
        ("++-+", "gradient learns", "", set(), {"learns"}),
        ("+-++", "gradient", "", {"values"}, {"gradient"}),
    ],
)
def test_a_bug_that_fails_other_checks_than_it_names_is_surprising(
    signs: str, fails: str, may_fail: str, beside: set[str], passed: set[str]
) -> None:
    ((_, more, less),) = calibration(tried("a", signs, fails=fails, may_fail=may_fail)).surprising
    assert (more, less) == (beside, passed)


@pytest.mark.parametrize(
    ("signs", "fails", "may_fail"),
    [
        ("++--", "gradient learns", ""),
        ("++--", "gradient", "learns"),
        ("++-+", "gradient", "learns"),
        ("++-+", "gradient learns", "learns"),
        ("++-+", "gradient another_item_s_check", ""),
        ("++-+", None, ""),
    ],
)
def test_a_bug_that_fails_what_it_names_but_for_luck_is_no_surprise(
    signs: str, fails: str | None, may_fail: str
) -> None:
    assert calibration(tried("a", signs, fails=fails, may_fail=may_fail)).surprising == ()


def test_what_changes_nothing_is_no_bug() -> None:
    found = calibration(tried("a", "++++", group=Group.GENERATED, equivalent="x * 1 is x"))
    assert (found.wrong, found.settled) == ((), True)


def test_what_was_not_judged_is_not_settled_by_silence() -> None:
    found = calibration(tried("a", "++?+"), tried("b", "", failure="no sandbox"), tried("c", "-+++"))
    assert names(found.unsettled) == ["a", "b"]
    assert names(found.wrong) == ["a", "c"]


def test_a_template_that_earns_is_told() -> None:
    assert names(calibration(tried("t", "----", group=Group.TEMPLATE)).rewarded) == []
    assert names(calibration(tried("t", "-+--", group=Group.TEMPLATE)).rewarded) == ["t"]


def test_a_right_solution_that_loses_is_told() -> None:
    found = calibration(right("a"), right("b", "++-+"))
    assert names(found.wronged) == ["b"]
    assert not found.settled


def test_what_is_a_matter_of_luck_is_not_held_against_a_check() -> None:
    found = calibration(tried("a", "+++-", group=Group.RIGHT, may_fail="learns"))
    assert (found.wronged, counts(found)[3].wronged) == ((), 0)


def test_bugs_that_lose_the_same_stand_together_in_the_order_of_the_checks() -> None:
    found = calibration(tried("a", "+++-"), tried("b", "+-++"), tried("c", "+++-"), tried("d", "++++"))
    assert [(sorted(lost), names(those)) for lost, those in patterns(found)] == [
        ([], ["d"]),
        (["values"], ["b"]),
        (["learns"], ["a", "c"]),
    ]
