"""Judging Dropout: p may be the chance to keep or to drop, and what is kept may be scaled up or not."""

from __future__ import annotations

import numpy as np

from grader.assignments.modules.layers.dropout_masks import (
    ADVICE,
    chance_of,
    mask_of,
    share_of,
    wrong_mask,
)
from grader.assignments.modules.layers.dropout_probe import NAME, DropoutSeen, Evaluation, Training
from grader.checks import failed, passed
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
)
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array, Finding, HeatMaps
from grader.plain import problem_from
from grader.text import as_call, in_digits

SHOWN = (12, 16)
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
    mask = mask_of(case)
    if mask is None or not np.all(np.isfinite(mask)):
        problem = problem_from(case["forward"]["problem"])
        said = f"{name}: backward cannot be judged, as forward gives no output" + (f": {problem}" if problem else "")
        return failed(said, hint="Make forward work first: backward uses its mask.")
    if not np.any(np.abs(mask) <= TOLERANCE.single) or not np.any(mask):
        hint = "Make forward work first: it has to drop some entries and keep others."
        return failed(f"{name}: backward cannot be judged, as forward drops nothing or everything", hint=hint)
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


@layer_check("dropout")
def dropout_backward(seen: DropoutSeen) -> Finding | None:
    """Dropout: gradInput goes through the mask of the forward pass"""
    return first_of(_wrong_backward(case) for training in seen["trainings"] for case in training["passes"])


def _wrong_evaluation(case: Evaluation) -> Finding | None:
    name = as_call(NAME, case["given"])
    if problem := problem_from(case["problem"]):
        return stumbled(name, "the constructor", problem, _P)
    if finding := broken_contract(case, f"{name} in evaluation", **ADVICE):
        return finding
    bound = TOLERANCE.bound(single=case["single"])
    if not TOLERANCE.agrees(case["forward"]["value"], case["input"], bound):
        return _explain_evaluation(case, name)
    if (got := case["trained"]["forward"]["value"]) is not None and TOLERANCE.agrees(
        got, case["trained"]["input"], bound
    ):
        hint = "The mode is the attribute `training`, which is True in training and False in evaluation."
        return failed(
            f"{name}: nothing is dropped in training after an evaluation", hint=hint, diagnosis="nothing_dropped"
        )
    mistakes: tuple[Mistake[LayerCase], ...] = (
        Mistake(
            "evaluation_gradient_masked",
            "In evaluation, backward drops entries: evaluation is the identity, forward and back.",
            lambda c: c["grad"] * np.where(np.abs(_returned(c["backward"])) > TOLERANCE.single, 1.0, 0.0),
        ),
    )
    hint = "Evaluation is the identity, forward and back: gradInput is gradOutput."
    return judge_gradient(case, lambda c: c["grad"], mistakes, hint, f"{name} in evaluation", trivial=lambda _: True)


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
    """Dropout is the identity in evaluation, forward and back"""
    return first_of(_wrong_evaluation(case) for case in seen["evaluations"])
