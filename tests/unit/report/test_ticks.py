"""Ticks: at round numbers within the axis, a handful of them, with texts that differ."""

from __future__ import annotations

import pytest

from grader.report.ticks import decades, linear


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (0.0, 1.0, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        (-4.2, 7.3, ("−2.5", "0.0", "2.5", "5.0")),
        (-0.1, 0.1, ("−0.10", "−0.05", "0.00", "0.05", "0.10")),
        (-5.0, 105.0, ("0", "25", "50", "75", "100")),
        (1234567.0, 1234569.0, ("1234567", "1234567.5", "1234568", "1234568.5", "1234569")),
        (-1e100, 1e100, ("−1e+100", "−5e+99", "0", "5e+99", "1e+100")),
    ],
)
def test_ticks_are_at_round_numbers(low: float, high: float, texts: tuple[str, ...]) -> None:
    assert linear(low, high).texts == texts


@pytest.mark.parametrize("high", [0.37, 1.0, 3.0, 99.0, 1e5, 7e-5, 123456.0, 1e-150])
@pytest.mark.parametrize("low", [0.0, -0.001, -1e4])
def test_there_are_a_handful_within_the_axis_and_no_two_alike(low: float, high: float) -> None:
    ticks = linear(low, high)
    assert 2 <= len(ticks.values) <= 6
    assert len(set(ticks.texts)) == len(ticks.texts)
    assert all(-1e-9 <= ticks.place(value) <= 1 + 1e-9 for value in ticks.values)


@pytest.mark.parametrize(("low", "high"), [(0.9, 3.1), (-0.1, 2.1), (0.0, 1.0), (0.0, 12.0), (-5.0, 105.0)])
def test_what_is_counted_has_whole_ticks(low: float, high: float) -> None:
    values = linear(low, high, integer=True).values
    assert values
    assert all(value == round(value) for value in values)


@pytest.mark.parametrize(
    ("low", "high", "texts"), [(0.006, 150.0, ("0.01", "0.1", "1", "10", "100")), (5e-324, 10.0, None)]
)
def test_decades_are_powers_of_ten(low: float, high: float, texts: tuple[str, ...] | None) -> None:
    ticks = decades(low, high)
    assert 2 <= len(ticks.values) <= 8
    assert texts is None or ticks.texts == texts
    assert ticks.place(low) == 0
    assert ticks.place(high) == 1
