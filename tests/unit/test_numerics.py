"""The mathematics that verdicts rest on, tested with planted mistakes."""

import math

import numpy as np
import pytest

from grader.model import Array
from grader.numerics import (
    Tolerance,
    at_least,
    best_line,
    central_difference,
    crosses_kink,
    departure,
    distance_bound,
    error_of_largest,
    is_float32,
    is_nearly_float32,
    normal_distance,
    uniform_distance,
    worst_entry,
)


def smooth(points: Array) -> Array:
    return np.sum(np.tanh(points) * np.arange(1, points.shape[1] + 1), axis=1)


def folded(points: Array) -> Array:
    return np.abs(points[:, 0]) + points[:, 1] ** 2


def test_central_differences_agree_with_the_derivative_to_ten_digits() -> None:
    point = np.random.default_rng(1).standard_normal(7)
    want = np.arange(1, 8) / np.cosh(point) ** 2
    assert np.max(np.abs(central_difference(smooth, point) - want)) < 1e-9


def test_the_function_is_called_once_for_all_entries() -> None:
    calls: list[int] = []
    central_difference(lambda points: calls.append(len(points)) or smooth(points), np.zeros(5))
    assert calls == [10]


@pytest.mark.parametrize("offset", [0.0, 1e-5, -2.5e-5, 7e-6])
def test_a_kink_within_the_step_is_seen(offset: float) -> None:
    assert crosses_kink(folded, np.array([offset, 1.0]))


@pytest.mark.parametrize("offset", [1e-3, -0.5])
def test_a_kink_outside_the_step_is_not_seen(offset: float) -> None:
    assert not crosses_kink(folded, np.array([offset, 1.0]))


def test_smooth_functions_have_no_kinks() -> None:
    points = np.random.default_rng(2).standard_normal((200, 6))
    assert not any(crosses_kink(smooth, point) for point in points)


def test_the_worst_entry_is_named_with_both_values() -> None:
    want = np.array([[1.0, 2.0], [3.0, 4.0]])
    worst = worst_entry(want + np.array([[0, 0], [0.5, 0]]), want)
    assert (worst.index, worst.got, worst.want) == ((1, 0), 3.5, 3.0)
    assert worst.error == pytest.approx(0.5 / math.sqrt(7.5))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_matches(value: float) -> None:
    assert worst_entry(np.array([1.0, value]), np.array([1.0, 2.0])).error == math.inf


def test_a_wrong_entry_is_not_excused_by_many_right_ones() -> None:
    want = np.ones(10_000)
    got = want.copy()
    got[77] = 1.01
    assert worst_entry(got, want).error == pytest.approx(0.01)


def test_arrays_of_other_shapes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        worst_entry(np.ones(3), np.ones((3, 1)))


TOLERANCE = Tolerance(1e-6, single=1e-4, differences=1e-5, floor=1e-2)


@pytest.mark.parametrize(
    ("single", "differences", "bound"),
    [(False, False, 1e-6), (True, False, 1e-4), (False, True, 1e-5), (True, True, 1e-4)],
)
def test_single_precision_is_allowed_more_than_double(single: bool, differences: bool, bound: float) -> None:
    assert TOLERANCE.bound(single=single, differences=differences) == bound


@pytest.mark.parametrize(("off", "right"), [(0.0, True), (9e-7, True), (2e-6, False), (math.nan, False)])
def test_what_agrees_is_off_by_the_tolerance_at_most(off: float, right: bool) -> None:
    assert TOLERANCE.agrees(np.array([1.0, -1.0 + off]), np.array([1.0, -1.0])) is right


def test_another_shape_or_nothing_never_agrees() -> None:
    assert not TOLERANCE.agrees(np.ones(3), np.ones((3, 1)))
    assert not TOLERANCE.agrees(None, np.ones(3))


def test_small_arrays_are_judged_on_the_scale_of_the_floor() -> None:
    assert TOLERANCE.agrees(np.full(3, 5e-9), np.zeros(3))
    assert not TOLERANCE.agrees(np.full(3, 5e-8), np.zeros(3))


@pytest.mark.parametrize(
    ("got", "error"), [([1.0, 0.0], 0.0), ([1.5, 0.0], 0.5), ([1.0, math.inf], math.inf), ([math.nan, 0.0], math.inf)]
)
def test_an_error_is_relative_to_the_largest_entry(got: list[float], error: float) -> None:
    assert error_of_largest(np.array(got), np.array([1.0, 0.0])) == error
    assert error_of_largest(10 * np.array(got), np.array([10.0, 0.0])) == error


def test_single_precision_is_recognised() -> None:
    values = np.random.default_rng(3).standard_normal(50)
    assert is_float32(values.astype(np.float32).astype(np.float64))
    assert not is_float32(values)
    assert not is_float32(np.arange(5.0))


@pytest.mark.parametrize("seed", range(20))
def test_a_normal_sample_stays_below_the_bound(seed: int) -> None:
    sample = 0.1 * np.random.default_rng(seed).standard_normal(3000)
    assert normal_distance(sample, std=0.1) < distance_bound(3000, chance=1e-7)


@pytest.mark.parametrize(
    "sample",
    [
        np.random.default_rng(4).uniform(-math.sqrt(0.03), math.sqrt(0.03), 10_000),
        0.12 * np.random.default_rng(5).standard_normal(10_000),
        np.abs(0.1 * np.random.default_rng(6).standard_normal(10_000)),
        np.zeros(10_000),
    ],
    ids=["uniform", "wider", "positive", "zero"],
)
def test_other_samples_exceed_the_bound(sample: Array) -> None:
    assert normal_distance(sample, std=0.1) > distance_bound(10_000, chance=1e-7)


@pytest.mark.parametrize("seed", range(20))
def test_a_uniform_sample_stays_below_the_bound(seed: int) -> None:
    sample = np.random.default_rng(seed).uniform(-0.2, 0.2, 500)
    assert uniform_distance(sample, bound=0.2) < distance_bound(500, chance=1e-6)


@pytest.mark.parametrize(
    "sample",
    [
        np.random.default_rng(0).uniform(0, 0.2, 500),
        np.random.default_rng(0).uniform(-0.1, 0.1, 500),
        np.random.default_rng(0).normal(0, 0.05, 500),
    ],
)
def test_what_is_not_uniform_exceeds_the_bound(sample: Array) -> None:
    assert uniform_distance(sample, bound=0.2) > distance_bound(500, chance=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_best_line_parts_separable_classes(sign: int) -> None:
    rng = np.random.default_rng(7)
    points = rng.standard_normal((400, 2)) * [1.0, 50.0]
    classes = (sign * (3 * points[:, 0] - 0.1 * points[:, 1] + 0.4) > 0).astype(float)
    line = best_line(points, classes)
    above = line.a * points[:, 0] + line.b * points[:, 1] + line.c > 0
    assert line.right > 0.98
    assert np.mean(above == (classes > 0.5)) == pytest.approx(line.right)


def test_a_distance_that_was_asked_for_before_is_not_taken_for_another() -> None:
    sample = np.random.default_rng(9).standard_normal(1000)
    first = normal_distance(sample, std=1.0)
    wider = normal_distance(sample, std=2.0)
    sample *= 2
    assert first < 0.05 < wider
    assert normal_distance(sample, std=2.0) == pytest.approx(first)


def test_no_line_parts_a_disc() -> None:
    points = np.random.default_rng(8).standard_normal((1000, 2))
    assert best_line(points, (np.sum(points**2, axis=1) < 1).astype(float)).right < 0.75


def test_points_on_one_spot_cannot_be_parted() -> None:
    assert best_line(np.ones((10, 2)), np.array([0.0, 1.0] * 5)).right == 0.5


def test_a_departure_is_relative_to_the_way_gone() -> None:
    start, want = np.zeros(4), np.full(4, 2.0)
    assert departure(want + 0.5, want, start) == pytest.approx(0.25)
    assert departure(want, want, start) == 0


@pytest.mark.parametrize(
    ("got", "want", "start"),
    [
        (np.array([np.nan, 1.0]), np.ones(2), np.zeros(2)),
        (np.ones(2), np.array([np.inf, 1.0]), np.zeros(2)),
        (np.full(2, 1e300), np.ones(2), np.zeros(2)),
        (np.ones(2), np.zeros(2), np.zeros(2)),
    ],
    ids=["lost", "nowhere to go", "too far to measure", "gone though there was no way"],
)
def test_what_cannot_be_measured_departs_by_inf(got: Array, want: Array, start: Array) -> None:
    assert departure(got, want, start) == math.inf


def test_staying_is_right_where_there_was_no_way_to_go() -> None:
    assert departure(np.ones(3), np.ones(3), np.ones(3)) == 0


@pytest.mark.parametrize("noise", [0.0, 1e-17])
def test_a_float32_is_recognised_as_it_is_and_read_as_a_difference(noise: float) -> None:
    values = np.random.default_rng(2).standard_normal(5).astype(np.float32).astype(np.float64)
    assert is_nearly_float32(values + noise)


@pytest.mark.parametrize(
    "values", [np.random.default_rng(2).standard_normal(2), np.zeros(3), np.arange(4.0), np.array([np.nan, 0.5])]
)
def test_doubles_whole_numbers_and_nan_are_not_taken_for_float32(values: Array) -> None:
    assert not is_nearly_float32(values)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (1,), (1, 1), ()])
def test_arrays_of_any_shape_can_be_compared(shape: tuple[int, ...]) -> None:
    zeros = np.zeros(shape)
    assert Tolerance(1e-9, 1e-6).agrees(zeros, zeros)
    assert not is_float32(zeros)
    assert error_of_largest(zeros, zeros) == 0.0


def test_an_empty_sample_is_no_distance_from_any_distribution() -> None:
    empty = np.zeros(0)
    assert max(normal_distance(empty, std=1), uniform_distance(empty, bound=1)) < distance_bound(0, chance=1e-3)


@pytest.mark.parametrize(("value", "margin"), [(0.9, 1.0), (1.0, 0.9), (0.45, 2.0), (0.0, math.inf)])
def test_what_has_to_be_reached_is_allowed_in_full_where_it_just_is(value: float, margin: float) -> None:
    assert at_least(0.9, value) == pytest.approx(margin)
