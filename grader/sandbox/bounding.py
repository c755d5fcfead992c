"""How much is kept of what one submission answers: a budget that all its sessions share."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from grader.model import Observation, Problem, ProblemKind

# the largest right submission needs 9, in memory
KEPT_MB = 16
# what one session without a notebook may answer with, of which not all is kept; right ones need 5
SESSION_MB = 20
# what a number, a key or a list takes besides its text
EACH = 32
# a probe's verdicts are ours
OURS = ("verdicts",)
TOO_MUCH = f"the code answers with more than {KEPT_MB} MB in all, which is more than is kept"


class Room:
    """So many bytes, for all lanes together."""

    def __init__(self, size: int = KEPT_MB * 2**20) -> None:
        self._left = size
        self._turn = threading.Lock()

    def keep(self, observation: Observation) -> Observation:
        """Return an observation as it is where there is room for it, else one that says that there was none."""
        size = bytes_of(observation.data)
        with self._turn:
            if size <= self._left:
                self._left -= size
                return observation
        return without(observation)


def without(observation: Observation) -> Observation:
    """Return an observation of which nothing is kept, for it is too large."""
    ours = {name: observation.data[name] for name in OURS if name in observation.data}
    problem = Problem(ProblemKind.VIOLATION, TOO_MUCH)
    return Observation(observation.probe, ours, problem, observation.fault, observation.seconds)


def bytes_of(data: Any) -> int:
    """Return about how many bytes plain data and arrays take in memory."""
    size, waiting = 0, [data]
    while waiting:
        match waiting.pop():
            case Mapping() as table:
                waiting += table.values()
                size += sum(len(str(key)) + EACH for key in table)
            case list() | tuple() as items:
                waiting += items
                size += EACH * len(items)
            case str() | bytes() as text:
                size += len(text)
            case each:
                size += getattr(each, "nbytes", 0)
    return size
