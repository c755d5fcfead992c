"""The run of a class: the folder that it is kept in, the jobs that it is made of, and whatever does them."""

from __future__ import annotations

from grader.runs.executing import run_all, stoppable, undisturbed
from grader.runs.folder import RunFolder, chosen
from grader.runs.grading import Bench, grade_all, judge, standards, warming
from grader.runs.job import Failure, Graded, Job, Whose
from grader.runs.resuming import Plan, planned
from grader.runs.submission import SubmissionFolder

__all__ = [
    "Bench",
    "Failure",
    "Graded",
    "Job",
    "Plan",
    "RunFolder",
    "SubmissionFolder",
    "Whose",
    "chosen",
    "grade_all",
    "judge",
    "planned",
    "run_all",
    "standards",
    "stoppable",
    "undisturbed",
    "warming",
]
