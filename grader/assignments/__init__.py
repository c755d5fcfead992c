"""The assignments that can be graded, found by id; each is one package beside this file."""

from __future__ import annotations

import difflib
from importlib import import_module
from pathlib import Path

from grader.assignments.assignment import Assignment
from grader.errors import AuthorError

__all__ = ["IDS", "Assignment", "find"]


def _ids() -> tuple[str, ...]:
    return tuple(sorted(folder.parent.name for folder in Path(__file__).parent.glob("*/__init__.py")))


IDS = _ids()


def find(name: str) -> Assignment:
    """Return the assignment with that id; AuthorError names the nearest one when there is none."""
    if name not in IDS:
        near = difflib.get_close_matches(name, IDS, 1)
        suggestion = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(IDS)}"
        raise AuthorError(f"no assignment '{name}'; {suggestion}")
    assignment = import_module(f"{__name__}.{name}").ASSIGNMENT
    if not isinstance(assignment, Assignment):
        raise AuthorError(f"grader/assignments/{name}/__init__.py: ASSIGNMENT is not an Assignment")
    return assignment
