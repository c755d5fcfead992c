"""Saying that student code ended in an error instead of an answer."""

from __future__ import annotations

import re

from grader.checks import failed
from grader.kits.layer_contract import advice
from grader.model import Finding, Problem, ProblemKind

HINT = "Look at the line that is named there: print the shapes and the values of all that meets in it."
HINT_TIMEOUT = "Something there takes too long or does not come to an end: look at its loops."
NOT_WRITTEN = "not_written"
_NO_METHOD = re.compile("has no method `")


def stumbled(what: str, problem: Problem, *, hint: str = HINT) -> Finding:
    """Return the finding on what could not be asked because of a problem; what is not written yet is told as such."""
    if is_unwritten(problem):
        return failed(f"{what}: {problem}", hint="Write it.", diagnosis=NOT_WRITTEN)
    if problem.kind is ProblemKind.TIMEOUT:
        return failed(f"{what}: {problem}", hint=HINT_TIMEOUT)
    if _NO_METHOD.search(problem.message):
        return failed(f"{what}: {problem}", hint="Write it under exactly this name, indented as the other methods are.")
    return failed(f"{what}: {problem}", hint=advice(problem.message, {}) or hint)


def is_unwritten(problem: Problem | None) -> bool:
    """Tell whether student code ended where it is still to be written."""
    return problem is not None and problem.message.startswith("NotImplementedError")
