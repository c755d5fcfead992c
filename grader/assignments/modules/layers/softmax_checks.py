"""SoftMax: what is right, known mistakes, and the checks that follow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader import functions
from grader.assignments.modules.layers.closed_forms import softmax_gradient as gradient_of
from grader.assignments.modules.layers.softmax_probe import SoftMaxSeen
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.checks import blocked, failed
from grader.kits.layer_contract import (
    TOLERANCE,
    LayerCase,
    LayerSpec,
    Pass,
    at_large_inputs,
    forward_check,
    gradient_check,
    is_element_wise,
    layer_check,
)
from grader.kits.mistakes import Mistake
from grader.model import Array, Finding
from grader.plain import problem_from


def _want(case: LayerCase) -> Array:
    return functions.softmax(case["input"])


def _want_gradient(case: LayerCase) -> Array:
    return gradient_of(case["input"], case["grad"])


def _sum(values: Array, axis: int | None = 1) -> Array:
    return np.asarray(values.sum(axis=axis, keepdims=True))


def _shifted(case: LayerCase) -> Array:
    return np.asarray(np.exp(case["input"] - case["input"].max(axis=1, keepdims=True)))


MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "softmax_over_batch",
        "The columns sum to 1, not the rows: sum over the features of each row (axis=1).",
        lambda c: functions.softmax(c["input"], 0),
    ),
    Mistake(
        "softmax_over_everything",
        "The whole batch sums to 1: each row has to sum to 1 by itself (axis=1, keepdims=True).",
        lambda c: functions.softmax(c["input"], None),
    ),
    Mistake(
        "softmax_over_batch",
        "The columns sum to 1, not the rows: sum over the features of each row (axis=1).",
        lambda c: _shifted(c) / _sum(_shifted(c), 0),
    ),
    Mistake("softmax_not_normalised", "The exponentials are not divided by their sum.", lambda c: np.exp(c["input"])),
    Mistake("softmax_shift_not_normalised", "The exponentials are not divided by their sum.", _shifted),
    Mistake(
        "softmax_logarithm", "This is the logarithm of SoftMax: return the probabilities.", lambda c: np.log(_want(c))
    ),
    Mistake(
        "softmax_of_quotient", "The exponential is left out before dividing.", lambda c: c["input"] / _sum(c["input"])
    ),
)
GRADIENT_MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "softmax_gradient_element_wise",
        "Each output is treated as if it depended on its own input alone: every output of a row depends on all inputs of the "
        "row, so the whole Jacobian is needed.",
        lambda c: c["grad"] * _want(c) * (1 - _want(c)),
    ),
    Mistake(
        "softmax_gradient_sum_left_out",
        "A part of the Jacobian is left out: what the denominator contributes.",
        lambda c: c["grad"] * _want(c),
    ),
    Mistake(
        "softmax_gradient_sum_unweighted",
        "The sum over a row lacks the probabilities as weights.",
        lambda c: _want(c) * (c["grad"] - _sum(c["grad"])),
    ),
    Mistake(
        "softmax_gradient_off_diagonal_sign",
        "The entries of the Jacobian off its diagonal have the wrong sign.",
        lambda c: _want(c) * (c["grad"] + _sum(c["grad"] * _want(c))),
    ),
    Mistake(
        "softmax_gradient_diagonal_left_out",
        "The diagonal of the Jacobian is left out.",
        lambda c: -_want(c) * _sum(c["grad"] * _want(c)),
    ),
    Mistake(
        "softmax_gradient_sum_over_batch",
        "The sum runs over the batch: rows of a batch have nothing to do with one another.",
        lambda c: _want(c) * (c["grad"] - _sum(c["grad"] * _want(c), 0)),
    ),
    Mistake(
        "softmax_gradient_sum_over_everything",
        "The sum runs over the whole batch: rows of a batch have nothing to do with one another.",
        lambda c: _want(c) * (c["grad"] - _sum(c["grad"] * _want(c), None)),
    ),
    Mistake(
        "softmax_gradient_last_factor_left_out",
        "The result lacks the probability of each entry as a factor.",
        lambda c: c["grad"] - _sum(c["grad"] * _want(c)),
    ),
    Mistake(
        "softmax_gradient_of_logarithm",
        "This is the gradient of the logarithm of SoftMax.",
        lambda c: c["grad"] - _want(c) * _sum(c["grad"]),
    ),
)


def _carried(case: LayerCase) -> Array:
    """Return the gradient with the student's own probabilities in it."""
    own, grad = case["forward"]["value"], case["grad"]
    if own is None or own.shape != grad.shape:
        return np.full(grad.shape, np.nan)
    return np.asarray(own * (grad - _sum(grad * own)))


SOFTMAX = LayerSpec(
    name="SoftMax",
    probe="softmax",
    module=__name__,
    forward=_want,
    gradient=_want_gradient,
    mistakes=MISTAKES,
    gradient_mistakes=GRADIENT_MISTAKES,
    hint="Exponentials divided by their sum, row by row: every row of the output sums to 1.",
    gradient_hint="Write down d output_i / d input_j of one row, for i = j and for i != j, and sum over all outputs.",
)
softmax_forward = forward_check(SOFTMAX, "SoftMax turns every row into probabilities")


_STABLE = "Only differences between the inputs of a row count: what can be subtracted from a row, so that exp cannot overflow?"
_STABLE_BACK = "The way back is as stable as forward when it uses the probabilities that forward has stored."


@layer_check("softmax")
def softmax_stable(seen: SoftMaxSeen) -> Finding | None:
    """SoftMax is stable for inputs of 1000, forward and back"""
    return _unstable_forward(seen) or _unstable_backward(seen)


def _shifts(seen: SoftMaxSeen) -> Sequence[LayerCase]:
    """Return a batch as it is and with 1000 added; evidence of earlier graders has two of different numbers."""
    return seen.get("shifted") or (seen["cases"][0], seen["extreme"])


def _unstable_forward(seen: SoftMaxSeen) -> Finding | None:
    """Return what large inputs do to the output, or None; one that is wrong at small inputs may stay as wrong as it is there."""
    near, far = (each["forward"] for each in _shifts(seen))
    if near["value"] is None:
        problem = problem_from(near["problem"])
        return blocked("SoftMax: no output is there to be stable" + (f" ({problem})" if problem else ""))
    if all(TOLERANCE.agrees(each["forward"]["value"], _want(each), TOLERANCE.single) for each in seen["cases"]):
        return _overflow(at_large_inputs(seen["extreme"]["forward"], _want(seen["extreme"]), "the output"), _STABLE)
    if said := _spoilt(far, near["value"], "the output"):
        return _overflow(said, _STABLE)
    if not np.ptp(near["value"]) or not TOLERANCE.agrees(far["value"], near["value"]):
        said = "SoftMax: whether it is stable cannot be seen, as the output is wrong for small inputs as well"
        return blocked(said, explained_by=[softmax_forward])
    return None


def _unstable_backward(seen: SoftMaxSeen) -> Finding | None:
    """Return what large inputs do to gradInput, or None; whether it is right at small inputs is paid for elsewhere."""
    near, far = (each["backward"] for each in _shifts(seen))
    if near["value"] is None or not np.all(np.isfinite(near["value"])):
        return None
    right = all(
        TOLERANCE.agrees(each["backward"]["value"], _want_gradient(each), TOLERANCE.single) for each in seen["cases"]
    )
    extreme = seen["extreme"]
    said = at_large_inputs(extreme["backward"], _want_gradient(extreme), "gradInput") if right else ""
    return _overflow(said or _spoilt(far, near["value"], "gradInput"), _STABLE_BACK)


def _spoilt(far: Pass, near: Array, what: str) -> str:
    """Return what large inputs have made of something that is finite for small ones, or nothing."""
    got = far["value"]
    if far["problem"] or got is None or got.shape != near.shape or not np.all(np.isfinite(got)):
        return at_large_inputs(far, near, what)
    return ""


def _overflow(said: str, hint: str) -> Finding | None:
    return failed(f"SoftMax of inputs around 1000: {said}", hint=hint, diagnosis="overflow") if said else None


softmax_gradient = gradient_check(
    SOFTMAX,
    "SoftMax: gradInput is gradOutput times the whole Jacobian, as central differences say",
    # one row tells nothing of a sum that runs over the batch
    trivial=lambda cases: all(map(is_element_wise, cases)),
    carried=_carried,
)
softmax_trajectory = trajectory_check(
    "SoftMax", "softmax", __name__, after=softmax_gradient, excused_by=[softmax_forward]
)
