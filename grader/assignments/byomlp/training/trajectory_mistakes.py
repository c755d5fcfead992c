"""Known mistakes that many steps show, each as the way that parameters go with it: a departure is named by its cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.assignments.byomlp.backward.gradients import blocks
from grader.assignments.byomlp.backward.mistakes import Rules
from grader.assignments.byomlp.network.networks import unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.training.trajectory import replay_of, replayed, stages_of
from grader.assignments.byomlp.training.trajectory_probe import Stage, TrainingRecord
from grader.kits.mistakes import Diagnosis
from grader.model import Array
from grader.numerics import departure
from grader.text import in_digits

# how near the parameters must come to where a mistake leads, as a part of the way gone
MATCHED = 1e-4
# a factor of the rate counts when it is off by more than this
CHANGED = 1e-3
TRIES = 40
# weights are read as differences of outputs, which rounds them
READ = 1e-12


def diagnose(record: TrainingRecord, step: int) -> Diagnosis | None:
    """Return the mistake that explains a training which departs at the look after `step` steps, or None."""
    seen = [record["start"], *(after for stage in record["stages"] if (after := stage["after"]) is not None)]
    if len(seen) <= len(record["stages"]):
        return None
    if any(each.shape != seen[0].shape or not np.all(np.isfinite(each)) for each in seen):
        return None
    with np.errstate(all="ignore"):
        return (
            _stale_weights(record, seen) or _momentum(record, seen) or _rate(record, seen, step) or _still(record, seen)
        )


def _stale_weights(record: TrainingRecord, seen: Sequence[Array]) -> Diagnosis | None:
    """Recognise a way back through the weights that the network had at first."""
    net = from_evidence(record)
    first = [W for W, _ in unflatten(net, record["start"])]
    # a layer is known by the shape of its weights, for no two of a network have the same
    if len({W.shape for W in first}) < len(first):
        return None

    def back(W: Array, g: Array, _dW: Array) -> Array:
        old = next(each for each in first if each.shape == W.shape)
        return np.asarray(old.T @ g)

    looks = replay_of(record, Rules(back=back))
    if not all(departure(got, want, record["start"]) <= MATCHED for got, want in zip(seen[1:], looks, strict=True)):
        return None
    return Diagnosis(
        "stale_weights_on_the_way_back",
        "backward uses the weights of its first call: use the weights that the network has now.",
    )


def _momentum(record: TrainingRecord, seen: Sequence[Array]) -> Diagnosis | None:
    """Recognise that a part of the first step is taken again with the second one."""
    if [each.steps for each in stages_of(record)[:2]] != [1, 1]:
        return None
    want = replay_of(record)
    first, again = want[0] - seen[0], seen[2] - want[1]
    share = float(again @ first / (first @ first))
    if abs(share) < CHANGED or np.max(np.abs(again - share * first)) > MATCHED * np.max(np.abs(first)):
        return None
    return Diagnosis(
        "momentum",
        f"Every step also repeats {in_digits(share)} of the step before it: step uses the gradients collected since zero_grad, "
        "and nothing else.",
    )


def _rate(record: TrainingRecord, seen: Sequence[Array], step: int) -> Diagnosis | None:
    """Recognise that all steps before a look were taken with another rate than was given."""
    stages = stages_of(record)
    ends = np.cumsum([stage.steps for stage in stages]).tolist()
    index = ends.index(step)
    begin, end, alpha = seen[index], seen[index + 1], stages[index].alpha
    factor = 1.0
    for _ in range(TRIES):
        went = _stage_from(record, index, begin, stages[index], factor) - begin
        if not np.any(went) or not np.all(np.isfinite(went)):
            return None
        change = float((end - begin) @ went / (went @ went))
        factor *= change
        if abs(change - 1) < 1e-9:
            break
    reached = _stage_from(record, index, begin, stages[index], factor)
    if abs(factor - 1) < CHANGED or departure(end, reached, begin) > MATCHED:
        return None
    return Diagnosis(
        "rate_changed",
        f"The steps are taken with the rate {in_digits(factor * alpha)}, though step is given {in_digits(alpha)}: use the rate "
        "that is passed in.",
    )


def _stage_from(record: TrainingRecord, index: int, start: Array, stage: Stage, factor: float) -> Array:
    """Return where one stage leads from `start` with the given multiple of its rate."""
    before = sum(each.examples for each in stages_of(record)[:index])
    order = record["order"][before : before + stage.examples].tolist()
    changed = replace(stage, alpha=factor * stage.alpha)
    (end,) = replayed(from_evidence(record), start, record["X"], record["Y"], [changed], order)
    return end


def _still(record: TrainingRecord, seen: Sequence[Array]) -> Diagnosis | None:
    """Recognise blocks that moved at first and do not any more."""
    net = from_evidence(record)
    still = [
        block
        for block in blocks(net)
        if not _moved(seen[-2][block.where], seen[-1][block.where])
        and _moved(seen[0][block.where], seen[1][block.where])
    ]
    if not still:
        return None
    names = "all parameters" if len(still) == len(list(blocks(net))) else ", ".join(map(str, still))
    return Diagnosis(
        "stands_still", f"The last steps did not change {names}: every step changes all weights and all biases."
    )


def _moved(before: Array, after: Array) -> bool:
    """Tell whether parameters are others than before, but for the rounding of how they are read."""
    return bool(np.max(np.abs(after - before)) > READ * max(1.0, float(np.max(np.abs(before)))))
