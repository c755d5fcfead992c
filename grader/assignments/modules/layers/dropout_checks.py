"""Judging Dropout: p may be the chance to keep or to drop, and what is kept may be scaled up or not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignments.modules.layers.defaults import judge_default
from grader.assignments.modules.layers.dropout_masks import (
    ADVICE,
    chance_of,
    drops,
    mask_of,
    share_of,
    wrong_mask,
)
from grader.assignments.modules.layers.dropout_probe import NAME, DropoutSeen, Evaluation, Training
from grader.checks import blocked, failed, passed
from grader.kits.layer_contract import (
    TOLERANCE,
    LayerCase,
    Pass,
    broken_contract,
    explained,
    first_of,
    judge_gradient,
    layer_check,
    stumbled,
    with_pattern,
)
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array, Finding, HeatMaps
from grader.plain import problem_from
from grader.text import as_call, in_digits

SHOWN = (12, 16)
# standard errors that the share of what is kept may be off
CHANCE_ERRORS = 6
_P = "It takes p, which is 0.5 when it is left out."


def _wrong_training(training: Training, errors: float) -> Finding | None:
    if problem := problem_from(training["problem"]):
        return stumbled(
            as_call(NAME, training["given"]),
            "the constructor",
            problem,
            "It takes p, which is 0.5 when it is left out.",
        )
    first, second = training["passes"]
    if finding := wrong_mask(first, errors) or wrong_mask(second, errors):
        return finding
    masks = [mask_of(each) for each in (first, second)]
    if masks[0] is not None and masks[1] is not None and np.array_equal(masks[0] == 0, masks[1] == 0):
        hint = "Draw a new mask in every forward pass: not in the constructor, and without a seed."
        return failed(
            f"{as_call(NAME, training['given'])}: two passes drop the very same entries",
            hint=hint,
            diagnosis="mask_not_fresh",
        )
    return None


@layer_check("dropout", thresholds=["errors"])
def dropout_training(seen: DropoutSeen, errors: float) -> Finding:
    """Dropout drops every element by itself in training, anew in every pass"""
    trainings = seen["trainings"]
    if finding := first_of(_wrong_training(each, errors) for each in trainings):
        return finding
    keeps = [
        abs(share_of(case) - chance_of(case)) < abs(share_of(case) - 1 + chance_of(case))
        for case in (each["passes"][0] for each in trainings if each["given"])
    ]
    if any(keeps) and not all(keeps):
        hint = "Whatever p means, it has to mean the same for every p."
        return failed("Dropout: p is the chance to keep for one p and the chance to drop for another", hint=hint)
    mask = mask_of(trainings[0]["passes"][0])
    scaled = mask is not None and abs(float(mask.max()) - 1) > TOLERANCE.single
    meaning = "kept" if all(keeps) else "dropped"
    return passed(f"p is the chance to be {meaning}; what is kept is {'scaled up' if scaled else 'not scaled'}")


def _want(case: LayerCase) -> Array:
    mask = mask_of(case)
    return np.full(case["grad"].shape, np.nan) if mask is None else np.asarray(case["grad"] * mask)


def _ones(case: LayerCase) -> Array:
    mask = mask_of(case)
    return np.full(case["grad"].shape, np.nan) if mask is None else np.asarray(np.abs(mask) > TOLERANCE.single)


def _returned(found: Pass) -> Array:
    if found["value"] is None:
        raise NotApplicable
    return found["value"]


MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "dropout_gradient_unmasked",
        "gradOutput is returned unchanged: multiply it by the mask of the forward pass.",
        lambda c: c["grad"],
    ),
    Mistake(
        "dropout_gradient_unscaled",
        "What is kept is scaled in forward, but not in backward.",
        lambda c: c["grad"] * _ones(c),
    ),
    Mistake(
        "dropout_gradient_complement",
        "Exactly what was dropped comes through: the mask is used the wrong way round.",
        lambda c: c["grad"] * (1 - _ones(c)),
    ),
    Mistake(
        "dropout_gradient_by_sign_of_input",
        "The gradient is masked where the input is positive: that is ReLU. Use the mask of the forward pass.",
        lambda c: c["grad"] * (c["input"] > 0),
    ),
    Mistake(
        "dropout_gradient_by_sign_of_output",
        "The gradient is masked where the output is positive: use the mask of the forward pass.",
        lambda c: c["grad"] * (_returned(c["forward"]) > 0),
    ),
    Mistake(
        "dropout_gradient_by_output",
        "gradOutput is multiplied by the output: multiply it by the mask.",
        lambda c: c["grad"] * _returned(c["forward"]),
    ),
)


def _wrong_backward(case: LayerCase) -> Finding | None:
    name = as_call(NAME, case["given"])
    if not drops(case):
        problem = problem_from(case["forward"]["problem"])
        why = f"forward gives no output: {problem}" if problem else "the output of forward shows no mask"
        if case["forward"]["value"] is None and not problem:
            why = "forward gives no output"
        said, hint = f"{name}: backward cannot be judged, as {why}", "Make forward work first: backward uses its mask."
        return blocked(said, hint=hint, explained_by=[dropout_training])
    hint = "Keep the mask of the forward pass and multiply gradOutput by it."
    finding = judge_gradient(case, _want, MISTAKES, hint, name, trivial=lambda _: True)
    got, want = case["backward"]["value"], _want(case)
    if finding is None or not finding.pictures or got is None:
        return finding
    diagnosis, said = finding.diagnosis, finding.hint
    known = {mistake.id for mistake in MISTAKES}
    if diagnosis not in known and explained(case, got, want, MISTAKES) is None:
        zeros = np.abs(got) <= TOLERANCE.single
        share = float(np.mean(zeros))
        if 0.05 < share < 0.95 and not np.array_equal(zeros, np.abs(want) <= TOLERANCE.single):
            diagnosis = "mask_redrawn_in_backward"
            said = (
                "In backward other entries are dropped than in forward: keep the mask instead of drawing another one."
            )
    part = (slice(SHOWN[0]), slice(SHOWN[1]))
    title, panels = f"{name}: gradInput, the first rows and columns", (("gradInput", want[part], got[part]),)
    picture = HeatMaps(title, panels, rows="example", columns="feature")
    return failed(finding.message, hint=said, diagnosis=diagnosis, pictures=[picture])


_MASK = "An output of 0 does not tell what was dropped, as the input may have been 0: keep the mask that forward draws."


def _wrong_sparse(case: LayerCase) -> Finding | None:
    """Return what is wrong with a way back whose mask is seen in the output only where the input is not 0, or None."""
    name, x, grad = as_call(NAME, case["given"]), case["input"], case["grad"]
    out, got = case["forward"]["value"], case["backward"]["value"]
    if problem := problem_from(case["forward"]["problem"] or case["backward"]["problem"]):
        said = f"{name}, some entries of the input are 0"
        return stumbled(said, "forward" if case["forward"]["problem"] else "backward", problem, _MASK)
    if out is None or got is None or out.shape != x.shape or got.shape != x.shape:
        return None
    if not np.all(np.isfinite(got)):
        said = (
            f"{name}: gradInput is {'nan' if np.any(np.isnan(got)) else 'infinity'} where the input or gradOutput is 0"
        )
        return failed(said, hint=_MASK, diagnosis="mask_from_output")
    empty, told = (x == 0) & (grad != 0), (x != 0) & (grad != 0)
    factors = got[told] / grad[told]
    shares = [float(np.mean(np.abs(each) > TOLERANCE.single)) for each in (got[empty] / grad[empty], factors)]
    if not TOLERANCE.agrees(factors, out[told] / x[told]):
        said = f"{name}: gradInput does not go through the mask of forward when some entries of the input are 0"
        return failed(said, hint="Keep the mask of the forward pass and multiply gradOutput by it.")
    error = math.sqrt(shares[1] * (1 - shares[1]) * (1 / empty.sum() + 1 / told.sum()))
    if abs(shares[0] - shares[1]) <= CHANCE_ERRORS * error:
        return None
    there, elsewhere = (in_digits(100 * round(share, 3)) for share in shares)
    said = f"{name}: where the input is 0, {there} % of gradOutput come through; elsewhere {elsewhere} %"
    return failed(said, hint=_MASK, diagnosis="mask_from_output")


@layer_check("dropout")
def dropout_backward(seen: DropoutSeen) -> Finding | None:
    """Dropout: gradInput goes through the mask of the forward pass"""
    trained: list[LayerCase] = [case for training in seen["trainings"] for case in training["passes"]]
    # a mode that is asked the wrong way round is paid for where the masks are judged
    swapped = not any(map(drops, trained)) and any(map(drops, seen["evaluations"]))
    cases = [case for case in seen["evaluations"] if drops(case)] if swapped else trained
    found = first_of(map(_wrong_backward, cases))
    return with_pattern(found, [case for case in cases if drops(case)], _want, "backward") or (
        None if swapped else first_of(map(_wrong_sparse, seen.get("sparse", ())))
    )


@layer_check("dropout", excused_by=[dropout_training], parameters=["dropout_p"])
def dropout_default(seen: DropoutSeen, dropout_p: float) -> Finding | None:
    """Dropout takes p as an argument, and has the right one without it"""
    # evidence of earlier graders has it among the others
    whole: Mapping[str, Any] = seen
    default = whole.get("default") or next(each for each in seen["trainings"] if not each["given"])
    case = default["passes"][0]
    answer = {"problem": default["problem"] or case["forward"]["problem"], "value": case["forward"]["value"]}
    own = _own_chance(case, seen["trainings"], dropout_p) if drops(case) else None
    return judge_default(NAME, "p", own, dropout_p, refused=seen.get("refused"), answer=answer)


def _own_chance(case: LayerCase, trainings: Sequence[Training], expected: float) -> float:
    """Return the p that a mask was drawn with: the expected one, where that may be."""
    share = share_of(case)
    error = math.sqrt(expected * (1 - expected) / case["input"].size)
    if min(abs(share - expected), abs(share - 1 + expected)) <= CHANCE_ERRORS * error:
        return expected
    given = [each["passes"][0] for each in trainings if each["given"]]
    keeps = any(abs(share_of(each) - chance_of(each)) < abs(share_of(each) - 1 + chance_of(each)) for each in given)
    return round(share if keeps else 1 - share, 2)


def _wrong_evaluation(case: Evaluation, *, dropped: bool) -> Finding | None:
    """Return what is wrong with the output in evaluation, or None; whether anything is `dropped` at all is judged elsewhere."""
    name = as_call(NAME, case["given"])
    if problem := problem_from(case["problem"]):
        return blocked(f"{name} cannot be made: {problem}")
    if finding := broken_contract(case, f"{name} in evaluation", **ADVICE):
        return finding
    bound = TOLERANCE.bound(single=case["single"])
    if not TOLERANCE.agrees(case["forward"]["value"], case["input"], bound):
        return _explain_evaluation(case, name)
    if dropped and TOLERANCE.agrees(case["trained"]["forward"]["value"], case["trained"]["input"], bound):
        hint = "The mode is the attribute `training`, which is True in training and False in evaluation."
        return failed(
            f"{name}: nothing is dropped in training after an evaluation", hint=hint, diagnosis="nothing_dropped"
        )
    return None


def _explain_evaluation(case: LayerCase, name: str) -> Finding:
    mask = mask_of(case)
    hint = "Evaluation is the identity, forward and back: what goes in comes out."
    if mask is not None and np.any(np.abs(mask) <= TOLERANCE.single):
        said = "Entries are dropped in evaluation: look at the attribute `training`."
        return failed(f"{name} drops entries in evaluation", hint=said, diagnosis="dropped_in_evaluation")
    if mask is not None and np.ptp(mask) < 1e-4 * abs(float(mask[0, 0])):
        factor = in_digits(float(mask.mean()))
        said = f"The output in evaluation is scaled by {factor}: {hint.lower()}"
        message = f"{name} multiplies by {factor} in evaluation, expected the input unchanged"
        return failed(message, hint=said, diagnosis="scaled_in_evaluation")
    return failed(f"{name} changes its input in evaluation", hint=hint)


@layer_check("dropout")
def dropout_evaluation(seen: DropoutSeen) -> Finding | None:
    """Dropout hands its input on unchanged in evaluation"""
    dropped = any(drops(case) for training in seen["trainings"] for case in training["passes"])
    found = first_of(_wrong_evaluation(case, dropped=dropped) for case in seen["evaluations"])
    if found and found.diagnosis == "dropped_in_evaluation" and not dropped:
        # the modes are confused, which is one mistake
        found = replace(found, explained_by=(dropout_training.name,))
    return with_pattern(found, seen["evaluations"], lambda case: case["input"], "forward")


EVALUATION_MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "evaluation_gradient_masked",
        "In evaluation, backward drops entries: evaluation is the identity, forward and back.",
        lambda c: c["grad"] * np.where(np.abs(_returned(c["backward"])) > TOLERANCE.single, 1.0, 0.0),
    ),
)


@layer_check("dropout", excused_by=[dropout_backward, dropout_evaluation])
def dropout_evaluation_gradient(seen: DropoutSeen) -> Finding | None:
    """Dropout hands gradOutput on unchanged in evaluation"""
    found = first_of(_wrong_evaluation_gradient(case) for case in seen["evaluations"])
    return with_pattern(found, seen["evaluations"], lambda case: case["grad"], "backward")


def _wrong_evaluation_gradient(case: Evaluation) -> Finding | None:
    name = as_call(NAME, case["given"])
    if case["backward"]["value"] is None:
        problem = problem_from(case["problem"] or case["backward"]["problem"])
        return blocked(f"{name} in evaluation: backward gives no gradInput" + (f": {problem}" if problem else ""))
    hint = "Training never goes back in evaluation, so little is lost; evaluation is the identity, forward and back."
    return judge_gradient(
        case, lambda c: c["grad"], EVALUATION_MISTAKES, hint, f"{name} in evaluation", trivial=lambda _: True
    )
