"""`mlpgrader regrade`: kept evidence, judged again with today's rubric and checks."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from grader import gradebook
from grader.cli import GRADED, STOPPED, UNSETTLED, options, values
from grader.cli.changes import Again, as_data, as_tables
from grader.cli.progress import display
from grader.cli.screen import Screen
from grader.errors import HarnessError
from grader.model import SandboxSpec
from grader.report.console import Pen
from grader.runs import (
    Attempt,
    Before,
    Children,
    RunFolder,
    SubmissionFolder,
    chosen,
    judge,
    judge_in_brief,
    kept_answers,
    rubric_to_keep,
    run_all,
    standards,
    stoppable,
    told,
    tried,
)
from grader.runs.asking import Desk, lacking, told_of_lacking
from grader.runs.children import Teller
from grader.runs.steps import Kind
from grader.sandbox import Probe
from grader.text import as_json_text, counted, listed

# each child that judges may take some hundred megabytes
MOST = 4
# so many submissions are judged by one child in turn, which is most of the time for one of which little has changed
TURNS = 50
# of marks that are to be looked at again, so many are named
NAMED = 5


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Judge the evidence of an earlier run again with today's rubric and checks, without running any student
        code, and show who changes, by how much, and by which check, the largest change first. With --apply, rewrite the
        reports, the summary and the gradebook; marks of people stay as they are. What was judged by a rubric
        of its own (--rubric) is judged by that one again, unless another one is given; an assignment's id stands for
        the assignment's own. What was asked with other parameters than the rubric has now, or never, is named first; with
        --ask, these questions alone are asked, of the same files, from the same seed, in the same kind of sandbox.
        """,
        """
        mlpgrader regrade graded
        mlpgrader regrade graded --apply
        mlpgrader regrade graded --ask --apply
        mlpgrader regrade graded/alice --apply
        """,
        """
        exit status:
          0  judged again, whatever changed
          1  some points were withheld (a fault of the grader), or evidence is missing or damaged
          2  usage, rubric or environment is wrong
          130  stopped with Ctrl-C; give the same command for the rest
        """,
    )
    add = command.add_argument
    add("run_dir", metavar="RUN_DIR", type=Path, help="the --out folder of a run, or one submission's folder in it")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--apply", action="store_true", help="write it")
    which.add_argument("--dry-run", action="store_true", help="show what would change and write nothing (the default)")
    add(
        "--jobs",
        metavar="N",
        type=values.jobs,
        default=min(os.cpu_count() or 1, MOST),
        help=f"judge N submissions side by side (default: one a processor, {MOST} at most)",
    )
    options.add_rubric(command, what="judge by")
    add(
        "--ask",
        action="store_true",
        help="run student code for what today's checks read and the evidence lacks, or was asked with another parameter or code",
    )
    options.add_containers(command)
    options.add_data_folder(command)
    add("--json", action="store_true", help=f"print the changes as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Judge the evidence below the folder that the arguments name and return the exit status."""
    run_folder, folders = chosen(arguments.run_dir)
    desk = Desk.of(arguments.rubric, _sandbox(arguments), arguments.data)
    wanted = {each.path: probes for each in folders if (probes := lacking(each, desk.today))}
    writes = bool(arguments.apply)
    for line in (
        *told(folders, desk.today, asks=arguments.ask),
        *told_of_lacking(wanted, asks=arguments.ask, writes=writes),
    ):
        print(f"mlpgrader: {line}", file=sys.stderr)
    done: list[Again] = []
    failures: dict[str, str] = {}
    with run_folder.taken() if run_folder and writes else contextlib.nullcontext():
        try:
            with stoppable(), contextlib.closing(desk):
                judge_all(
                    folders,
                    done,
                    failures,
                    run_folder if writes else None,
                    desk,
                    wanted if arguments.ask else {},
                    write=writes,
                    jobs=arguments.jobs,
                )
        except KeyboardInterrupt:
            count = f"{len(done)} of {len(folders)} judged again"
            print(f"stopped; {count}; give the same command for the rest", file=sys.stderr)
            return STOPPED
        finally:
            if run_folder and writes:
                run_folder.summarise()
    if arguments.json:
        print(as_json_text(as_data(done, failures, dry_run=not writes)), end="")
    else:
        _show(done, failures, _looked_at_again(run_folder, done), written=writes)
    return UNSETTLED if failures or any(again.now.marks.withheld for again in done) else GRADED


def judge_all(
    folders: list[SubmissionFolder],
    done: list[Again],
    failures: dict[str, str],
    run_folder: RunFolder | None,
    desk: Desk,
    wanted: Mapping[Path, Sequence[Probe]],
    *,
    write: bool,
    jobs: int = 1,
) -> None:
    """Judge what is in these folders again, adding to `done` or `failures`, and noting it in that of the run.

    `wanted` says by folder what is asked before that.
    """
    today = desk.today

    def do(folder: SubmissionFolder) -> Again | str:
        before, names = Before.of(folder), tuple(probe.name for probe in wanted.get(folder.path, ()))
        now = None if names else before.held(today)
        if now and (not write or before.stays(now, today)):
            return Again(now, before.data, folder.path.resolve().name)
        try:
            again: Again = tried(children, judge_again, before, write, names, hear=partial(doing, folder))
        except HarnessError as error:
            if children.stopped:
                raise
            return str(error)
        return again

    def note(folder: SubmissionFolder, made: Again | str) -> None:
        name = folder.path.resolve().name
        if isinstance(made, str):
            failures[name] = made
        else:
            done.append(made)
        if run_folder:
            if isinstance(made, str):
                run_folder.fail(name, made)
            else:
                run_folder.judged(name, made.now, judged=standards(*today.standard(folder, made.now.assignment)))
        shown.done(name, f"not judged: {made}" if isinstance(made, str) else "judged")

    def doing(folder: SubmissionFolder, title: str) -> None:
        shown.doing(folder.path.resolve().name, title)

    today.warm(folders, pictures=write)
    if first := next((each for each in folders if each.path in wanted), None):
        desk.ready(first)
    with (
        Children(desk, desk.another, Desk.sweep, turns=1 if wanted else TURNS) as children,
        display(len(folders)) as shown,
        ThreadPoolExecutor(jobs) as executor,
    ):
        run_all(folders, do, executor, done=note, failed=_raised, stop=children.stop)


def judge_again(
    desk: Desk, teller: Teller, attempt: Attempt, before: Before, write: bool, wanted: Collection[str]
) -> Again:
    """Judge the evidence in one submission's folder, and `write` its reports; HarnessError when it is damaged.

    The probes that are `wanted` are asked before that, and what they see is written with the evidence.
    """
    folder, today = before.folder, desk.today
    name = folder.path.resolve().name
    if wanted:
        made = desk.complete(folder, wanted, attempt, tell=teller.say)
        if not write:
            return Again(made.result, before.data, name)
    else:
        now = judge_in_brief(before, today, attempt)
        if not write:
            return Again(now, before.data, name)
        if before.stays(now, today):
            before.confirm(now, today)
            return Again(now, before.data, name)
        made = judge(folder, today, attempt)
    with attempt.steps.at(Kind.REPORTING):
        assignment, _ = today.standard(folder, made.assignment)
        kept, by_what = rubric_to_keep(folder, made, today), before.by_what(today, made.assignment, asked=wanted)
        if wanted:
            folder.deliver(made, packed=attempt.evidence, rubric=kept, by_what=by_what)
        else:
            folder.publish(made, rubric=kept, by_what=by_what)
        kept_answers.keep(folder, made, assignment.template)
    return Again(made.result, before.data, name)


def _sandbox(arguments: argparse.Namespace) -> SandboxSpec | None:
    return SandboxSpec("", arguments.engine, arguments.image, arguments.runtime) if arguments.ask else None


def _raised(_folder: SubmissionFolder, error: BaseException) -> Again | str:
    raise error


def _looked_at_again(run_folder: RunFolder | None, done: Sequence[Again]) -> Sequence[str]:
    """Return whose marks of people were made on something else than what is found now, in words."""
    if run_folder is None or not gradebook.is_kept(run_folder.path):
        return ()
    with gradebook.opened(run_folder.path) as book:
        return [f"{student}: {check}" for student, check in book.stale({each.folder: each.now for each in done})]


def _show(done: list[Again], failures: dict[str, str], stale: Sequence[str], *, written: bool) -> None:
    console = Screen()
    pen = Pen(console.options.ascii_only)
    for table in as_tables(done, pen):
        console.print(table)
    for name, reason in failures.items():
        console.print(pen.write(f"{name}: not judged: {reason}", "red"))
    if stale:
        marks = counted(len(stale), "mark of a person is", "marks of people are")
        console.print(pen.write(f"{marks} to be looked at again: {listed(stale, NAMED)}", "yellow"))
    if not written:
        console.print("Nothing was written; --apply writes.")
