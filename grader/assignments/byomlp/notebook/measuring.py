"""Feeding a network that a notebook has made with rows that the notebook never saw."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from grader.assignments.byomlp.notebook import watch_operations
from grader.model import Array, Problem, ProblemKind
from grader.plain import plain_problem
from grader.sandbox import Session
from grader.sandbox.operations import within

PIECE = 500

now = time.monotonic


def outputs_of(
    session: Session, network: str, rows: Array, *, until: float, **where: Any
) -> tuple[Array | None, dict[str, str] | None]:
    """Return what `network` makes of rows (N, d), (N, m) float32, or None and the problem that kept it from that.

    Rows travel in pieces; they are given up at `until` on the monotonic clock. `where` is `start` or `end`, the name of a layer.
    """
    parts = []
    for first in range(0, len(rows), PIECE):
        left = until - now()
        if left <= 0:
            late = Problem(ProblemKind.TIMEOUT, "the time for this notebook was over before the network was measured")
            return None, plain_problem(late)
        operation = watch_operations.outputs(network, rows[first : first + PIECE], **where)
        (answer,) = session.run(within(left, operation))
        if answer.problem:
            return None, plain_problem(answer.problem)
        with np.errstate(over="ignore"):
            parts.append(np.asarray(answer.value["results"], dtype=np.float32))
    return np.concatenate(parts), None


def rescaled(rows: Array, scale: tuple[float, float]) -> Array:
    """Return rows in [0, 1] with the intensities that a student's network was fed with: a * paper + c."""
    a, c = scale
    return rows if (a, c) == (1.0, 0.0) else a * rows + c


def unscaled(rows: Array, scale: tuple[float, float]) -> Array:
    """Undo `rescaled`."""
    a, c = scale
    return rows if (a, c) == (1.0, 0.0) or a == 0 else (rows - c) / a


def ink(rows: Array) -> Array:
    """Return images whose paper is 1 as uint8 with ink 255, which takes an eighth of the room; NaN is ink."""
    pale = np.clip(np.nan_to_num(rows, nan=0.0), 0, 1)
    return np.asarray(np.rint(255 * (1 - pale)), dtype=np.uint8)
