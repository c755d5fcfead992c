"""What is observed of one pass through a layer and back, and what the layer's own forward pass says of its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import numpy as np

from grader.model import Array
from grader.numerics import STEP, Tolerance
from grader.plain import PlainProblem

TOLERANCE = Tolerance(double=1e-6, single=2e-4, differences=1e-5, floor=1e-2)


class Pass(TypedDict):
    """What a pass forward or back gave.

    `value` was returned, and was of that `type`; `stored` is what the layer holds, `after` what became of the arrays that
    were passed in. Arrays are None where there is none.
    """

    value: Array | None
    type: str
    stored: Array | None
    after: list[Array | None]
    warnings: list[str]
    problem: PlainProblem | None


class LayerCase(TypedDict):
    """One case that a class is asked about: an input (N, d), a gradient of what comes after, and what a layer made of them.

    `given` is what its constructor was given, `single` says that the arrays were float32. `around` holds the outputs (2 N d,
    ...) for a step up along every entry of the input, then down; `output_after` is the stored output after the pass back.
    """

    label: str
    single: bool
    given: list[float]
    input: Array
    grad: Array
    forward: Pass
    backward: Pass
    around: Array | None
    output_after: Array | None


def own_gradient(case: LayerCase, grad: Array | None = None) -> Array | None:
    """Return the gradient of sum(grad * output) by central differences of the layer's own forward, or None."""
    around, x = case["around"], case["input"]
    grad = case["grad"] if grad is None else grad
    if around is None or around.shape != (2 * x.size, grad.size) or not np.all(np.isfinite(around)):
        return None
    with np.errstate(all="ignore"):
        sums = around @ grad.ravel()
        return np.asarray((sums[: x.size] - sums[x.size :]).reshape(x.shape) / (2 * STEP))


def is_trivial(case: LayerCase) -> bool:
    """Tell whether the layer's own forward hands its input on, at most scaled: such a pass has no gradient worth a point."""
    jacobian = _own_jacobian(case)
    return jacobian is None or _is_diagonal(jacobian, lambda diagonal: np.full_like(diagonal, np.mean(diagonal)))


def is_element_wise(case: LayerCase) -> bool:
    """Tell whether every entry of the layer's own output depends on one entry of the input alone."""
    jacobian = _own_jacobian(case)
    return jacobian is None or _is_diagonal(jacobian, lambda diagonal: diagonal)


def _own_jacobian(case: LayerCase) -> Array | None:
    """Return d output / d input (N_in, N_out) of the layer's own forward, or None."""
    around, x = case["around"], case["input"]
    if around is None or around.shape[0] != 2 * x.size or not np.all(np.isfinite(around)):
        return None
    with np.errstate(all="ignore"):
        return np.asarray((around[: x.size] - around[x.size :]) / (2 * STEP))


def _is_diagonal(jacobian: Array, expected: Callable[[Array], Array]) -> bool:
    """Tell whether a Jacobian is square, and a diagonal matrix with what is `expected` on it."""
    if jacobian.shape[0] != jacobian.shape[1]:
        return False
    with np.errstate(all="ignore"):
        rest = jacobian - np.diag(expected(np.diag(jacobian)))
    return bool(np.max(np.abs(rest)) < TOLERANCE.differences)
