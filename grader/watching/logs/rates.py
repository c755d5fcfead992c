"""Learning rates seen from what a step does to the parameters, whatever the optimizer is called.

Gradient descent with momentum changes a parameter by ``m * (the change before) - rate * gradient``. Both numbers are fitted
to a few dozen entries of one array, step by step. Where that does not fit, for another optimizer was written, a rate is
asked for by name: the code that trains may have one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from numpy import errstate, float64, ndarray, sqrt
from numpy.random import default_rng

from grader.watching.logs.series import Series

ENTRIES = 64
FITS = 0.05
LOOK_EVERY = 8

Array = ndarray[Any, Any]


class Steps:
    """Follows the parameters of one network from backward call to backward call."""

    def __init__(self) -> None:
        self.fitted, self.named = Series(), Series()
        self.taken = 0
        self._where: Any = None
        self._which, self._shape = -1, ()
        self._x: Array | None = None
        self._g: Array | None = None
        self._change: Array | None = None

    def after_backward(
        self, parameters: list[Array], gradients: list[Array], named: Callable[[], float | None] = lambda: None
    ) -> None:
        """Note where the parameters are, and the gradients with which the next step is going to be taken.

        `named` returns what the code that trains calls a learning rate, or None.
        """
        x, g = self._sampled(parameters, gradients)
        if x is None or g is None:
            self._x = self._change = None
            return
        change = None if self._x is None else x - self._x
        rate = math.nan
        if change is not None and self._g is not None and change.any():
            self.taken += 1
            rate = fitted_rate(change, self._change, self._g)
        if rate == rate:
            self.fitted.add(rate)
        elif self.taken % LOOK_EVERY == 1 and self.fitted.count < self.taken / 2:
            by_name = named()
            if by_name is not None:
                self.named.add(by_name)
        self._x, self._g, self._change = x, g, change

    def _sampled(self, parameters: list[Array], gradients: list[Array]) -> tuple[Array | None, Array | None]:
        if len(parameters) != len(gradients):
            return None, None
        flat = [k for k, each in enumerate(parameters) if each.ndim == 2 and gradients[k].shape == each.shape]
        if not flat:
            return None, None
        # the last layer's gradients are not zero as those of pixels that are always paper
        which = flat[-1]
        shape = parameters[which].shape
        if (which, shape) != (self._which, self._shape):
            self._which, self._shape, self._x = which, shape, None
            size = parameters[which].size
            self._where = default_rng(size).choice(size, min(size, ENTRIES), replace=False)
        return (
            parameters[which].take(self._where).astype(float64),
            gradients[which].take(self._where).astype(float64),
        )


def fitted_rate(change: Array, before: Array | None, gradient: Array) -> float:
    """Return the rate with which `gradient` and the change `before` explain a change, or NaN."""
    with errstate(all="ignore"):
        gg, gb = float(gradient @ gradient), float(gradient @ change)
        if not gg or not math.isfinite(gg) or not math.isfinite(gb):
            return math.nan
        rate, momentum = -gb / gg, 0.0
        if before is not None and before.any():
            bb, bg, bc = float(before @ before), float(before @ gradient), float(before @ change)
            whole = bb * gg - bg * bg
            if whole > 1e-9 * bb * gg:
                momentum = (bc * gg - gb * bg) / whole
                rate = -(gb * bb - bc * bg) / whole
        rest = change + rate * gradient - (momentum * before if before is not None else 0.0)
        off = float(sqrt(rest @ rest)) / max(float(sqrt(change @ change)), 1e-300)
    return rate if off <= FITS and rate > 0 and math.isfinite(rate) else math.nan
