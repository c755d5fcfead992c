"""`mlpgrader export`: the results of a run, in a file that another program takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from grader import atomic
from grader.cli import GRADED, UNSETTLED, class_page, options
from grader.cli.screen import Screen
from grader.errors import AuthorError
from grader.exports import archive
from grader.exports.platforms import (
    FOR_STAFF,
    FORMATS,
    LeftOut,
    Merged,
    Packed,
    change_lines,
    left_out_lines,
    merged,
    written,
)
from grader.exports.release import NOT_RELEASED
from grader.model import Result
from grader.report.console import Pen
from grader.runs import SubmissionFolder
from grader.runs.finals import finals_of
from grader.text import counted, printable

# the page for staff, which passes no gate
CLASS = "class"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Write the results of a run into a file that another program takes. canvas, blackboard, brightspace and the worksheet of
        moodle go into the file that you have downloaded there: give it with --into. One column is filled, and all other cells
        come back byte for byte; classroom50 goes into scores.json in the same way. moodle without --into is the archive of
        feedback files; feedback is one with a folder for each student, gradescope one with results.json for each
        submission; csv, junit and nbgrader are files of their own.
        class is the page for staff that `grade --class` leaves as class.html: everybody, with marks as they are now.

        Only those are written who are released and have a final mark. What is left out is said, and why.
        """,
        """
        mlpgrader export canvas graded --into Grades-ML101.csv --title "Write your own network" --out upload.csv
        mlpgrader export feedback graded --out feedback.zip
        mlpgrader export class graded --out class.html
        mlpgrader export csv graded --unreleased --out everybody.csv
        """,
        """
        exit status:
          0  written; who is not released or not final yet is not in it
          1  written, and somebody who is released and final is not in it, or not with everything: why is said
          2  usage, run or download is wrong: nothing was written
        """,
    )
    add = command.add_argument
    formats = tuple(sorted((*FORMATS, CLASS)))
    add("format", metavar="FORMAT", choices=formats, help=", ".join(formats))
    add("run_dir", metavar="RUN", type=Path, help="the --out folder of a run")
    add(
        "--into",
        metavar="FILE",
        type=Path,
        help="the file that you have downloaded from the platform; it stays as it is",
    )
    add("--out", metavar="FILE", type=Path, help="the file to write; needed but with --preview")
    add(
        "--title", metavar="TITLE", default="", help="what the assignment, or the column of its grades, is called there"
    )
    add("--unreleased", action="store_true", help="csv and junit: everybody, and a word on each who is not released")
    options.add_gradebook(command)
    add("--preview", action="store_true", help="show what would be written and write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Write the file that the arguments ask for and return the exit status."""
    out: Path | None = arguments.out
    if out is None and not arguments.preview:
        raise AuthorError("nowhere to write to; give a file with --out, or --preview")
    if out is not None:
        _ensure_apart(out, arguments.run_dir, arguments.into)
    if arguments.format == CLASS:
        return _class(arguments)
    made = _made(arguments)
    if not made.changes:
        raise AuthorError(_nobody(made.left_out, arguments))
    console = Screen()
    pen = Pen(console.options.ascii_only)
    for line in (
        *(change_lines(made.changes) if arguments.preview else ()),
        *left_out_lines(made.left_out),
        *made.told,
    ):
        console.print(pen.write(line), soft_wrap=True)
    console.print(pen.write(_write(made, None if arguments.preview else out)), soft_wrap=True)
    return GRADED if all(each.waits for each in made.left_out) else UNSETTLED


def _class(arguments: argparse.Namespace) -> int:
    """Write the page on the class, which no platform takes and which tells of everybody."""
    for option in ("into", "title", "preview"):
        if getattr(arguments, option):
            raise AuthorError(f"--{option} is for what goes to a platform; leave it out for the page on the class")
    count = class_page.export(arguments.run_dir, arguments.out, arguments.gradebook)
    print(f"{printable(str(arguments.out))}: {counted(count, 'student')}; for staff only: it names everybody")
    return GRADED


def _made(arguments: argparse.Namespace) -> Merged | Packed:
    """Return what the format comes to."""
    name, into, title = arguments.format, arguments.into, arguments.title
    if into is not None:
        if arguments.unreleased:
            raise AuthorError(f"{name} is for students; leave out --unreleased")
        try:
            download = into.read_bytes()
        except OSError as error:
            raise AuthorError(
                f"{into}: cannot be read ({error.strerror}); give the file that you have downloaded"
            ) from error
        return merged(name, download, finals_of(arguments.run_dir, arguments.gradebook), title=title, file=str(into))
    finals = finals_of(arguments.run_dir, arguments.gradebook)
    return written(name, finals, results=_result, title=title, unreleased=arguments.unreleased)


def _result(folder: Path) -> Result | None:
    return SubmissionFolder(folder).result()


def _ensure_apart(out: Path, run_dir: Path, into: Path | None) -> None:
    """Refuse to write over the download, or among the files of the run."""
    target = out.resolve()
    if into is not None and (target == into.resolve() or (out.exists() and into.exists() and out.samefile(into))):
        raise AuthorError(
            f"--out {out}: is the file that you have downloaded; give another name, so that it stays as it is"
        )
    if target.is_relative_to(run_dir.resolve()):
        raise AuthorError(f"--out {out}: lies in the folder of the run; give a place outside it")


def _write(made: Merged | Packed, out: Path | None) -> str:
    """Write what was made, unless there is nowhere to, and return what to say of it."""
    students = counted(len(made.changes), "student")
    if out is None:
        return f"{students}; nothing was written (--preview)"
    if isinstance(made, Packed):
        return f"{out}: {counted(archive.write(out, made.files), 'file')} for {students}"
    atomic.write(out, made.content)
    return f"{out}: {students}"


def _nobody(left_out: Sequence[LeftOut], arguments: argparse.Namespace) -> str:
    """Return why a file would be empty, and what to do."""
    if any(each.why == NOT_RELEASED for each in left_out):
        staff = ", or add --unreleased for a file of your own" if arguments.format in FOR_STAFF else ""
        todo = f"make results visible with `mlpgrader release {arguments.run_dir} --apply`{staff}"
    else:
        todo = "see to these first"
    return "\n".join([f"{arguments.run_dir}: there is nobody to write of; {todo}", *left_out_lines(left_out)])
