"""Judging ClassNLLCriterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.assignments.modules.layers.class_nll_mistakes import GRADIENT_MISTAKES, MISTAKES, gradient_of, value_of
from grader.assignments.modules.layers.class_nll_probe import NAME, PROBE, Asked, ClassNLLSeen
from grader.assignments.modules.layers.closed_forms import LEAST
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.checks import blocked, failed
from grader.kits.layer_contract import (
    TOLERANCE,
    LayerCase,
    explained,
    first_of,
    judge_gradient,
    layer_check,
    own_gradient,
    stumbled,
    with_pattern,
)
from grader.kits.mistakes import Mistake
from grader.model import Array, Finding
from grader.numerics import worst_entry
from grader.plain import problem_from
from grader.text import in_digits, shape

_ONE_HOT = "Targets are one-hot rows: for each example a row with 1 for its class and 0 for the others."
_ORDER = "The criterion is called as forward(input, target) and backward(input, target): the probabilities first."
_CLAMP = "Clamp the input to [1e-15, 1 - 1e-15] before the logarithm, and before dividing by it in the gradient."
_CLAMP_BACK = "Divide by the input as the loss takes it, clamped to [1e-15, 1 - 1e-15], in the gradient as well."
_BOUNDS = (
    "The loss is nearly 0 whatever the probabilities are: look at the bounds that they are clamped to, and their order."
)
# a loss that is less, and not 0, is that of probabilities which are all clamped to nearly 1
NEARLY_NONE = 1e-12
# a loss that is clamped stays within this share of itself, one that is not goes beyond it
SAME = 0.1


def _judge_value(case: LayerCase) -> Finding | None:
    answer, want = case["forward"], value_of(case)
    hint = "The loss is the mean over the rows of the negative logarithm of the target's probability."
    if problem := problem_from(answer["problem"]):
        attempt = "Try it on two rows of probabilities with two one-hot rows, and read the error from its last line up."
        return stumbled(NAME, "forward", problem, attempt)
    got = answer["value"]
    if got is None or got.size != 1:
        found = f"an array of shape {shape(got)}" if got is not None else answer["type"]
        said = f"{NAME}: forward returned {'None' if found == 'NoneType' else found} instead of one number"
        whole = "The loss of a batch is one number: the mean of those of its rows."
        if got is None and answer["stored"] is None:
            said, whole = (
                f"{said}, and nothing was put into self.output",
                "Put the loss into self.output, and hand it back.",
            )
        elif got is None:
            whole = "The loss is in self.output: hand it back as well, with `return self.output`."
        return failed(said, hint=whole, diagnosis="nothing_returned")
    if not _is_right(case):
        mistake = explained(case, got.reshape(1), want, MISTAKES)
        if _is_nearly_none(got):
            mistake = Mistake("nll_bounds_swapped", _BOUNDS, value_of)
        said = f"{NAME}: the loss of {case['label']} is {in_digits(got.item())}, expected {in_digits(want.item())}"
        return failed(said, hint=mistake.hint if mistake else hint, diagnosis=mistake.id if mistake else "")
    for name, before, after in zip(("input", "target"), (case["input"], case["grad"]), answer["after"], strict=False):
        if after is None or after.shape != before.shape or not np.array_equal(after, before):
            said = f"{NAME}: the array {name} that was passed in is changed"
            hint = "Work on a copy: np.clip(...) without `out=` makes one."
            return failed(said, hint=hint, diagnosis="input_modified")
    return None


def _is_nearly_none(loss: Array | None) -> bool:
    return loss is not None and loss.size == 1 and 0 < abs(float(loss.flat[0])) < NEARLY_NONE


def _is_right(case: LayerCase) -> bool:
    """Tell whether the loss is the right number, whatever else is wrong with it."""
    answer = case["forward"]
    got = None if answer["problem"] or answer["value"] is None else answer["value"]
    bound = TOLERANCE.bound(single=case["single"])
    return got is not None and got.size == 1 and TOLERANCE.agrees(got.reshape(1), value_of(case), bound)


def _has_loss(case: LayerCase) -> bool:
    answer = case["forward"]
    return not answer["problem"] and answer["value"] is not None and answer["value"].size == 1


def _takes_numbers(seen: ClassNLLSeen) -> bool:
    """Tell whether the criterion is made for targets that are class numbers: with these it is right, or does not raise."""
    # evidence of earlier graders has one-hot targets only
    if all(map(_is_right, seen["cases"])) or "numbered" not in seen:
        return False
    ours, theirs = seen["cases"], seen["numbered"]["cases"]
    raises = any(case["forward"]["problem"] for case in ours)
    return all(map(_is_right, theirs)) or (raises and all(map(_has_loss, theirs)))


def _takes_targets_first(seen: ClassNLLSeen) -> bool:
    """Tell whether the criterion is right when it is given the target first."""
    if all(map(_is_right, seen["cases"])) or "turned" not in seen:
        return False
    return all(map(_is_right, seen["turned"]["cases"]))


def _asked(seen: ClassNLLSeen) -> Asked:
    """Return the cases with the targets that the criterion is made for: another kind or order is paid for in its value."""
    if _takes_targets_first(seen):
        return seen["turned"]
    return seen["numbered"] if _takes_numbers(seen) else seen


@layer_check(PROBE)
def class_nll_value(seen: ClassNLLSeen) -> Finding | None:
    """ClassNLLCriterion is the mean negative log-probability of the targets"""
    found = first_of(_judge_value(case) for case in seen["cases"])
    if found is not None and _takes_targets_first(seen):
        said = f"{NAME} takes the target first; with the input first, {found.message.removeprefix(f'{NAME}: ')}"
        return failed(said, hint=_ORDER, diagnosis="target_first")
    if found is None or not _takes_numbers(seen):
        return with_pattern(found, seen["cases"], value_of, "forward")
    problem = problem_from(
        next((case["forward"]["problem"] for case in seen["cases"] if case["forward"]["problem"]), None)
    )
    with_rows = f"forward ends in an error: {problem}" if problem else found.message.removeprefix(f"{NAME}: ")
    said = f"{NAME} takes class numbers for targets; with one-hot rows, {with_rows}"
    return failed(said, hint=_ONE_HOT, diagnosis="targets_as_numbers")


@layer_check(PROBE)
def class_nll_clamped(seen: ClassNLLSeen) -> Finding | None:
    """ClassNLLCriterion clamps probabilities to [1e-15, 1 - 1e-15]"""
    asked = _asked(seen)
    case, ordinary = asked["clamped"], asked["cases"]
    for each in ordinary:
        if each["forward"]["value"] is None:
            problem = problem_from(each["forward"]["problem"])
            return blocked("no loss is there to tell whether it is clamped" + (f" ({problem})" if problem else ""))
    if problem := problem_from(case["forward"]["problem"]):
        said = f"with a probability of 0, forward ends in an error: {problem}"
        return failed(said, hint=_CLAMP, diagnosis="nll_not_clamped")
    got, want = case["forward"]["value"], value_of(case)
    if got is None or not np.all(np.isfinite(got)):
        found = "None" if got is None else "nan" if np.any(np.isnan(got)) else "infinity"
        return failed(f"the loss of a probability of 0 is {found}", hint=_CLAMP, diagnosis="nll_not_clamped")
    if all(map(_is_right, ordinary)):
        if not TOLERANCE.agrees(got.reshape(-1), want):
            said = f"the loss of a batch with probabilities of 0 is {in_digits(got.flat[0])}, expected {in_digits(want.item())}"
            bound = _own_bound(case, float(got.flat[0] - want.item()))
            hint = (
                f"Probabilities of 0 count as {in_digits(bound)}: clamp them at {LEAST:g} instead." if bound else _CLAMP
            )
            return failed(said, hint=hint, diagnosis="nll_not_clamped")
    elif wrong := _clamped_otherwise(got, asked):
        return wrong
    back = case["backward"]["value"]
    if back is not None and not np.all(np.isfinite(back)):
        found = "nan" if np.any(np.isnan(back)) else "infinity"
        return failed(
            f"the gradient at a probability of 0 holds {found}", hint=_CLAMP_BACK, diagnosis="nll_not_clamped"
        )
    return _wrong_at_zero(case, ordinary, _CLAMP_BACK)


def _own_bound(case: LayerCase, more: float) -> float:
    """Return where the student's own class clamps, by how much `more` its loss is; 0 where no such bound explains it."""
    target = case["grad"]
    zeros = float(target[case["input"] <= 0].sum())
    exponent = np.log(LEAST) - more * len(target) / zeros if zeros else 0.0
    return float(np.exp(exponent)) if np.log(1e-300) < exponent < np.log(0.1) else 0.0


def _clamped_otherwise(got: Array, asked: Asked) -> Finding | None:
    """Return what is wrong with the clamping of a loss that is wrong for another reason, or None.

    Clamped, it is the same at 0 as at 1e-15, and not the same as further away.
    """
    inside, further = (asked[name]["forward"]["value"] if name in asked else None for name in ("inside", "further"))
    if inside is None or further is None or TOLERANCE.agrees(further, inside, SAME):
        said = "whether the input is clamped cannot be seen, as the loss is wrong for another reason"
        return blocked(said, explained_by=[class_nll_value])
    if TOLERANCE.agrees(got, inside, SAME):
        return None
    said = f"the loss is {in_digits(got.flat[0])} for probabilities of 0 and {in_digits(inside.flat[0])} for those of 1e-15"
    return failed(said, hint=_CLAMP, diagnosis="nll_not_clamped")


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
    if back.shape != wants[0].shape:
        said = f"the gradient at a probability of 0 has the shape {shape(back)}, expected {shape(wants[0])}"
        return failed(said, hint=hint, diagnosis="wrong_shape")
    worst = worst_entry(back, wants[0], floor=1.0)
    said = f"the gradient at a probability of 0 is {in_digits(worst.got)}, expected {in_digits(worst.want)}"
    return failed(said, hint=hint, diagnosis="nll_not_clamped")


@layer_check(PROBE)
def class_nll_gradient(seen: ClassNLLSeen) -> Finding | None:
    """ClassNLLCriterion: gradInput agrees with central differences"""
    hint = "Differentiate the loss with respect to the probability of the target of one row; the loss is the mean over the rows."
    cases = [case for case in _asked(seen)["cases"] if not _agrees_with_own(case)]
    found = first_of(
        judge_gradient(case, gradient_of, GRADIENT_MISTAKES, hint, NAME, trivial=_is_constant) for case in cases
    )
    if found and found.pictures and any(_is_nearly_none(case["forward"]["value"]) for case in cases):
        # divided by what is clamped to 1, it looks like that of a loss without a logarithm
        found = replace(found, hint=_BOUNDS, diagnosis="nll_bounds_swapped")
    return with_pattern(found, cases, gradient_of, "backward")


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
