"""Grades homework in which students write their own neural network, from Python: what the command `mlpgrader` does, as functions.

`grade` runs one submission in a sandbox and returns the report on it, `check` is a student's self-check that shows itself in
a notebook, `regrade` judges kept evidence again, `load` reads what a run has left in its folder, and `assignments` says what
can be graded. Whoever writes an assignment finds everything for it in `mlpgrader.authoring`.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

if _TYPE_CHECKING:
    from grader import __version__
    from grader.assignments import Assignment
    from grader.errors import AuthorError, HarnessError, IntakeError
    from grader.model import (
        Finding,
        Marks,
        Report,
        Result,
        SandboxSpec,
        Score,
        ScoredFinding,
        ScoredItem,
        Verdict,
    )
    from mlpgrader._checked import Checked
    from mlpgrader._grading import assignments, check, grade, load, regrade

__all__ = [
    "Assignment",
    "AuthorError",
    "Checked",
    "Finding",
    "HarnessError",
    "IntakeError",
    "Marks",
    "Report",
    "Result",
    "SandboxSpec",
    "Score",
    "ScoredFinding",
    "ScoredItem",
    "Verdict",
    "__version__",
    "assignments",
    "check",
    "grade",
    "load",
    "regrade",
]

# where each name comes from: nothing is imported before it is asked for, so that importing this takes no time
_HOMES = {
    "mlpgrader._grading": ("assignments", "check", "grade", "load", "regrade"),
    "mlpgrader._checked": ("Checked",),
    "grader": ("__version__",),
    "grader.assignments": ("Assignment",),
    "grader.errors": ("AuthorError", "HarnessError", "IntakeError"),
    "grader.model": (
        *("Finding", "Marks", "Report", "Result", "SandboxSpec", "Score", "ScoredFinding", "ScoredItem", "Verdict"),
    ),
}


def __getattr__(name: str) -> _Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(_import_module(home), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
