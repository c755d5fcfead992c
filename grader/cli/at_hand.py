"""The assignments that a command may choose from."""

from __future__ import annotations

import sys

from grader import assignments
from grader.assignments import Assignment
from grader.text import printable


def at_hand() -> tuple[Assignment, ...]:
    """Return every assignment that can be loaded, and say on standard error what is wrong with the others."""
    found, problems = assignments.every()
    for problem in problems:
        print(f"mlpgrader: {printable(str(problem))}", file=sys.stderr)
    return found
