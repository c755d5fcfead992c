"""A long series of numbers is kept in few blocks."""

from __future__ import annotations

from grader.watching.logs.series import MOST, Series


def test_a_long_series_keeps_its_mean_in_few_blocks() -> None:
    series = Series()
    for value in range(10 * MOST):
        series.add(float(value % 2))
    assert (series.count, series.block) == (10 * MOST, 8)
    assert set(series.as_array().tolist()) == {0.5}


def test_the_last_block_may_be_of_fewer_numbers() -> None:
    series = Series()
    for value in range(2 * MOST + 1):
        series.add(float(value))
    assert series.as_array()[-1] == 2 * MOST
