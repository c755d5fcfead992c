"""Judging training through Sequential, filled with modules of ours."""

from __future__ import annotations

from grader.assignments.modules.layers.sequential_checks import (
    sequential_backward,
    sequential_forward,
    sequential_parameters,
    sequential_zero_grad,
)
from grader.assignments.modules.layers.trajectory_judging import judged
from grader.checks import check
from grader.model import Finding, Observation


@check(reads=["sequential"], after=[sequential_backward])
def sequential_trajectory(observed: Observation) -> Finding:
    """Sequential: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (sequential_forward, sequential_zero_grad, sequential_parameters))
