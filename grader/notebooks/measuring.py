"""Feeding a network that a notebook has made with rows that the notebook never saw."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.model import Array, Problem, ProblemKind
from grader.sandbox import Session
from grader.sandbox.operations import Operation, within

now = time.monotonic


def outputs_of(
    session: Session,
    rows: Array,
    *,
    until: float,
    piece: int,
    ask: Callable[[Array], Operation],
    validated: Callable[[Any, int], Array | None],
) -> tuple[Array | None, Problem | None]:
    """Return what a network makes of rows (N, d), (N, m), or None and the problem that kept it from that, if it is known.

    Rows travel in pieces of `piece`, each in the operation that `ask` returns; they are given up at `until` on the monotonic
    clock. `validated` makes the outputs (K, m) of an answer to K rows, or None of one that holds none.
    """
    parts: list[Array] = []
    for first in range(0, len(rows), piece):
        left = until - now()
        if left <= 0:
            late = "the time for this notebook was over before the network was measured"
            return None, Problem(ProblemKind.TIMEOUT, late)
        asked = rows[first : first + piece]
        (answer,) = session.run(within(left, ask(asked)))
        found = None if answer.problem else validated(answer.value, len(asked))
        if found is None or (parts and found.shape[1:] != parts[0].shape[1:]):
            return None, answer.problem
        parts.append(found)
    return np.concatenate(parts), None
