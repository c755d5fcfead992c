"""Turning answers into plain data that evidence can hold, and problems back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from grader.model import Array, Problem, ProblemKind
from grader.sandbox import Answer


class PlainProblem(TypedDict):
    """A problem as plain data."""

    kind: str
    message: str
    where: str


class PlainAnswer(TypedDict):
    """An answer as plain data: its value where that is an array, its type and text whatever it is, and what went wrong."""

    value: Array | None
    type: str
    text: str
    problem: PlainProblem | None


def as_plain(answer: Answer) -> PlainAnswer:
    """Return what came back as plain data.

    >>> from mlpgrader.authoring import Answer, as_plain
    >>> as_plain(Answer(type="int", text="42"))
    {'value': None, 'type': 'int', 'text': '42', 'problem': None}
    """
    value = answer.value if isinstance(answer.value, np.ndarray) else None
    return {"value": value, "type": answer.type, "text": answer.text, "problem": plain_problem(answer.problem)}


def plain_problem(problem: Problem | None) -> PlainProblem | None:
    """Return a problem as plain data, or None."""
    return {"kind": str(problem.kind), "message": problem.message, "where": problem.where} if problem else None


def problem_in(data: Mapping[str, Any] | None) -> Problem | None:
    """Return the problem of an answer that `as_plain` stored, or None.

    >>> from mlpgrader.authoring import Answer, as_plain, problem_in
    >>> problem_in(as_plain(Answer())) is None
    True
    """
    return problem_from(data.get("problem") if data else None)


def problem_from(stored: PlainProblem | None) -> Problem | None:
    """Return the problem that `plain_problem` made plain data of, or None."""
    return Problem(ProblemKind(stored["kind"]), stored["message"], stored["where"]) if stored else None


def first_problem(answers: Sequence[Answer]) -> Problem | None:
    """Return the first thing that went wrong, or None."""
    return next((answer.problem for answer in answers if answer.problem), None)
