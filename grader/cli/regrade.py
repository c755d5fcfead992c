"""`mlpgrader regrade`: kept evidence, judged again with today's rubric and checks."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path
from typing import Any

from grader import assignments, evidence, exports, pipeline
from grader.assignments import Assignment
from grader.cli import GRADED, STOPPED, UNSETTLED
from grader.cli.changes import Again, as_data, as_tables
from grader.cli.outcomes import SUMMARY, in_brief, write_summary
from grader.cli.progress import display
from grader.cli.screen import Screen
from grader.errors import AuthorError, HarnessError
from grader.model import Rubric
from grader.pipeline.delivery import EVIDENCE, REPORT, as_text
from grader.report.console import Pen
from grader.report.document import READABLE

GIVE = "give the --out folder of an earlier `mlpgrader grade`, or one submission's folder in it"


def run(arguments: argparse.Namespace) -> int:
    """Judge the evidence below the folder that the arguments name and return the exit status."""
    run_dir: Path = arguments.run_dir
    # by what is in it: a submission may be called evidence
    single = evidence.has(run_dir / EVIDENCE) or (run_dir / REPORT).is_file()
    folders = [run_dir] if single else kept_below(run_dir)
    done: list[Again] = []
    failures: dict[str, str] = {}
    today = cache(_today)
    try:
        with display(len(folders)) as shown:
            for folder in folders:
                name = folder.resolve().name
                shown.doing(name, "judging")
                try:
                    done.append(judge_again(folder, today=today, write=not arguments.dry_run))
                    shown.done(name, "judged")
                except HarnessError as error:
                    failures[name] = str(error)
                    shown.done(name, f"not judged: {error}")
    except KeyboardInterrupt:
        count = f"{len(done)} of {len(folders)} judged again"
        print(f"stopped; {count}; give the same command for the rest", file=sys.stderr)
        return STOPPED
    if single and not arguments.dry_run and (run_dir.parent / SUMMARY).is_file():
        print("the summary of the run is left as it is; give the folder of the run to write it again", file=sys.stderr)
    if not single and not arguments.dry_run:
        write_summary(run_dir, [again.now for again in done], {**_unread(run_dir), **failures})
    if arguments.json:
        print(as_text(as_data(done, failures, dry_run=arguments.dry_run)), end="")
    else:
        _show(done, failures, dry_run=arguments.dry_run)
    return UNSETTLED if failures or any(again.now.score.marks.withheld for again in done) else GRADED


def kept_below(run_dir: Path) -> list[Path]:
    """Return the folders of submissions in that of a run, in order of their names; AuthorError when there is none."""
    try:
        folders = sorted(path for path in run_dir.iterdir() if (path / EVIDENCE).is_dir())
    except OSError as error:
        raise AuthorError(f"{run_dir}: cannot be read ({error.strerror}); {GIVE}") from error
    if not folders:
        raise AuthorError(f"{run_dir}: holds no evidence; {GIVE}")
    return folders


def judge_again(folder: Path, *, today: Callable[[str], tuple[Assignment, Rubric]], write: bool) -> Again:
    """Judge the evidence in one submission's folder, and `write` its reports; HarnessError when it is damaged."""
    kept, submission, name = evidence.load(folder / EVIDENCE)
    assignment, rubric = today(name)
    report = pipeline.judge(submission, kept, assignment, rubric)
    before = _read(folder / REPORT, READABLE)
    if write:
        pipeline.publish(report, folder)
    return Again(in_brief(report), before)


def _today(name: str) -> tuple[Assignment, Rubric]:
    assignment = assignments.find(name)
    return assignment, pipeline.load_rubric(assignment)


def _unread(run_dir: Path) -> dict[str, str]:
    """Return what the run could not read, so that a summary that is written again still says so."""
    listed = _read(run_dir / SUMMARY, (exports.SUMMARY_SCHEMA,)).get("failures", [])
    there = {path.name for path in run_dir.iterdir() if (path / EVIDENCE).is_dir()}
    return {entry["id"]: entry["error"] for entry in listed if entry["id"] not in there}


def _read(path: Path, schemas: Collection[str]) -> dict[str, Any]:
    """Return the document at `path`, an empty one when there is none of these schemas."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) and data.get("schema") in schemas else {}


def _show(done: list[Again], failures: dict[str, str], *, dry_run: bool) -> None:
    console = Screen()
    pen = Pen(console.options.ascii_only)
    for table in as_tables(done, pen):
        console.print(table)
    for name, reason in failures.items():
        console.print(pen.write(f"{name}: not judged: {reason}", "red"))
    if dry_run:
        console.print("Nothing was written (--dry-run).")
