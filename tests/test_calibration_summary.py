from __future__ import annotations

import pytest
from calibration_samples import calibration, right, tried

from grader.calibration.summary import CheckCounts, counts, patterns, thresholds, upper_bound
from grader.calibration.trial import Group, Margin, Tried


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


def margin(turning: float, *, passed: bool, stricter: int = 1) -> Margin:
    return Margin("learns", "accuracy", 0.9, turning, stricter, passed)


def test_the_room_of_a_threshold_lies_between_the_worst_right_one_and_the_best_bug() -> None:
    (room,) = thresholds(
        calibration(
            right("a", margins=(margin(0.97, passed=True),)),
            right("b", margins=(margin(0.95, passed=True),)),
            tried("c", "+++-", margins=(margin(0.6, passed=False),)),
            tried("d", "+++-", margins=(margin(0.7, passed=False),)),
        )
    )
    assert (room.nearest_right, room.nearest_wrong, room.gradings, room.failures) == (0.95, 0.7, 2, 0)


def test_where_smaller_is_stricter_the_room_is_turned_round() -> None:
    (room,) = thresholds(
        calibration(
            right("a", margins=(margin(0.1, passed=True, stricter=-1),)),
            right("b", margins=(margin(0.2, passed=True, stricter=-1),)),
            tried("c", "+++-", margins=(margin(3.0, passed=False, stricter=-1),)),
            tried("d", "+++-", margins=(margin(2.0, passed=False, stricter=-1),)),
        )
    )
    assert (room.nearest_right, room.nearest_wrong) == (0.2, 2.0)


def test_a_right_grading_that_failed_counts_in_the_rate() -> None:
    failed = tried("b", "+++-", group=Group.RIGHT)
    (room,) = thresholds(calibration(right("a", margins=(margin(0.97, passed=True),)), failed))
    assert (room.failures, room.gradings) == (1, 2)


def test_a_threshold_that_a_right_grading_is_not_judged_by_is_not_measured_with_it() -> None:
    lucky = tried("a", "++++", group=Group.RIGHT, may_fail="learns", margins=(margin(0.2, passed=True),))
    (room,) = thresholds(calibration(lucky, right("b", margins=(margin(0.97, passed=True),))))
    assert (room.right, room.gradings) == ((0.97,), 1)


@pytest.mark.parametrize(
    ("failures", "gradings", "bound"),
    [(0, 1, 0.95), (0, 100, 0.029513), (1, 100, 0.046560), (5, 20, 0.455582), (3, 3, 1.0)],
)
def test_the_bound_is_that_of_clopper_and_pearson(failures: int, gradings: int, bound: float) -> None:
    assert upper_bound(failures, gradings) == pytest.approx(bound, abs=2e-6)
