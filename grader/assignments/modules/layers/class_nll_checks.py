"""Judging ClassNLLCriterion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.assignments.modules.layers.class_nll_mistakes import GRADIENT_MISTAKES, MISTAKES, gradient_of, value_of
from grader.assignments.modules.layers.class_nll_probe import NAME, PROBE, ClassNLLSeen
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.checks import failed
from grader.kits.layer_contract import (
    TOLERANCE,
    LayerCase,
    explained,
    first_of,
    judge_gradient,
    layer_check,
    own_gradient,
    stumbled,
)
from grader.model import Array, Finding
from grader.numerics import worst_entry
from grader.plain import problem_from
from grader.text import in_digits, shape


def _judge_value(case: LayerCase) -> Finding | None:
    answer, want = case["forward"], value_of(case)
    hint = "The loss is the mean over the rows of the negative logarithm of the target's probability."
    if problem := problem_from(answer["problem"]):
        return stumbled(NAME, "forward", problem, "Try it on one row of two probabilities.")
    got = answer["value"]
    if got is None or got.size != 1:
        found = (
            "None"
            if answer["type"] == "NoneType"
            else f"an array of shape {shape(got)}"
            if got is not None
            else answer["type"]
        )
        hint = "forward returns one number, the mean over the rows of the batch"
        hint += "." if got is not None else ": end updateOutput with `return self.output`."
        return failed(
            f"{NAME}: forward returned {found} instead of one number", hint=hint, diagnosis="nothing_returned"
        )
    if not TOLERANCE.agrees(got.reshape(1), want, TOLERANCE.bound(single=case["single"])):
        mistake = explained(case, got.reshape(1), want, MISTAKES)
        said = f"{NAME}: the loss of {case['label']} is {in_digits(got.item())}, expected {in_digits(want.item())}"
        return failed(said, hint=mistake.hint if mistake else hint, diagnosis=mistake.id if mistake else "")
    for name, before, after in zip(("input", "target"), (case["input"], case["grad"]), answer["after"], strict=False):
        if after is None or after.shape != before.shape or not np.array_equal(after, before):
            said = f"{NAME}: the array {name} that was passed in is changed"
            hint = "Work on a copy: np.clip(...) without `out=` makes one."
            return failed(said, hint=hint, diagnosis="input_modified")
    return None


@layer_check(PROBE)
def class_nll_value(seen: ClassNLLSeen) -> Finding | None:
    """ClassNLLCriterion is the mean negative log-probability of the targets"""
    return first_of(_judge_value(case) for case in seen["cases"])


@layer_check(PROBE)
def class_nll_clamped(seen: ClassNLLSeen) -> Finding | None:
    """ClassNLLCriterion clamps probabilities to [1e-15, 1 - 1e-15]"""
    case = seen["clamped"]
    answer, want = case["forward"], value_of(case)
    hint = "Clamp the input to [1e-15, 1 - 1e-15] before the logarithm, and before dividing by it in the gradient."
    if problem := problem_from(answer["problem"]):
        return stumbled(f"{NAME}, a probability of 0", "forward", problem, hint)
    got = answer["value"]
    if got is None or got.size != 1:
        return failed("the loss of a probability of 0 is not a number", hint=hint)
    size = float(got.item())
    # judged by itself: a factor of the batch size or the number of classes, or a sign, is paid for elsewhere
    rows, classes = case["input"].shape
    factors = (1.0, float(rows), 1.0 / classes, -1.0, 1.0 / np.log(2))
    if not any(TOLERANCE.agrees(np.array([size]), factor * want) for factor in factors):
        said = f"the loss of a batch with probabilities of 0 is {in_digits(size)}, expected {in_digits(want.item())}"
        # where other losses are wrong as well, it is not the clamping that is told by this one
        told = all(_judge_value(each) is None for each in seen["cases"])
        return failed(said, hint=hint, diagnosis="nll_not_clamped" if told else "")
    back = case["backward"]["value"]
    if back is not None and not np.all(np.isfinite(back)):
        return failed("the gradient at a probability of 0 is not finite", hint=hint, diagnosis="nll_not_clamped")
    return _wrong_at_zero(case, seen["cases"], hint)


def _wrong_at_zero(case: LayerCase, ordinary: Sequence[LayerCase], hint: str) -> Finding | None:
    """Return the finding on a gradient that is right but where the target's probability is 0, or None.

    There it is -1e15 divided by the batch size, or 0, which is the derivative of the clamping itself.
    """
    back = case["backward"]["value"]
    if back is None or not all(
        TOLERANCE.agrees(each["backward"]["value"], gradient_of(each), TOLERANCE.single) for each in ordinary
    ):
        return None
    wants = (gradient_of(case), np.where(case["input"] > 0, gradient_of(case), 0.0), np.zeros(case["input"].shape))
    if any(TOLERANCE.agrees(back, want) for want in wants):
        return None
    worst = worst_entry(back, wants[0], floor=1.0)
    said = f"the gradient at a probability of 0 is {in_digits(worst.got)}, expected {in_digits(worst.want)}"
    return failed(said, hint=hint, diagnosis="nll_not_clamped")


@layer_check(PROBE)
def class_nll_gradient(seen: ClassNLLSeen) -> Finding | None:
    """ClassNLLCriterion: gradInput agrees with central differences"""
    hint = "Differentiate the loss with respect to the probability of the target of one row; the loss is the mean over the rows."
    return first_of(
        judge_gradient(case, gradient_of, GRADIENT_MISTAKES, hint, NAME, trivial=_is_constant)
        for case in seen["cases"]
        if not _agrees_with_own(case)
    )


class_nll_trajectory = trajectory_check(
    NAME, PROBE, __name__, after=class_nll_gradient, excused_by=[class_nll_value], name="class_nll_trajectory"
)


def _own(case: LayerCase) -> Array | None:
    """Return the gradient of the student's own loss by central differences, or None."""
    return own_gradient(case, np.ones(1))


def _agrees_with_own(case: LayerCase) -> bool:
    own, back = _own(case), case["backward"]
    if own is None or back["problem"] or _is_constant(case):
        return False
    untouched = all(
        after is not None and np.array_equal(after, before)
        for before, after in zip((case["input"], case["grad"]), back["after"], strict=False)
    )
    return untouched and TOLERANCE.agrees(back["value"], own, TOLERANCE.bound(single=case["single"], differences=True))


def _is_constant(case: LayerCase) -> bool:
    """Tell whether the student's own loss depends on no logarithm: its slope is the same wherever it is not 0."""
    own = _own(case)
    if own is None or not np.any(own):
        return True
    slopes = own[np.abs(own) > TOLERANCE.differences]
    return slopes.size > 1 and float(np.ptp(slopes)) < TOLERANCE.differences
