"""Statistics of a class: shares, correlations and their intervals, each with the number of people behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from grader.model import Array

# the quantile of the normal distribution for 95 %
Z = 1.959963984540054
RESAMPLES, SEED = 2000, 20261201
# so many at the top and at the bottom tell best what separates them (Kelley 1939)
EDGE = 0.27


@dataclass(frozen=True)
class Estimate:
    """A figure and the 95 % interval around it."""

    value: float
    low: float
    high: float


def proportion(successes: int, n: int) -> Estimate:
    """Return a share of `n`, at least 1, with Wilson's interval."""
    share, z2 = successes / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Estimate(
        share, max(centre - half, 0.0) if successes else 0.0, min(centre + half, 1.0) if successes < n else 1.0
    )


def mean(values: Array) -> Estimate:
    """Return the mean of values (n,), not empty: of those that are all 0 or 1 a `proportion`, else with a bootstrap.

    The interval is that of percentiles over `RESAMPLES` draws. It is always the same for the same values.
    """
    found, counts = np.unique(values, return_counts=True)
    if set(found.tolist()) <= {0.0, 1.0}:
        return proportion(int(np.sum(values)), values.size)
    # drawing people anew is drawing how often each value comes
    drawn = np.random.default_rng(SEED).multinomial(values.size, counts / values.size, size=RESAMPLES)
    low, high = np.percentile(drawn @ found / values.size, (2.5, 97.5))
    return Estimate(float(counts @ found) / values.size, float(low), float(high))


def correlation(x: Array, y: Array) -> Estimate | None:
    """Return Pearson's correlation of x and y (n,) with Fisher's interval; None where one of them does not vary, or n < 4.

    Where x is 0 or 1 this is the point-biserial correlation.
    """
    if x.size < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1.0, 1.0))
    if abs(r) > 1 - 1e-12:
        return Estimate(round(r), round(r), round(r))
    half = Z / math.sqrt(x.size - 3)
    return Estimate(r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half))


def alpha(scores: Array) -> float | None:
    """Return Cronbach's alpha of scores (n, items); None for fewer than two items, or where the sum does not vary."""
    n, items = scores.shape
    if n < 2 or items < 2:
        return None
    whole = float(np.var(scores.sum(axis=1), ddof=1))
    return None if whole == 0 else items / (items - 1) * (1 - float(np.var(scores, axis=0, ddof=1).sum()) / whole)


def edges(totals: Array) -> tuple[Array, Array]:
    """Return who (n,) is among the best and who among the last 27 %; all that are equal at a border are in."""
    count = max(round(EDGE * totals.size), 1)
    ordered = np.sort(totals)
    return totals >= ordered[-count], totals <= ordered[count - 1]
