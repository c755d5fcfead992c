"""Turning answers into plain data that evidence can hold, and back into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.model import Array, Problem, ProblemKind
from grader.sandbox import Answer


def kept(answer: Answer) -> dict[str, Any]:
    """Return what came back as plain data: ``value``, ``type``, ``text`` and ``problem``."""
    value = answer.value if isinstance(answer.value, np.ndarray) else None
    return {"value": value, "type": answer.type, "text": answer.text, "problem": kept_problem(answer.problem)}


def kept_problem(problem: Problem | None) -> dict[str, str] | None:
    """Return a problem as plain data, or None."""
    return {"kind": str(problem.kind), "message": problem.message, "where": problem.where} if problem else None


def problem_in(data: Mapping[str, Any] | None) -> Problem | None:
    """Return the problem of an answer that `kept` stored, or None."""
    return restored(data.get("problem") if data else None)


def restored(stored: Mapping[str, str] | None) -> Problem | None:
    """Return the problem that `kept_problem` made plain data of, or None."""
    return Problem(ProblemKind(stored["kind"]), stored["message"], stored["where"]) if stored else None


def first_problem(answers: Sequence[Answer]) -> Problem | None:
    """Return the first thing that went wrong, or None."""
    return next((answer.problem for answer in answers if answer.problem), None)


def number(value: float) -> str:
    """Return a number as a student reads it: four digits, whole numbers without a point, no minus before zero."""
    text = f"{value:.4g}"
    return "0" if text == "-0" else text


def shape(array: Array) -> str:
    """Return a shape as Python prints it."""
    return str(tuple(int(n) for n in array.shape))
