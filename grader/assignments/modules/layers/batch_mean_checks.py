"""BatchMeanSubtraction: what is asked of it, and how the answers are judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.modules.layers.batch_mean_mistakes import (
    FORWARD_MISTAKES,
    GRADIENT_MISTAKES,
    RULES,
    Rule,
    alpha_of,
    follows,
    gradient_of,
    means_by,
)
from grader.assignments.modules.layers.batch_mean_probe import NAME, TRAINED
from grader.assignments.modules.layers.cases import CLOSE, CLOSE_32, FLOOR, close, is_element_wise
from grader.assignments.modules.layers.judging import (
    first_of,
    judge_gradient,
    nothing_to_judge,
    stumbled,
    verdict,
)
from grader.assignments.modules.layers.usable import unusable
from grader.checks import check, failed, passed
from grader.model import Array, Finding, Observation
from grader.numerics import worst_entry
from grader.plain import problem_from
from grader.text import in_digits

ADVICE = {"attempt": "Try batches of 5, 3 and 1 rows one after the other.", "spared": "`input -= ...`"}


def _training_steps(story: Mapping[str, Any]) -> list[int]:
    return list(range(TRAINED))


def _wrong_training(story: Mapping[str, Any]) -> Finding | None:
    name = f"{NAME}({', '.join(in_digits(each) for each in story['given'])})"
    if problem := problem_from(story["problem"]):
        return stumbled(name, "the constructor", problem, "It takes alpha, which is 0 when it is left out.")
    steps = _training_steps(story)
    for index in steps:
        if finding := unusable(story["steps"][index], f"{name}, batch {index + 1} in training", **ADVICE):
            return finding
    if any(follows(rule, story, steps) for rule in RULES):
        return None
    hint = "Subtract old_mean * alpha + batch_mean * (1 - alpha), feature by feature, and keep it as the next old mean."
    for diagnosis, rule, said in FORWARD_MISTAKES:
        if follows(rule, story, steps):
            return failed(f"{name}: in training {_first_wrong(story)}", hint=said, diagnosis=diagnosis)
    if _is_standardised(story):
        said = "The result is divided by a standard deviation: only the mean is to be subtracted."
        return failed(f"{name}: in training {_first_wrong(story)}", hint=said, diagnosis="divided_by_deviation")
    return failed(f"{name}: in training {_first_wrong(story)}", hint=hint)


def _first_wrong(story: Mapping[str, Any]) -> str:
    """Return the entry that is furthest off under the right rule that explains most batches."""
    bound = CLOSE_32 if story["single"] else CLOSE

    def right(rule: Rule) -> int:
        means = means_by(rule, story)
        steps = zip(story["steps"][:TRAINED], means, strict=False)
        flags = [close(step["forward"]["value"], step["input"] - mean, bound) for step, mean in steps]
        return flags.index(False) if False in flags else TRAINED

    rule = max(RULES, key=right)
    index = min(right(rule), TRAINED - 1)
    step, mean = story["steps"][index], means_by(rule, story)[index]
    worst = worst_entry(step["forward"]["value"], step["input"] - mean, floor=FLOOR)
    where = ", ".join(map(str, worst.index))
    return f"output[{where}] of batch {index + 1} is {in_digits(worst.got)}, expected {in_digits(worst.want)}"


def _is_standardised(story: Mapping[str, Any]) -> bool:
    outputs = [step["forward"]["value"] for step in story["steps"][:TRAINED] if len(step["input"]) > 1]
    return all(close(each.std(axis=0), np.ones(each.shape[1]), 1e-2) for each in outputs)


@check(reads=["batch_mean_subtraction"])
def batch_mean_training(observed: Observation) -> Finding:
    """BatchMeanSubtraction subtracts the moving mean in training, and keeps it"""
    if finding := nothing_to_judge(observed):
        return finding
    return verdict(first_of(_wrong_training(story) for story in observed.data["stories"]))


def _subtracted(step: Mapping[str, Any]) -> Array | None:
    """Return what a step has subtracted from the first row of its input, or None without an output of its shape."""
    got = step["forward"]["value"]
    return None if got is None or got.shape != step["input"].shape else (step["input"] - got)[0]


def _wrong_evaluation(story: Mapping[str, Any], *, trained: bool) -> Finding | None:
    """Return what is wrong in evaluation; `trained` says whether training, in some story, subtracts anything."""
    name = f"{NAME}({', '.join(in_digits(each) for each in story['given'])})"
    steps = story["steps"]
    for index in (TRAINED, TRAINED + 1):
        if finding := unusable(steps[index], f"{name} in evaluation", **ADVICE):
            return finding
    bound = CLOSE_32 if story["single"] else CLOSE
    last, first, second, again = (steps[index] for index in range(TRAINED - 1, TRAINED + 3))
    kept = [means_by(rule, story)[TRAINED - 1] for rule in RULES]
    own = _subtracted(last)
    if own is not None and trained:
        # what a student's own training has subtracted last is kept, right or wrong
        kept = [own, *kept]
    subtracted = first["input"] - first["forward"]["value"]
    if not any(close(first["forward"]["value"], first["input"] - mean, bound) for mean in kept):
        return _explain_evaluation(name, first, second, kept[0], subtracted, bound)
    if not any(close(second["forward"]["value"], second["input"] - mean, bound) for mean in kept):
        hint = "Evaluation must not change the kept mean: it is moved in training only."
        return failed(f"{name}: evaluation changes the kept mean", hint=hint, diagnosis="evaluation_updates_mean")
    return _moved_by_evaluation(story, name, again, bound)


def _moved_by_evaluation(story: Mapping[str, Any], name: str, again: Mapping[str, Any], bound: float) -> Finding | None:
    """Return the finding on a mean that is another one in training after an evaluation, when training was right before."""
    rules = [rule for rule in RULES if follows(rule, story, _training_steps(story))]
    if rules and not any(follows(rule, story, [TRAINED + 2]) for rule in rules):
        hint = "Evaluation must not change the kept mean: it is moved in training only."
        return failed(
            f"{name}: after an evaluation training goes on from another mean",
            hint=hint,
            diagnosis="evaluation_updates_mean",
        )
    return None


def _explain_evaluation(
    name: str, first: Mapping[str, Any], second: Mapping[str, Any], kept: Array, subtracted: Array, bound: float
) -> Finding:
    worst = worst_entry(first["forward"]["value"], first["input"] - kept, floor=FLOOR)
    where = ", ".join(map(str, worst.index))
    said = f"{name}: in evaluation output[{where}] is {in_digits(worst.got)}, expected {in_digits(worst.want)}"
    mean = first["input"].mean(axis=0)
    if close(subtracted, np.broadcast_to(mean, subtracted.shape), bound):
        hint = "In evaluation the mean of the batch is subtracted: subtract the mean that was kept in training."
        return failed(said, hint=hint, diagnosis="evaluation_uses_batch_mean")
    if not np.any(subtracted):
        hint = "In evaluation nothing is subtracted: subtract the mean that was kept in training."
        return failed(said, hint=hint, diagnosis="evaluation_subtracts_nothing")
    share = float(np.vdot(subtracted[0] - mean, kept - mean) / max(np.vdot(kept - mean, kept - mean), 1e-300))
    if close(subtracted, np.broadcast_to(mean + share * (kept - mean), subtracted.shape), bound):
        hint = "In evaluation the kept mean is subtracted alone: the batch that is evaluated has no part in it."
        return failed(said, hint=hint, diagnosis="evaluation_mixes_means")
    return failed(said, hint="In evaluation subtract the kept mean from every row, and nothing else.")


@check(reads=["batch_mean_subtraction"])
def batch_mean_evaluation(observed: Observation) -> Finding:
    """BatchMeanSubtraction subtracts the kept mean alone in evaluation"""
    if finding := nothing_to_judge(observed):
        return finding
    stories = observed.data["stories"]
    subtracted = [_subtracted(step) for story in stories for step in story["steps"][:TRAINED]]
    trained = any(each is not None and np.any(each) for each in subtracted)
    return verdict(first_of(_wrong_evaluation(story, trained=trained) for story in stories))


@check(reads=["batch_mean_subtraction"])
def batch_mean_gradient(observed: Observation) -> Finding:
    """BatchMeanSubtraction: gradInput counts what every input contributes to the mean"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = (
        "Derive output = input - (1 - alpha) * mean(input) + constant: which outputs depend on one entry of the input?"
    )
    findings = (
        judge_gradient(case, gradient_of, GRADIENT_MISTAKES, hint, NAME, trivial=is_element_wise)
        # without an alpha several mistakes are one and the same
        for case in sorted(observed.data["cases"], key=lambda case: alpha_of(case) == 0)
    )
    found = first_of(findings)
    return found if found is not None else passed()
