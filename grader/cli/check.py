"""`mlpgrader check`: a student's own look at the work, results as they come and hints at the end."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from grader import assignments, intake, pipeline, report
from grader import rubric as rubrics
from grader.assignments import Assignment
from grader.cli import GRADED, UNSETTLED, options, values
from grader.cli.at_hand import at_hand
from grader.cli.screen import Screen
from grader.errors import AuthorError, IntakeError
from grader.model import Finding, Rubric, SandboxSpec, Verdict
from grader.report.console import Pen
from grader.report.layout import alone
from grader.runs import Bench, Children, Job, Overseer, Ready, SubmissionFolder, stoppable
from grader.text import as_json_text, listed, points, printable

POLL_MILLISECONDS = 100


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Check your own work: run the public checks on a folder with your own rights, print each result as it
        comes, and then what to look at next. It is a self-check, not your final score.
        """,
        """
        mlpgrader check
        mlpgrader check my_homework --watch
        """,
        """
        exit status:
          0  checked, however many points; or --watch was ended with Ctrl-C
          1  some points were withheld (a fault of the grader), or the folder could not be read
          2  usage or environment is wrong
        """,
    )
    add = command.add_argument
    add("folder", metavar="FOLDER", nargs="?", type=Path, default=Path(), help="what to check (default: this folder)")
    add(
        "--assignment",
        metavar="ID",
        help=f"which assignment it is: {' or '.join(assignments.ids())} (default: the one whose files are there)",
    )
    add(
        "--items",
        metavar="ID,ID",
        type=values.names,
        default=(),
        help="check these rubric items only, as in --items forward,backprop, which takes seconds",
    )
    options.add_rubric(command, what="check by")
    options.add_data(command, size="quick")
    add("--watch", action="store_true", help="check again whenever a .py or .ipynb file is saved; Ctrl-C ends it")
    options.add_seed(command)
    add("--out", metavar="DIR", type=Path, help="write report.json and report.html there as well")
    add("--json", action="store_true", help=f"print report.json, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Check the folder that the arguments name, once or whenever something in it is saved; return the exit status."""
    if arguments.watch and arguments.json:
        raise AuthorError("--watch and --json do not go together: one document is one check; leave one of them out")
    assignment = _assignment(arguments)
    whole = pipeline.load_rubric(assignment, arguments.rubric)
    public = rubrics.public_part(whole)
    if not public.items:
        raise AuthorError(f"the rubric of '{assignment.id}' has no item that may be checked before handing in")
    job = asked(arguments, assignment, whole)
    with Bench() as bench:
        ready = bench.ready(job)
        with Children(bench, Bench, Bench.sweep) as children:
            overseer = Overseer(children)
            if not arguments.watch:
                return _check(arguments, job, ready, overseer)
            folder: Path = arguments.folder if arguments.folder.is_dir() else arguments.folder.parent
            # a wrong path is said at once, not waited for
            overseer.ensure_readable(job)
            return watch(lambda: _try(lambda: _check(arguments, job, ready, overseer)), saved(folder))


def asked(arguments: argparse.Namespace, assignment: Assignment, rubric: Rubric) -> Job:
    """Return the job of checking the folder that the arguments name, with the user's own rights."""
    return Job(
        arguments.folder,
        intake.submission_id(arguments.folder, required=pipeline.file_names(assignment, rubric)),
        assignment.id,
        seed=arguments.seed,
        items=arguments.items,
        size=arguments.size,
        data=arguments.data,
        sandbox=SandboxSpec("process"),
        public=True,
        rubric=arguments.rubric,
    )


def _assignment(arguments: argparse.Namespace) -> Assignment:
    if arguments.assignment:
        return assignments.find(arguments.assignment)
    found, files = assignments.recognised(arguments.folder, at_hand())
    if not arguments.json:
        seen = listed([printable(file) for file in files], assignments.NAMED)
        print(
            f"mlpgrader: this is {found.id} ({found.title}), by {seen}; --assignment names another one",
            file=sys.stderr,
        )
    return found


def watch(check: Callable[[], object], changes: Iterable[object]) -> int:
    """Call `check` at once and again for every change that is not empty, until Ctrl-C or the last one."""
    console = Screen()
    try:
        for number, change in enumerate(changes):
            if number == 0 or change:
                console.rule(Text(time.strftime("%H:%M:%S")))
                check()
                print("\nWaiting for a file to be saved; Ctrl-C ends this.", flush=True)
    except KeyboardInterrupt:
        print()
    return GRADED


def saved(folder: Path) -> Iterable[object]:
    """Yield what changed whenever a .py or .ipynb file below `folder` is saved, and empty sets in between."""
    import watchfiles

    passed_over = (*watchfiles.DefaultFilter.ignore_dirs, ".ipynb_checkpoints", "graded")
    ordinary = watchfiles.DefaultFilter(ignore_dirs=passed_over)
    return watchfiles.watch(
        folder,
        watch_filter=lambda change, path: path.endswith((".py", ".ipynb")) and ordinary(change, path),
        rust_timeout=POLL_MILLISECONDS,
        yield_on_timeout=True,
        debounce=POLL_MILLISECONDS,
    )


def _try(check: Callable[[], int]) -> None:
    try:
        check()
    except IntakeError as error:
        # half a save, most likely: the next one may be whole
        print(f"mlpgrader: {printable(str(error), newlines=True)}", file=sys.stderr)


def _check(arguments: argparse.Namespace, job: Job, ready: Ready, overseer: Overseer) -> int:
    console = Screen(quiet=arguments.json)
    if ready.setting.data and ready.setting.numbers:
        console.print(
            Text("Notebooks are run, too, which takes some minutes; --items forward,backprop leaves them out.", "dim")
        )
    worth = {name: value for item in ready.rubric.items for name, value in item.checks.items()}
    with stoppable():
        result = overseer.check(
            job,
            on_finding=lambda finding: _tell(console, finding, worth.get(finding.check, 0.0)),
            show=arguments.out,
        )
    console.print()
    console.print(report.terminal(result))
    if arguments.json:
        print(as_json_text(report.as_json(result)), end="")
    if arguments.out:
        print(f"Report: {printable(str(SubmissionFolder(arguments.out).student_page))}", file=sys.stderr)
    return UNSETTLED if result.marks.withheld else GRADED


def _tell(console: Console, finding: Finding, possible: float) -> None:
    pen = Pen(console.options.ascii_only)
    earned = points(possible) if finding.verdict is Verdict.PASSED else "0"
    columns = Column(width=2), Column(ratio=1), Column(justify="right", no_wrap=True)
    row = Table.grid(*columns, expand=True, padding=(0, 1, 0, 0))
    share = pen.write(f"{earned} / {points(possible)}" if possible else "")
    row.add_row(
        pen.symbol(alone(finding)),
        pen.write(finding.title),
        share,
    )
    console.print(row)
