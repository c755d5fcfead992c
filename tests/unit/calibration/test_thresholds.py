from __future__ import annotations

import pytest

from grader.calibration.thresholds import thresholds, upper_bound
from grader.calibration.trial import Group, Margin
from kit.calibration_samples import calibration, right, tried


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
