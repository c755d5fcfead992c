"""Feeding a network of a notebook with rows that the notebook never saw."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from grader.assignments.byomlp.notebook import watch_operations
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.datasets.digits.scaling import Scaling
from grader.model import Array, Problem, ProblemKind
from grader.notebooks import measuring
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Session

PIECE = 500
# of rows that the engine is asked about at a time
CHUNK = 5000


def outputs_of(
    session: Session, network: Network, rows: Array, *, until: float, **where: Any
) -> tuple[Array | None, PlainProblem | None]:
    """Return what `network` makes of rows (N, d), (N, m) float32, or None and the problem that kept it from that.

    The engine says it where it can. Else the student's object is asked, which is given up at `until` on the monotonic clock.
    `where` is `start` or `end`, the name of a layer.
    """
    if network.get("vouched") is not None:
        return _by_the_engine(session, network, rows, until=until, **where)
    output, problem = measuring.outputs_of(
        session,
        rows,
        until=until,
        piece=PIECE,
        ask=lambda part: watch_operations.outputs(network["name"], part, **where),
        validated=_in_single_precision,
    )
    return output, plain_problem(problem)


def _by_the_engine(
    session: Session, network: Network, rows: Array, *, until: float, **where: Any
) -> tuple[Array | None, PlainProblem | None]:
    if doubt := network.get("doubt", ""):
        why = f"we could not follow how this network was trained: {doubt}"
        return None, plain_problem(Problem(ProblemKind.MISSING, why))
    parts = []
    for first in range(0, len(rows), CHUNK):
        asked = rows[first : first + CHUNK]
        question = watch_operations.outputs_outside(network["name"], asked, **where)
        found = session.ask_beside(question, seconds=max(until - time.monotonic(), 0.0))
        if found is None:
            return None, None
        parts.append(np.asarray(found, dtype=np.float32))
    return np.concatenate(parts), None


def _in_single_precision(value: Any, _rows: int) -> Array:
    with np.errstate(over="ignore"):
        return np.asarray(value["results"], dtype=np.float32)


def scaling_of(network: Network) -> Scaling:
    """Return how the images were changed that a network was fed with; 1 was paper."""
    a, c = network["rescaling"]
    return Scaling(a, c)
