"""Feeding a network of a notebook with rows that the notebook never saw."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.byomlp.notebook import watch_operations
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.datasets.digits.scaling import Scaling
from grader.model import Array
from grader.notebooks import measuring
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Session

PIECE = 500


def outputs_of(
    session: Session, network: str, rows: Array, *, until: float, **where: Any
) -> tuple[Array | None, PlainProblem | None]:
    """Return what `network` makes of rows (N, d), (N, m) float32, or None and the problem that kept it from that.

    They are given up at `until` on the monotonic clock. `where` is `start` or `end`, the name of a layer.
    """
    output, problem = measuring.outputs_of(
        session,
        rows,
        until=until,
        piece=PIECE,
        ask=lambda part: watch_operations.outputs(network, part, **where),
        validated=_in_single_precision,
    )
    return output, plain_problem(problem)


def _in_single_precision(value: Any, _rows: int) -> Array:
    with np.errstate(over="ignore"):
        return np.asarray(value["results"], dtype=np.float32)


def scaling_of(network: Network) -> Scaling:
    """Return how the images were changed that a network was fed with; 1 was paper."""
    a, c = network["rescaling"]
    return Scaling(a, c)
