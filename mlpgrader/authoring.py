"""What those need who write an assignment: probes that ask student code, checks that judge the answers, and data sets.

The guide on adding an assignment shows a whole one, in a repository of its own. Four modules come along: `ask` has all that
can be asked of student code, `numerics` differences and tolerances, and of the kits `mistakes` finds the known mistake that
explains an answer, `trajectory` replays training step by step.

>>> from mlpgrader.authoring import ask, numerics
>>> ask.call("net", "forward", 1.0)["label"]
'forward()'
>>> float(numerics.worst_entry(numerics.np.array([1.0, 2.5]), numerics.np.array([1.0, 2.0])).got)
2.5
"""

from __future__ import annotations

from grader import numerics
from grader.assignments import Assignment
from grader.checks import Check, blocked, check, checks_in, failed, passed, pending
from grader.datasets import DataSet, Drawn, Files
from grader.errors import AuthorError, HarnessError
from grader.kits import mistakes, trajectory
from grader.model import (
    Confusion,
    Curve,
    Data,
    Finding,
    HeatMaps,
    ImageGrid,
    ImageScatter,
    Observation,
    Quote,
    Scatter,
    Setting,
    Verdict,
)
from grader.plain import as_plain, problem_in
from grader.sandbox import Answer, Inside, Probe, Session
from grader.sandbox import operations as ask

__all__ = [
    "Answer",
    "Assignment",
    "AuthorError",
    "Check",
    "Confusion",
    "Curve",
    "Data",
    "DataSet",
    "Drawn",
    "Files",
    "Finding",
    "HarnessError",
    "HeatMaps",
    "ImageGrid",
    "ImageScatter",
    "Inside",
    "Observation",
    "Probe",
    "Quote",
    "Scatter",
    "Session",
    "Setting",
    "Verdict",
    "as_plain",
    "ask",
    "blocked",
    "check",
    "checks_in",
    "failed",
    "mistakes",
    "numerics",
    "passed",
    "pending",
    "problem_in",
    "trajectory",
]
