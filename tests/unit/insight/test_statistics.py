"""Statistics of a class, against those of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from grader.insight.statistics import Estimate, alpha, correlation, edges, mean, proportion


@pytest.mark.parametrize(("k", "n"), [(0, 5), (5, 5), (1, 3), (17, 60), (999, 1000)])
def test_the_interval_of_a_share_is_wilsons(k: int, n: int) -> None:
    theirs = stats.binomtest(k, n).proportion_ci(method="wilson")
    found = proportion(k, n)
    assert (found.value, found.low, found.high) == pytest.approx((k / n, theirs.low, theirs.high), abs=1e-12)


def test_the_mean_of_ones_and_zeros_is_a_share() -> None:
    assert mean(np.array([1.0, 0.0, 1.0, 1.0])) == proportion(3, 4)


def test_the_interval_of_a_mean_is_that_of_a_bootstrap_over_people() -> None:
    values = np.random.default_rng(5).choice([0.0, 0.25, 0.6, 1.0], 80)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=20_000, rng=1).confidence_interval
    found = mean(values)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_the_same_values_in_another_order_have_the_same_interval() -> None:
    values = np.linspace(0, 1, 31)
    assert mean(values) == mean(values[::-1])


@pytest.mark.parametrize("binary", [False, True], ids=["pearson", "point-biserial"])
def test_a_correlation_and_its_interval_are_pearsons_and_fishers(binary: bool) -> None:
    rng = np.random.default_rng(2)
    y = rng.standard_normal(40)
    x = (y + rng.standard_normal(40) > 0).astype(float) if binary else y + rng.standard_normal(40)
    theirs = stats.pointbiserialr(x, y) if binary else stats.pearsonr(x, y)
    ends = stats.pearsonr(x, y).confidence_interval()
    found = correlation(x, y)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((theirs.statistic, ends.low, ends.high), abs=1e-9)


def test_what_does_not_vary_has_no_correlation_and_what_is_equal_has_a_certain_one() -> None:
    x = np.arange(5.0)
    assert correlation(np.ones(5), x) is None
    assert correlation(x, np.ones(5)) is None
    assert correlation(x[:3], x[:3]) is None
    assert correlation(x, 2 * x) == Estimate(1.0, 1.0, 1.0)


def test_alpha_is_that_of_a_worked_example() -> None:
    # three items of four people: variances 1, 5/3 and 8/3 (sum 16/3), of the sums 11/3 + ... worked by hand
    scores = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 5.0], [3.0, 5.0, 6.0], [3.0, 4.0, 7.0]])
    variances = [11 / 12, 5 / 3, 35 / 12]
    whole = np.var([6, 10, 14, 14], ddof=1)
    assert alpha(scores) == pytest.approx(1.5 * (1 - sum(variances) / whole))


def test_there_is_no_alpha_of_one_item_of_one_person_or_of_equal_sums() -> None:
    assert alpha(np.ones((4, 1))) is None
    assert alpha(np.ones((1, 3))) is None
    assert alpha(np.array([[1.0, 2.0], [2.0, 1.0]])) is None


def test_the_best_and_the_last_are_27_percent_and_who_equals_them() -> None:
    best, last = edges(np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 9, 9, 9]))
    assert best.nonzero()[0].tolist() == [8, 9, 10]
    assert last.nonzero()[0].tolist() == [0, 1, 2]
