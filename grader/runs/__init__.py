"""The run of a class: the folder that it is kept in, the jobs that it is made of, and whatever does them."""

from __future__ import annotations

from grader.runs.children import Children
from grader.runs.executing import run_all, stoppable, undisturbed
from grader.runs.folder import RunFolder, chosen
from grader.runs.grading import Attempt, Bench, Ready, grade_all, standards, warming
from grader.runs.job import Failure, Graded, Job, Whose
from grader.runs.overseeing import Overseer, tried
from grader.runs.places import Places
from grader.runs.regrading import Before, Today, judge, judge_in_brief, republish, rubric_to_keep, told
from grader.runs.resuming import Plan, planned
from grader.runs.submission import SubmissionFolder

__all__ = [
    "Attempt",
    "Before",
    "Bench",
    "Children",
    "Failure",
    "Graded",
    "Job",
    "Overseer",
    "Places",
    "Plan",
    "Ready",
    "RunFolder",
    "SubmissionFolder",
    "Today",
    "Whose",
    "chosen",
    "grade_all",
    "judge",
    "judge_in_brief",
    "planned",
    "republish",
    "rubric_to_keep",
    "run_all",
    "standards",
    "stoppable",
    "told",
    "tried",
    "undisturbed",
    "warming",
]
