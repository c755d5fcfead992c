"""A grading of the small assignment without a sandbox: what is seen follows from what was handed in, and from the seed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader import intake
from grader.cli import whole_class
from grader.errors import IntakeError
from grader.model import Observation
from grader.pipeline import judge
from grader.runs import Graded, Job, RunFolder
from kit.small_assignment import ASSIGNMENT, RUBRIC, evidence


def graded(job: Job) -> Graded:
    """Return what comes of a job; IntakeError is part of it."""
    try:
        submission = intake.receive(job.path, required=("mlp.py",), provided={})
    except IntakeError as error:
        return Graded.failed(job, error)
    text = submission.files.get("mlp.py", b"").decode()
    seen = {
        "functions": ["answer"] if "def answer" in text else [],
        "problem": "SystemExit" if "SystemExit" in text else "",
    }
    rolls = np.random.default_rng(job.seed).integers(6, size=8)
    made = evidence(Observation("module", seen), Observation("dice", {"rolls": rolls}))
    return Graded(job, judge(submission, made, ASSIGNMENT, RUBRIC).result, key=f"key of {submission.digest}")


def class_options(
    download: Path, out: Path, *, roster: Path | None = None, layout: str | None = None
) -> argparse.Namespace:
    """Return the options of a class that is graded from the seed 7."""
    return argparse.Namespace(
        download=download, out=out, roster=roster, layout=layout, seed=7, gradebook="", submissions=[], json=False
    )


def run(
    options: argparse.Namespace, *, do: Callable[[Job], Graded] = graded
) -> tuple[RunFolder, dict[str, Graded], list[str]]:
    """Put a class into the folder of a run, grade in it what has no result yet, and return what came of it and the last lines."""
    folder, outcomes = RunFolder(options.out, gradebook=""), dict[str, Graded]()
    with folder.taken():
        found = whole_class.gathered(options, folder, ASSIGNMENT, RUBRIC)
        for each in found.attempts:
            if each.folder in folder.entries and folder.entries[each.folder].digest:
                continue
            came = do(Job(each.path, each.folder, "small", folder.of(each.folder).path, seed=each.seed))
            outcomes[each.folder] = came
            if came.result:
                folder.of(each.folder).path.mkdir(parents=True, exist_ok=True)
                folder.of(each.folder).report.write_text("{}", encoding="utf-8")
                folder.add(each.folder, came.result, key=came.key)
            else:
                folder.fail(each.folder, came.error.message if came.error else "")
        folder.summarise()
        lines = list(whole_class.end_lines(found, folder, outcomes))
    return folder, outcomes, lines
