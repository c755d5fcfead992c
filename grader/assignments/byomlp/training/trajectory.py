"""Training steps replayed on the trusted side, from the student's own first parameters: where should they lead?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.assignments.byomlp.backward.gradients import Block, blocks
from grader.assignments.byomlp.backward.mistakes import Rules, backpropagate
from grader.assignments.byomlp.network.networks import Network, unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.training.trajectory_probe import Stage, TrainingRecord
from grader.kits.trajectory import Compared, Comparison, compare
from grader.model import Array
from grader.numerics import is_nearly_float32

RIGHT_RULES = Rules()


def replayed(
    net: Network,
    start: Array,
    X: Array,
    Y: Array,
    stages: Sequence[Stage],
    order: Sequence[int],
    *,
    rules: Rules = RIGHT_RULES,
) -> Iterator[Array]:
    """Yield the parameters (k,) after every stage of gradient descent from `start` (k,), examples taken in `order`.

    X is (N, d), Y (N, m); a step follows the sum of the gradients of its batch, which are found by `rules`.
    """
    vector, coming = start.copy(), iter(order)
    for stage in stages:
        for _ in range(stage.steps):
            parameters = unflatten(net, vector)
            chosen = [next(coming) for _ in range(stage.batch)]
            gradients = [backpropagate(net, parameters, X[i], Y[i], rules) for i in chosen]
            vector = vector - stage.alpha * np.sum(gradients, axis=0)
        yield vector


def stages_of(record: TrainingRecord) -> list[Stage]:
    """Return the stages of a network's evidence."""
    return [Stage(each["steps"], each["batch"], each["alpha"]) for each in record["stages"]]


def replay_of(record: TrainingRecord, rules: Rules = RIGHT_RULES) -> list[Array]:
    """Return where the parameters of a network's evidence should be at every look, if gradients are found by `rules`."""
    net, order = from_evidence(record), record["order"].tolist()
    return list(replayed(net, record["start"], record["X"], record["Y"], stages_of(record), order, rules=rules))


def followed(record: TrainingRecord) -> Comparison[Block]:
    """Return how the training in a network's evidence compares with the same steps taken here."""
    with np.errstate(all="ignore"):
        pairs = list(zip(record["stages"], replay_of(record), strict=True))
    looks = ((stage["steps"], _look(record, stage["after"], want)) for stage, want in pairs)
    return compare(looks, single=_is_single(record))


def _look(record: TrainingRecord, got: Array | None, want: Array) -> list[Compared[Block]]:
    whole = got if got is not None and got.shape == want.shape else None
    return [
        Compared(block, None if whole is None else whole[block.where], want[block.where], record["start"][block.where])
        for block in blocks(from_evidence(record))
    ]


def _is_single(record: TrainingRecord) -> bool:
    """Tell whether some block is kept in single precision, before or after training."""
    net = from_evidence(record)
    seen = [record["start"], *(stage["after"] for stage in record["stages"] if stage["after"] is not None)]
    return any(is_nearly_float32(vector[block.where]) for vector in seen for block in blocks(net))
