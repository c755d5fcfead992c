"""Grading one trial as any submission is graded, and keeping in brief what came of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from grader import pipeline, rubric
from grader.assignments import Assignment
from grader.calibration.margins import margins
from grader.calibration.trial import RIGHT, Trial, Tried
from grader.errors import HarnessError
from grader.evidence import Store
from grader.model import REDUCED, Report, Rubric, Setting, Verdict
from grader.pipeline import selection
from grader.sandbox import Launcher


def seed_of(base: int, trial: str, number: int) -> int:
    """Return the seed of the grading with that number, the same for the same run of the same trial."""
    return crc32(f"{base}/{trial}/{number}".encode())


def try_out(
    trial: Trial,
    folder: Path,
    assignment: Assignment,
    whole: Rubric,
    *,
    items: tuple[str, ...],
    seed: int,
    launcher: Launcher,
    setting: Setting | None = None,
    store: Store | None = None,
    on_progress: Callable[[str, str], None] | None = None,
) -> tuple[Report, Tried]:
    """Hand the trial in through the folder `folder`, which is made and removed again, and grade the items of the rubric.

    `setting` is that of notebooks at their usual size. What is in `store` is not run again. IntakeError when the submission
    cannot be read.
    """
    started, run = time.monotonic(), set()
    path = _handed_in(trial, folder)

    def note(probe: str, event: str) -> None:
        run.add(probe)
        if on_progress:
            on_progress(probe, event)

    try:
        report = pipeline.grade(
            path,
            assignment,
            rubric=whole,
            launcher=launcher,
            seed=seed,
            items=items,
            setting=_of_size(setting, trial, whole),
            store=store,
            on_progress=note,
        )
    finally:
        if path == folder:
            shutil.rmtree(folder, ignore_errors=True)
    tried = _in_brief(trial, report, assignment, rubric.restrict(whole, items), time.monotonic() - started)
    return report, replace(tried, kept=not run)


def _of_size(setting: Setting | None, trial: Trial, whole: Rubric) -> Setting | None:
    if setting is None:
        return None
    numbers, reduced = whole.sizes.get(trial.size, {}), whole.sizes.get(REDUCED, {})
    return replace(setting, size=trial.size, numbers={**numbers, **trial.numbers}, reduced={**reduced, **trial.numbers})


def _handed_in(trial: Trial, folder: Path) -> Path:
    if isinstance(trial.source, Path):
        return trial.source
    try:
        for name, content in trial.source.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        raise HarnessError(f"{folder}: cannot be written ({error.strerror or error})") from error
    return folder


def _in_brief(trial: Trial, report: Report, assignment: Assignment, asked: Rubric, seconds: float) -> Tried:
    found = (scored.finding for item in report.score.items for scored in item.findings)
    # what a person decides tells nothing of the checks
    findings = {finding.check: finding for finding in found if finding.verdict is not Verdict.PENDING}
    checks = selection.needed_checks(assignment, asked)
    # a bug that passes a check says nothing about its thresholds
    verdicts = (Verdict.PASSED, Verdict.FAILED) if trial.group in RIGHT else (Verdict.FAILED,)
    return Tried(
        trial=trial,
        seed=report.evidence.seed,
        verdicts={name: finding.verdict for name, finding in findings.items()},
        diagnoses={name: finding.diagnosis for name, finding in findings.items() if finding.diagnosis},
        messages={name: finding.message for name, finding in findings.items()},
        lost={item.id: item.marks.lost for item in report.score.items},
        earned=report.score.marks.earned,
        withheld=report.score.marks.withheld,
        margins=margins(
            checks, findings, report.evidence, asked.thresholds, parameters=asked.parameters, verdicts=verdicts
        ),
        seconds=seconds,
    )
