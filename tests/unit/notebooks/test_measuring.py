"""Rows go through a network in pieces until the time is over, and what comes back is looked at with suspicion."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.model import Array, Problem, ProblemKind
from grader.notebooks.measuring import outputs_of
from grader.sandbox import Answer
from grader.sandbox.operations import plugged

FOREVER = 1e12


def measured(*answers: Answer, rows: int = 5, until: float = FOREVER) -> tuple[Array | None, Problem | None]:
    """Return what is made of the answers to pieces of two rows."""
    left = iter(answers)
    session: Any = SimpleNamespace(run=lambda _: [next(left)])
    return outputs_of(
        session,
        np.ones((rows, 3)),
        until=until,
        piece=2,
        ask=lambda part: plugged("ask", "forward()", rows=part),
        validated=lambda value, count: value if isinstance(value, np.ndarray) and len(value) == count else None,
    )


def test_pieces_are_put_together() -> None:
    output, problem = measured(*(Answer(np.full((n, 4), n)) for n in (2, 2, 1)))
    assert output is not None
    assert (output.shape, output[:, 0].tolist(), problem) == ((5, 4), [2, 2, 2, 2, 1], None)


def test_what_the_network_raises_is_the_problem() -> None:
    raised = Problem(ProblemKind.RAISED, "ValueError")
    assert measured(Answer(np.ones((2, 4))), Answer(problem=raised)) == (None, raised)


@pytest.mark.parametrize("second", [None, np.ones((7, 4)), np.ones((2, 9))], ids=["nothing", "rows", "width"])
def test_an_answer_of_another_form_is_no_output(second: Any) -> None:
    assert measured(Answer(np.ones((2, 4))), Answer(second)) == (None, None)


def test_measuring_is_given_up_when_time_is_over() -> None:
    _, problem = measured(until=0.0)
    assert problem is not None
    assert (problem.kind, "time for this notebook was over" in problem.message) == (ProblemKind.TIMEOUT, True)
