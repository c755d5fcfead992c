"""Looking at the networks of a main notebook while and when it has run: those that are not believed are not measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.believing import (
    ENDED,
    JUDGED_ON,
    SILENT,
    STILL,
    UNCLEAR,
    Asking,
    Belief,
    Task,
    believed,
    believed_unasked,
)
from grader.assignments.modules.main.measuring import Measuring, clouds, digits_unseen, laid_rows
from grader.assignments.modules.main.validated import NetworkRecord
from grader.model import Array
from grader.notebooks.measuring import now
from grader.notebooks.session import Running
from grader.sandbox.operations import Operation, plugged, within

# of the laid digits, those on which losses that are told are compared with what parameters give
LAID = 500
# for asking about one network
SECONDS = 30.0
# what may be no more than a mistake, and how long a notice may be
MILD = frozenset({UNCLEAR, SILENT, ENDED, STILL})
NOTICE = 200
FROM_ANOTHER = "it goes on from a network that does not count"


class Looking:
    """What is known of the networks of a notebook: looked at while it runs, asked and judged when it has run."""

    def __init__(self, rng: np.random.Generator, seed: int) -> None:
        self._rng, self._seed = rng, seed
        # passes back of each network when it was looked at, and what was seen
        self._looked: dict[int, tuple[int, Any]] = {}
        self._found: dict[int, Belief] = {}

    def look(self, running: Running, networks: Sequence[NetworkRecord]) -> None:
        """Look at those networks that were trained since the last time: what follows may end their process."""
        for network in _counting(networks):
            index, backwards = network["index"], network["backwards"]
            if self._looked.get(index, (-1, None))[0] != backwards:
                answer = running.ask(plugged("main_looks", "what was learned", index=index))
                self._looked[index] = backwards, None if answer.problem else answer.value

    def judge(self, asked: Measuring, networks: Sequence[NetworkRecord]) -> None:
        """Find out what is to be believed of networks; what their parameters give is then what they are measured by."""
        rows, labels = digits_unseen(asked.digits, JUDGED_ON, self._rng)
        waiting = _counting(networks)
        while waiting and now() < asked.until:
            network = waiting.pop(0)
            # one that takes its time must not keep the others from being looked at
            asking = _asking(asked, min(now() + SECONDS, asked.until), self._rng, self._seed)
            belief = believed(asking, network, _task(asked, network, rows, labels, self._rng))
            self._found[network["index"]] = belief
            if belief.outputs is not None:
                asked.explained[belief.index] = belief.outputs
            known = {*self._found, *(each["index"] for each in waiting)}
            waiting += [each for each in networks if each["index"] in belief.origins - known]

    def settle(self, seen: dict[str, Any]) -> None:
        """Put networks that are not believed aside in ``doubted`` of `seen`, and note in ``beliefs`` what is believed of each.

        Of those that could not be asked any more counts what was seen while the notebook ran.
        """
        for network in _counting(seen["networks"]):
            if network["index"] not in self._found:
                _, raw = self._looked.get(network["index"], (0, None))
                self._found[network["index"]] = believed_unasked(network, raw)
        doubts = _with_origins(self._found)
        listed = sorted(self._found.items())
        seen["beliefs"] = [{"index": k, "told": each.told, "doubt": doubts.get(k, "")} for k, each in listed]
        seen["noticed"] = [
            f"network {k + 1} of {seen['file']}: {why}"[:NOTICE] for k, why in doubts.items() if why not in MILD
        ]
        seen["doubted"] = [each for each in seen["networks"] if each["index"] in doubts]
        seen["networks"] = [each for each in seen["networks"] if each["index"] not in doubts]


def _counting(networks: Sequence[NetworkRecord]) -> list[NetworkRecord]:
    """Return the networks on which points depend."""
    return [*nets.toys(networks), *nets.classifiers(networks)]


def _asking(asked: Measuring, until: float, rng: np.random.Generator, seed: int) -> Asking:
    def value(operation: Operation) -> Any:
        left = until - now()
        if left <= 0:
            return None
        (answer,) = asked.session.run(within(left, operation))
        return None if answer.problem else answer.value

    return Asking(
        lambda index: value(plugged("main_looks", "what was learned", index=index)),
        lambda index, rows, arrays: value(plugged("main_outputs", "forward()", index=index, rows=rows, arrays=arrays)),
        lambda index, place, rows: value(plugged("main_layer", "forward()", index=index, layer=place, rows=rows)),
        rng,
        seed,
    )


def _task(asked: Measuring, network: NetworkRecord, rows: Array, labels: Array, rng: np.random.Generator) -> Task:
    if network["inputs"] != nets.PIXELS:
        points, _ = clouds(rng)
        points = rng.permutation(points)[:JUDGED_ON].astype(np.float32)
        return Task(points, None, points, None)
    scaling = asked.scaling(network)
    unseen = scaling.applied(rows)
    if network["outputs"] != nets.CLASSES:
        return Task(unseen, None, unseen, None)
    which = np.sort(rng.choice(asked.count, min(asked.count, LAID), replace=False))
    laid, laid_labels = laid_rows(asked.digits, which)
    laid = scaling.applied(laid)
    if asked.knows(network, scaling):
        return Task(unseen, labels, laid, laid_labels)
    # rows that nobody knows have no labels
    return Task(unseen, labels, network["samples"], None)


def _with_origins(found: dict[int, Belief]) -> dict[int, str]:
    """Return why networks do not count, by number; one that goes on from such a one does not either."""
    doubts = {index: each.doubt for index, each in found.items() if each.doubt}
    while more := [index for index, each in found.items() if index not in doubts and each.origins & doubts.keys()]:
        doubts |= dict.fromkeys(more, FROM_ANOTHER)
    return doubts
