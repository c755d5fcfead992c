"""Training steps replayed on the trusted side, from the student's own first parameters: where should they lead?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignments.byomlp.backward.gradients import Block, blocks
from grader.assignments.byomlp.backward.mistakes import Rules, backpropagate
from grader.assignments.byomlp.network.networks import Network, unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.model import Array
from grader.numerics import departure, is_nearly_float32
from grader.trajectories import Departure, Followed

RIGHT_RULES = Rules()


@dataclass(frozen=True)
class Stage:
    """A stretch of training: `steps` steps of `batch` examples each with the rate `alpha`, then a look at the parameters."""

    steps: int
    batch: int
    alpha: float

    @property
    def examples(self) -> int:
        return self.steps * self.batch


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


def stages_of(record: Mapping[str, Any]) -> list[Stage]:
    """Return the stages of a network's evidence."""
    return [Stage(each["steps"], each["batch"], each["alpha"]) for each in record["stages"]]


def followed(record: Mapping[str, Any]) -> Followed[Block]:
    """Return how the training in a network's evidence compares with the same steps taken here."""
    return Followed(tuple(_departures(record)), _is_single(record))


def _departures(record: Mapping[str, Any]) -> list[Departure[Block]]:
    """Return, look by look, the block that departs most; one whose parameters are gone departs by inf."""
    net, start = from_evidence(record), record["start"]
    ways = replayed(net, start, record["X"], record["Y"], stages_of(record), record["order"].tolist())
    found, before = [], 0
    with np.errstate(all="ignore"):
        looks = list(ways)
    for stage, want in zip(record["stages"], looks, strict=True):
        got, step = stage["after"], before + stage["steps"]
        if got is None or got.shape != want.shape:
            got = np.full(want.shape, np.nan)
        sizes = [(departure(*(each[block.where] for each in (got, want, start))), block) for block in blocks(net)]
        size, block = max(sizes, key=lambda pair: pair[0])
        found.append(Departure(block, size, before, step))
        before = step
    return found


def _is_single(record: Mapping[str, Any]) -> bool:
    """Tell whether some block is kept in single precision, before or after training."""
    net = from_evidence(record)
    seen = [record["start"], *(stage["after"] for stage in record["stages"] if stage["after"] is not None)]
    return any(is_nearly_float32(vector[block.where]) for vector in seen for block in blocks(net))
