"""`mlpgrader grade`: submissions in, a folder of reports out."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader import assignments, atomic, exports, intake, pipeline, report
from grader.cli import STOPPED, again
from grader.cli.outcomes import (
    SPREADSHEET,
    SUMMARY,
    Outcome,
    Outcomes,
    failures,
    graded,
    in_brief,
    status,
    write_summary,
)
from grader.cli.progress import Display, display
from grader.cli.screen import Screen
from grader.cli.several import side_by_side, stoppable, undisturbed
from grader.errors import AuthorError, HarnessError, IntakeError
from grader.model import Report, SandboxSpec
from grader.pipeline.delivery import as_text
from grader.sandbox import Launcher, open_launcher
from grader.text import printable

Grade = Callable[[Path, Callable[[str, str], None]], Report]


def run(arguments: argparse.Namespace) -> int:
    """Grade the submissions that the arguments name and return the exit status."""
    assignment = assignments.find(arguments.assignment)
    rubric = pipeline.load_rubric(assignment)
    pipeline.ensure_items(rubric, arguments.items)
    sandbox = chosen_sandbox(arguments)
    paths: Sequence[Path] = arguments.submissions
    intake.ensure_distinct(paths, required=assignment.required)
    folders = {path: arguments.out / intake.submission_id(path, required=assignment.required) for path in paths}
    ensure_apart(folders, arguments.out)
    outcomes: dict[str, Outcome] = {}
    setting = pipeline.prepare(assignment, rubric, size=arguments.size, data=arguments.data, items=arguments.items)
    with stoppable(), open_launcher(sandbox) as launcher:

        def grade(path: Path, on_progress: Callable[[str, str], None]) -> Report:
            return pipeline.grade(
                path,
                assignment,
                rubric=rubric,
                launcher=launcher,
                seed=secrets.randbits(32) if arguments.seed is None else arguments.seed,
                items=arguments.items,
                setting=setting,
                on_progress=on_progress,
            )

        begin(arguments.out, folders)
        try:
            with warming(), display(len(folders)) as shown:
                titles = {probe.name: probe.title for probe in assignment.probes}
                grade_all(folders, grade, outcomes, arguments, launcher=launcher, shown=shown, titles=titles)
        except KeyboardInterrupt:
            with undisturbed():
                write_summary(arguments.out, graded(outcomes), failures(outcomes))
                print(f"stopped; {_kept(outcomes, folders, arguments.out)}", file=sys.stderr)
            return STOPPED
        except AuthorError as error:
            kept, on = _kept(outcomes, folders, arguments.out), again.rest(folders, outcomes, arguments)
            raise AuthorError("\n".join(filter(None, (str(error), f"stopped; {kept}", on)))) from error
    show(folders, outcomes, arguments)
    if advice := again.advice(folders, outcomes, arguments):
        print(f"mlpgrader: {advice}", file=sys.stderr)
    return status(outcomes, fail_under=arguments.fail_under)


@contextmanager
def warming() -> Iterator[None]:
    """Import beside everything else what reports are made with.

    It is waited for in the end: a thread that is cut off in the midst of a library's own code takes the process with it.
    """
    thread = threading.Thread(target=report.warm_up, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with undisturbed():
            thread.join()


def chosen_sandbox(arguments: argparse.Namespace) -> SandboxSpec:
    """Return the sandbox that was asked for; AuthorError for options that only containers can follow where there are none."""
    given = {"--image": arguments.image, "--runtime": arguments.runtime}
    given["--engine"] = arguments.engine if arguments.engine != "docker" else None
    for option, value in given.items():
        if value and arguments.sandbox != "docker":
            raise AuthorError(
                f"{option} {value}: there are no containers in --sandbox {arguments.sandbox}; leave one of them out"
            )
    return SandboxSpec(arguments.sandbox, arguments.engine, arguments.image, arguments.runtime)


def ensure_apart(folders: Mapping[Path, Path], out: Path) -> None:
    """Refuse to write reports into a submission; only in a folder called ``graded`` does intake pass them over."""
    target = out.resolve()
    for path, folder in folders.items():
        submission = path.resolve()
        within = submission.is_dir() and target.is_relative_to(submission) and target.name != "graded"
        if within or submission in (folder.resolve(), target):
            raise AuthorError(f"--out {out}: the reports would lie in the submission {path}; choose another folder")


def begin(out: Path, folders: Mapping[Path, Path]) -> None:
    """Show that the folder of the run can be written, before hours depend on it, and withdraw what a run before left.

    Its evidence stays until the same submission is graded again.
    """
    for name in (SPREADSHEET, SUMMARY):
        atomic.sweep(out / name)
    write_summary(out, [], {})
    for folder in folders.values():
        pipeline.withdraw(folder, evidence=False)


def grade_all(
    folders: Mapping[Path, Path],
    grade: Grade,
    outcomes: dict[str, Outcome],
    arguments: argparse.Namespace,
    *,
    launcher: Launcher,
    shown: Display,
    titles: Mapping[str, str],
) -> None:
    """Grade every submission into its folder, adding to `outcomes` and to the summary on disk as they come."""
    stopped = threading.Event()
    delivering = threading.Lock()

    def work(path: Path) -> Report:
        folder = folders[path]
        pipeline.withdraw(folder)
        made = grade(path, lambda probe, event: shown.doing(folder.name, titles[probe]) if event == "start" else None)
        # one at a time, since drawing is not made for threads
        with delivering:
            if stopped.is_set():
                raise HarnessError("the run was stopped")
            pipeline.deliver(made, folder)
        return in_brief(made)

    def done(outcome: Outcome) -> None:
        if isinstance(outcome.error, AuthorError) and not isinstance(outcome.error, IntakeError):
            # not this submission's: it would meet every other one as well
            raise outcome.error
        if outcome.error and getattr(arguments, "debug", False):
            traceback.print_exception(outcome.error)
        name = folders[outcome.path].name
        outcomes[name] = outcome
        write_summary(arguments.out, graded(outcomes), failures(outcomes))
        shown.done(name, outcome.line)

    def stop() -> None:
        stopped.set()
        with contextlib.suppress(HarnessError):  # it is closed once more in the end, and then this is said
            launcher.close()

    side_by_side(tuple(folders), work, jobs=arguments.jobs, done=done, stop=stop)


def show(folders: Mapping[Path, Path], outcomes: Outcomes, arguments: argparse.Namespace) -> None:
    """Print what came out: one submission in full, several as a table, with ``--json`` the summary alone."""
    reports, unread = graded(outcomes), failures(outcomes)
    if arguments.json:
        print(as_text(exports.summary_json(reports, unread)), end="")
        return
    console = Screen()
    if len(folders) == 1 and reports:
        folder = next(iter(folders.values()))
        console.print(report.terminal(reports[0]))
        where = f"{folder / 'report.html'} (for the student), {folder / 'staff.html'} (for staff)"
    else:
        console.print(report.summary_table(reports, unread))
        pages = arguments.out / "ID" / "report.html"
        where = f"{pages} (for the student), staff.html (for staff); summary: {arguments.out / 'summary.csv'}"
    print(f"Reports: {printable(where)}")


def _kept(outcomes: Outcomes, folders: Mapping[Path, Path], out: Path) -> str:
    return f"{len(graded(outcomes))} of {len(folders)} graded are in {printable(str(out))}"
