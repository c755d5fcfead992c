"""Do the first parameters of a layer look drawn at random, or do they hold something that was learned before?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# fewer numbers than these say nothing of where they come from
FEW, ROWS = 64, 8
# how many standard deviations of its chance each measure may be off, and what it may be off besides
SIGMAS = 8.0
HEAVY, EXTREME, EDGE, FLOOR = 3.6, 3.6, 14.0, 0.45
# how far apart numbers are compared: beside each other, and one picture line below in pictures of 28 columns
NEAR = (1, 2, 28)


def looks_drawn(W: Array, b: Array | None = None) -> str:
    """Return "" where weights W (n_out, n_in), or transposed, and biases b (n_out,) look drawn, else why they do not.

    Independent numbers of one distribution that is no wider than the normal one pass, whatever their scale and mean: uniform,
    normal, truncated. Told are constants, entries that repeat, heavy tails, rows or columns of unequal size, neighbours that go
    together, and a few directions that hold most (or nothing) of it: what is left by least squares, by training, by a
    table. Biases may be equal, zeros for example. The text fits behind "the first weights". Arrays of fewer than 64 numbers
    say nothing, and pass if they are finite. Shuffled or disguised knowledge may pass: what a network can do before it is
    trained has to be looked at as well.
    """
    for name, values in (("weights", W), ("biases", b)):
        if values is None or not values.size:
            continue
        if not np.all(np.isfinite(values)):
            return f"{name} are not all finite numbers"
        why = _why(np.asarray(values, dtype=np.float64), equal=name == "biases")
        if why:
            return f"{name} {why}"
    return ""


def _why(values: Array, *, equal: bool) -> str:
    size = values.size
    if float(np.ptp(values)) == 0:
        return "" if equal or size < FEW else "are all equal"
    if size < FEW:
        return ""
    if len(np.unique(values)) < 0.5 * size:
        return "repeat: more than half of the numbers are there twice"
    centred = values - values.mean()
    scale = float(np.abs(centred).max())
    z = centred / scale
    z = z / math.sqrt(float(np.mean(z**2)))
    if why := _shape(z.ravel()):
        return why
    table = z.reshape(len(z), -1) if z.ndim > 1 else z.reshape(1, -1)
    return _together(table) or _unequal(table) or _unequal(table.T) or _directions(table)


def _shape(z: Array) -> str:
    """Say what is odd about the distribution of numbers (n,) of mean 0 and variance 1."""
    size = len(z)
    farthest = float(np.abs(z).max())
    if farthest > math.sqrt(2 * math.log(size)) + EXTREME:
        return f"have extremes: one is {farthest:.1f} standard deviations off"
    tails = float(np.mean(z**4))
    if tails > HEAVY + 1.5 * SIGMAS * math.sqrt(24 / size):
        return f"have heavy tails: kurtosis {tails:.1f}, of normal numbers 3"
    skew = float(np.mean(z**3))
    if abs(skew) > SIGMAS * math.sqrt(6 / size) * 1.5 + 0.1:
        return f"are skewed: {skew:.2f}"
    return ""


def _together(table: Array) -> str:
    """Say which neighbours go together in a table (m, n) of numbers of variance 1."""
    for axis, name in ((1, "in a row"), (0, "in a column")):
        for step in NEAR:
            if table.shape[axis] <= step:
                continue
            ahead, behind = np.split(table, [step], axis=axis)[1], np.split(table, [-step], axis=axis)[0]
            likeness = float(np.mean(ahead * behind))
            if abs(likeness) > SIGMAS / math.sqrt(ahead.size) + 0.01:
                return f"go together: correlation {likeness:.2f} of numbers {step} apart {name}"
    return ""


def _unequal(table: Array) -> str:
    """Say whether the columns of a table (m, n) of numbers of variance 1 differ in size by more than chance."""
    m, n = table.shape
    if n < ROWS or m < 2:
        return ""
    tails = max(float(np.mean(table**4)), 1.8)
    off = (np.sum(table**2, axis=0) - m) ** 2 / (m * (tails - 1))
    if float(off.mean()) > 1.1 + SIGMAS * math.sqrt((2 + 12 / m) / n):
        times = f"{float(off.mean()):.1f} times as much as by chance"
        return f"are of unequal size by rows or columns: their variances differ {times}"
    return ""


def _directions(table: Array) -> str:
    """Say whether a few directions hold more of a table (m, n) of numbers of variance 1 than chance, or some hold nothing.

    The largest and least eigenvalues of a random table's products lie near (sqrt(n) +- sqrt(m))**2, as Marchenko and Pastur
    say, off by about a Tracy-Widom width.
    """
    small, large = sorted(table.shape)
    if small < 2:
        return ""
    products = table @ table.T if table.shape[0] == small else table.T @ table
    values = np.linalg.eigvalsh(products)
    edge, width = math.sqrt(large) + math.sqrt(small), math.sqrt(1 / large) + math.sqrt(1 / small)
    most = edge**2 + EDGE * edge * width ** (1 / 3)
    if float(values[-1]) > most:
        return f"have a direction that holds {float(values[-1]) / edge**2:.1f} times as much as chance gives it"
    least = (math.sqrt(large) - math.sqrt(small)) ** 2
    if small * 3 <= large and large >= FEW and float(values[0]) < FLOOR * least:
        return "have fewer directions than rows or columns"
    return ""
