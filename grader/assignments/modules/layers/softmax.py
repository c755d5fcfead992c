"""SoftMax: what is asked of it, and how the answers are judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking, closed_forms
from grader.assignments.modules.layers.cases import Case, cast, close, grid_case, is_element_wise
from grader.assignments.modules.layers.judging import (
    first_of,
    judge_forward,
    judge_gradient,
    nothing_to_judge,
    verdict,
)
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.checks import check, failed
from grader.kits.mistakes import Mistake
from grader.model import Array, Finding, Observation
from grader.plain import problem_from
from grader.sandbox import Session


def softmax(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask SoftMax: ordinary batches, one row, float32, and inputs around 1000."""
    if not asking.begin(session, seen, "SoftMax"):
        return
    seed = int(rng.integers(2**31))
    n, d = int(rng.integers(3, 6)), int(rng.integers(3, 6))
    shapes: list[tuple[int, int, type]] = [
        (n, d, np.float64),
        (d, d, np.float64),
        (1, d, np.float64),
        (n, d, np.float32),
    ]
    seen["cases"] = []
    for rows, columns, dtype in shapes:
        x = cast(2 * rng.standard_normal((rows, columns)), dtype)
        grad = cast(rng.standard_normal((rows, columns)), dtype)
        seen["cases"].append(grid_case(session, "SoftMax", (), x, grad, seed))
    small = rng.standard_normal((4, d))
    x = small + np.array([1000.0, -1000.0, 800.0, 0.0])[:, None]
    x[3, 0], x[3, 1] = 1000.0, -1000.0
    seen["extreme"] = grid_case(session, "SoftMax", (), x, rng.standard_normal(x.shape), seed, differences=False)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, "SoftMax", rng)


def _want(case: Case) -> Array:
    return closed_forms.softmax(case["input"])


def _want_gradient(case: Case) -> Array:
    return closed_forms.softmax_gradient(case["input"], case["grad"])


def _sum(values: Array, axis: int | None = 1) -> Array:
    return np.asarray(values.sum(axis=axis, keepdims=True))


def _shifted(case: Case) -> Array:
    return np.asarray(np.exp(case["input"] - case["input"].max(axis=1, keepdims=True)))


MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "softmax_over_batch",
        "The columns sum to 1, not the rows: sum over the features of each row (axis=1).",
        lambda c: closed_forms.softmax(c["input"], 0),
    ),
    Mistake(
        "softmax_over_everything",
        "The whole batch sums to 1: every row has to, by itself (axis=1, keepdims=True).",
        lambda c: closed_forms.softmax(c["input"], None),
    ),
    Mistake(
        "softmax_over_batch",
        "The columns sum to 1, not the rows: sum over the features of each row (axis=1).",
        lambda c: _shifted(c) / _sum(_shifted(c), 0),
    ),
    Mistake("softmax_not_normalised", "The exponentials are not divided by their sum.", lambda c: np.exp(c["input"])),
    Mistake(
        "softmax_shift_not_normalised",
        "The exponentials are not divided by their sum.",
        _shifted,
    ),
    Mistake(
        "softmax_logarithm", "This is the logarithm of SoftMax: return the probabilities.", lambda c: np.log(_want(c))
    ),
    Mistake(
        "softmax_of_quotient", "The exponential is left out before dividing.", lambda c: c["input"] / _sum(c["input"])
    ),
)
GRADIENT_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "softmax_gradient_element_wise",
        "Each output is treated as if it depended on its own input alone: every output of a row depends on all inputs of the "
        "row, so the whole Jacobian is needed.",
        lambda c: c["grad"] * _want(c) * (1 - _want(c)),
    ),
    Mistake(
        "softmax_gradient_sum_left_out",
        "Half of the Jacobian is left out: what the denominator contributes.",
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


def _carried(case: Case) -> Array:
    """Return the gradient with the student's own probabilities in it."""
    own, grad = case["forward"]["value"], case["grad"]
    if own is None or own.shape != grad.shape:
        return np.full(grad.shape, np.nan)
    return np.asarray(own * (grad - _sum(grad * own)))


@check(reads=["softmax"])
def softmax_forward(observed: Observation) -> Finding:
    """SoftMax turns every row into probabilities"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Exponentials divided by their sum, row by row: every row of the output sums to 1."
    cases = observed.data["cases"]
    return verdict(first_of(judge_forward(case, _want, MISTAKES, hint, "SoftMax") for case in cases))


@check(reads=["softmax"], after=[softmax_forward])
def softmax_stable(observed: Observation) -> Finding:
    """SoftMax gives the right probabilities for inputs of 1000, without overflow"""
    extreme = observed.data["extreme"]
    hint = "Only differences between the inputs of a row count: what can be subtracted from a row, so that exp cannot overflow?"
    answer, want = extreme["forward"], _want(extreme)
    if problem := problem_from(answer["problem"]):
        return failed(f"SoftMax of inputs around 1000: {problem}", hint=hint, diagnosis="overflow")
    if answer["value"] is None or not np.all(np.isfinite(answer["value"])):
        return failed("SoftMax of inputs around 1000 is not finite", hint=hint, diagnosis="overflow")
    if not close(answer["value"], want):
        return failed("SoftMax of inputs around 1000 is wrong", hint=hint, diagnosis="overflow")
    if answer["warnings"]:
        return failed(f"SoftMax of inputs around 1000 warns: {answer['warnings'][0]}", hint=hint, diagnosis="overflow")
    return verdict(None)


@check(reads=["softmax"])
def softmax_gradient(observed: Observation) -> Finding:
    """SoftMax: gradInput is gradOutput times the whole Jacobian, as central differences say"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Write down d output_i / d input_j of one row, for i = j and for i != j, and sum over all outputs."
    cases = observed.data["cases"]
    # one row tells nothing of a sum that runs over the batch
    trivial = all(map(is_element_wise, cases))
    findings = (
        judge_gradient(
            case, _want_gradient, GRADIENT_MISTAKES, hint, "SoftMax", trivial=lambda _: trivial, carried=_carried
        )
        for case in cases
    )
    return verdict(first_of(findings))
