"""BatchMeanSubtraction: what is asked of it, and how the answers are judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

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
    own_alpha,
    subtracts,
)
from grader.assignments.modules.layers.batch_mean_probe import NAME, TRAINED, BatchMeanSeen, Step, Story
from grader.assignments.modules.layers.defaults import judge_default
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.checks import failed
from grader.kits.layer_contract import (
    TOLERANCE,
    broken_contract,
    first_of,
    is_element_wise,
    judge_gradient,
    layer_check,
    stumbled,
    with_pattern,
)
from grader.kits.mistakes import explain
from grader.kits.patterns import Compared, named
from grader.model import Array, Finding
from grader.plain import problem_from
from grader.text import as_call, at_entry, counted

ADVICE = {"attempt": "Try batches of 5 rows, 3 rows and one row, one after the other.", "spared": "`input -= ...`"}


_TRAINING = range(TRAINED)
# what is paid for in training where evaluation does the same
_OF_FORM = {"not_stored", "input_modified"}
_DIVIDED = "The result is divided by a standard deviation:"
_BATCH_MEAN = "In evaluation the mean of the batch is subtracted: subtract the mean that was kept in training."
_KEEP = "In training every batch moves the mean: keep the new one, so that the next batch and evaluation begin with it."
_MOVES = "Evaluation must not change the kept mean: it changes in training only."


def _wrong_training(story: Story) -> Finding | None:
    name = _named(story)
    if problem := problem_from(story["problem"]):
        return stumbled(name, "the constructor", problem, "It takes alpha, which is 0 when it is left out.")
    for index in _TRAINING:
        if finding := broken_contract(story["steps"][index], f"{name}, batch {index + 1} in training", **ADVICE):
            return finding
    if any(follows(rule, story, _TRAINING) for rule in RULES):
        return None
    hint = "Subtract old_mean * alpha + batch_mean * (1 - alpha), feature by feature, and keep it as the next old mean."
    said = f"{name}: in training {_first_wrong(story)}{_not_finite(story)}"
    if found := explain([story], FORWARD_MISTAKES, matched=_follows_in_training):
        return failed(said, hint=found.hint, diagnosis=found.id)
    if _is_standardised(story):
        return failed(said, hint=f"{_DIVIDED} only the mean is to be subtracted.", diagnosis="divided_by_deviation")
    return failed(said, hint=hint, diagnosis="not_finite" if _not_finite(story) else "")


def _named(story: Story) -> str:
    return as_call(NAME, story["given"])


def _not_finite(story: Story) -> str:
    """Say of the first batch in training whose output is NaN or infinite that it is, and nothing where there is none."""
    for step in story["steps"][:TRAINED]:
        output = _output(step)
        if not np.all(np.isfinite(output)):
            value = "nan" if np.any(np.isnan(output)) else "infinite"
            rows = "one row" if len(output) == 1 else counted(len(output), "row")
            return f"; output is {value} for a batch of {rows}"
    return ""


def _follows_in_training(story: Story, means: Array | None) -> bool:
    return means is not None and subtracts(story, means, _TRAINING)


def _first_wrong(story: Story) -> str:
    """Return the entry that is furthest off under the right rule that explains most batches."""
    bound = TOLERANCE.bound(single=story["single"])

    def right(rule: Rule) -> int:
        means = means_by(rule, story)
        steps = zip(story["steps"][:TRAINED], means, strict=False)
        flags = [TOLERANCE.agrees(step["forward"]["value"], step["input"] - mean, bound) for step, mean in steps]
        return flags.index(False) if False in flags else TRAINED

    rule = max(RULES, key=right)
    index = min(right(rule), TRAINED - 1)
    step, mean = story["steps"][index], means_by(rule, story)[index]
    worst = TOLERANCE.worst(_output(step), step["input"] - mean)
    return at_entry("output", worst.index, worst.got, worst.want, of=f" of batch {index + 1}")


def _compared(stories: Sequence[Story], steps: Iterable[int]) -> Iterator[Compared]:
    """Yield the outputs of these steps beside what the first of the right rules makes of their batches."""
    for story in stories:
        means = means_by(RULES[0], story)
        for index in steps:
            step = story["steps"][index]
            mean = means[min(index, TRAINED - 1)]
            yield Compared("output", step["forward"]["value"], step["input"] - mean, {"the input": step["input"]})


def _output(step: Step) -> Array:
    """Return the output of a step, which has been found to have the shape of the input."""
    got = step["forward"]["value"]
    assert got is not None
    return got


def _has_output(step: Step) -> bool:
    got = step["forward"]["value"]
    return got is not None and got.shape == step["input"].shape


def _is_standardised(story: Story) -> bool:
    """Tell whether all features of a batch in training come out with one and the same deviation: divided by their own."""
    steps = [step for step in story["steps"][:TRAINED] if len(step["input"]) > 2]
    if not all(map(_has_output, steps)):
        return False
    outputs = [_output(step) for step in steps]
    spreads = [each.std(axis=0) for each in outputs]
    return all(np.all(np.isfinite(each)) and np.ptp(each) < 1e-2 * each.max() for each in spreads)


@layer_check("batch_mean_subtraction")
def batch_mean_training(seen: BatchMeanSeen) -> Finding | None:
    """BatchMeanSubtraction subtracts the moving mean in training, and keeps it"""
    if refusal := problem_from(seen.get("refused")):
        return failed(
            f"{NAME} does not take alpha as an argument: {refusal}",
            hint="The constructor takes alpha, the share of the old mean. All else is asked of what it makes without one.",
            diagnosis="argument_not_taken",
        )
    found = first_of(_wrong_training(story) for story in seen["stories"])
    return found and named(found, lambda: _compared(seen["stories"], range(TRAINED)))


def _subtracted(step: Step) -> Array | None:
    """Return what a step has subtracted from the first row of its input, or None without an output of its shape."""
    got = step["forward"]["value"]
    return None if got is None or got.shape != step["input"].shape else (step["input"] - got)[0]


def _wrong_evaluation(story: Story, *, trained: bool) -> Finding | None:
    """Return what is wrong in evaluation; `trained` says whether training, in some story, subtracts anything."""
    name = _named(story)
    steps = story["steps"]
    paid = {found.diagnosis for step in steps[:TRAINED] if (found := broken_contract(step, name, **ADVICE))} & _OF_FORM
    for index in (TRAINED, TRAINED + 1):
        finding = broken_contract(steps[index], f"{name} in evaluation", **ADVICE)
        if finding and finding.diagnosis not in paid:
            return finding
    bound = TOLERANCE.bound(single=story["single"])
    last, first, second, again = (steps[index] for index in range(TRAINED - 1, TRAINED + 3))
    kept = [means_by(rule, story)[TRAINED - 1] for rule in RULES]
    own = _subtracted(last)
    if own is not None and trained and np.all(np.isfinite(own)):
        # what a student's own training has subtracted last is kept, right or wrong
        kept = [own, *kept]
    subtracted = first["input"] - _output(first)
    if _is_standardised(story) and any(_is_scaled(_output(first), first["input"] - mean) for mean in kept):
        # the division is paid for in training
        return None
    if not any(TOLERANCE.agrees(first["forward"]["value"], first["input"] - mean, bound) for mean in kept):
        earlier = [means_by(rule, story)[0] for rule in RULES]
        if any(TOLERANCE.agrees(subtracted, np.broadcast_to(mean, subtracted.shape), bound) for mean in earlier):
            said = f"{name}: in evaluation the mean after the first batch is subtracted, not that after the last"
            return failed(said, hint=_KEEP, diagnosis="mean_not_kept", explained_by=[batch_mean_training])
        return _explain_evaluation(name, first, kept[0], subtracted, bound)
    if not any(TOLERANCE.agrees(second["forward"]["value"], second["input"] - mean, bound) for mean in kept):
        return failed(f"{name}: evaluation changes the kept mean", hint=_MOVES, diagnosis="evaluation_updates_mean")
    return _moved_by_evaluation(story, name, again, bound)


def _moved_by_evaluation(story: Story, name: str, again: Step, bound: float) -> Finding | None:
    """Return the finding on a mean that is another one in training after an evaluation, when training was right before."""
    rules = [rule for rule in RULES if follows(rule, story, _TRAINING)]
    if rules and not any(follows(rule, story, [TRAINED + 2]) for rule in rules):
        said = f"{name}: after an evaluation training goes on from another mean"
        return failed(said, hint=_MOVES, diagnosis="evaluation_updates_mean")
    return None


def _is_scaled(output: Array, centred: Array) -> bool:
    """Tell whether an output is a batch without a mean, feature by feature divided by some number."""
    scale = np.einsum("ij,ij->j", output, centred) / np.einsum("ij,ij->j", centred, centred)
    return TOLERANCE.agrees(output, centred * scale, TOLERANCE.differences)


def _explain_evaluation(name: str, first: Step, kept: Array, subtracted: Array, bound: float) -> Finding:
    worst = TOLERANCE.worst(_output(first), first["input"] - kept)
    said = at_entry(f"{name}: in evaluation output", worst.index, worst.got, worst.want)
    mean = first["input"].mean(axis=0)
    if _is_scaled(_output(first), first["input"] - mean) and not _is_scaled(_output(first), first["input"]):
        hint = f"{_DIVIDED} in evaluation the mean that was kept in training is subtracted, and that is all."
        diagnosis = "divided_by_deviation"
        if TOLERANCE.agrees(subtracted, np.broadcast_to(mean, subtracted.shape), bound):
            hint, diagnosis = _BATCH_MEAN, "evaluation_uses_batch_mean"
        return failed(said, hint=hint, diagnosis=diagnosis)
    if not np.any(subtracted):
        hint = "In evaluation nothing is subtracted: subtract the mean that was kept in training."
        return failed(said, hint=hint, diagnosis="evaluation_subtracts_nothing")
    share = float(np.vdot(subtracted[0] - mean, kept - mean) / max(np.vdot(kept - mean, kept - mean), 1e-300))
    if TOLERANCE.agrees(subtracted, np.broadcast_to(mean + share * (kept - mean), subtracted.shape), bound):
        hint = "In evaluation only the kept mean is subtracted: the batch that is evaluated plays no part."
        return failed(said, hint=hint, diagnosis="evaluation_mixes_means")
    return failed(said, hint="In evaluation subtract the kept mean from every row, and nothing else.")


@layer_check("batch_mean_subtraction")
def batch_mean_evaluation(seen: BatchMeanSeen) -> Finding | None:
    """BatchMeanSubtraction subtracts the kept mean alone in evaluation"""
    subtracted = [_subtracted(step) for story in seen["stories"] for step in story["steps"][:TRAINED]]
    trained = any(each is not None and np.any(each) for each in subtracted)
    found = first_of(_wrong_evaluation(story, trained=trained) for story in seen["stories"])
    return found and named(found, lambda: _compared(seen["stories"], range(TRAINED, TRAINED + 2)))


@layer_check("batch_mean_subtraction", excused_by=[batch_mean_training], parameters=["batch_mean_alpha"])
def batch_mean_default(seen: BatchMeanSeen, batch_mean_alpha: float) -> Finding | None:
    """BatchMeanSubtraction has the right alpha when it is left out"""
    story = seen.get("default")
    if story is None:
        # evidence of earlier graders: training was judged with the default as well
        return None
    answer = story["steps"][0]["forward"]
    if story["problem"]:
        answer = {**answer, "problem": story["problem"]}
    return judge_default(NAME, "alpha", own_alpha(story), batch_mean_alpha, refused=None, answer=answer)


@layer_check("batch_mean_subtraction")
def batch_mean_gradient(seen: BatchMeanSeen) -> Finding | None:
    """BatchMeanSubtraction: gradInput counts what every input contributes to the mean"""
    hint = "Differentiate output = input - (1 - alpha) * mean(input) + constant: which outputs depend on one entry of the input?"
    # a single row says nothing of whether its own forward mixes rows
    trivial = all(is_element_wise(case) for case in seen["cases"] if len(case["input"]) > 1)
    # without an alpha several mistakes are one and the same
    cases = sorted(seen["cases"], key=lambda case: alpha_of(case) == 0)
    found = first_of(
        judge_gradient(case, gradient_of, GRADIENT_MISTAKES, hint, NAME, trivial=lambda _: trivial) for case in cases
    )
    return with_pattern(found, cases, gradient_of, "backward")


batch_mean_trajectory = trajectory_check(
    NAME,
    "batch_mean_subtraction",
    __name__,
    after=batch_mean_gradient,
    excused_by=[batch_mean_training, batch_mean_evaluation],
    name="batch_mean_trajectory",
)
