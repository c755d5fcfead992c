"""`mlpgrader pending`: what waits for a person, with what the student wrote."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import atomic
from grader.cli import GRADED, options
from grader.cli.screen import Screen
from grader.report.console import Pen
from grader.runs import Today
from grader.runs.answering import gather
from grader.runs.keeping import kept_book
from grader.runs.kept_answers import Answers
from grader.text import as_json_text, counted, points, printable

if TYPE_CHECKING:
    from grader.gradebook.nouns import Waiting

SCHEMA = "mlpgrader.pending/1"
Texts = Mapping[tuple[str, int, str], tuple[str, str]]


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        List what waits for a person in a run: answers that nobody has marked, marks that were made on an earlier
        result, and points that were withheld; with what the student wrote, and where to look at pictures. No student
        code runs. --csv writes a table to fill in, which `mlpgrader mark` reads.
        """,
        """
        mlpgrader pending graded
        mlpgrader pending graded --csv marks.csv
        """,
        """
        exit status:
          0  listed, whatever waits
          2  usage, run or gradebook is wrong
        """,
    )
    add = command.add_argument
    add("run_dir", metavar="RUN", type=Path, help="the --out folder of a run")
    add("--csv", metavar="FILE", type=Path, help="write a table to fill in: points and comments")
    add("--no-text", action="store_true", help="leave out what students wrote, which takes a moment for each")
    options.add_rubric(command, what="find answers by")
    options.add_gradebook(command)
    add("--json", action="store_true", help=f"print what waits as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """List what waits in the run that the arguments name and return the exit status."""
    from grader.gradebook import sheets

    with kept_book(arguments.run_dir, arguments.gradebook) as book:
        waiting = book.waiting()
    texts = {} if arguments.no_text else _texts(arguments.run_dir, waiting, Today(arguments.rubric))
    if arguments.csv:
        # a byte-order mark, as spreadsheets know UTF-8 by it
        atomic.write(arguments.csv, "\ufeff" + sheets.as_csv(waiting, texts))
    if arguments.json:
        print(as_json_text(as_data(waiting, texts)), end="")
        return GRADED
    if arguments.csv:
        print(f"{counted(len(waiting), 'line')} to fill in: {printable(str(arguments.csv))}")
    else:
        _show(waiting, texts)
    return GRADED


def as_data(waiting: Sequence[Waiting], texts: Texts) -> dict[str, Any]:
    """Return what waits as plain data, schema `mlpgrader.pending/1`."""
    return {"schema": SCHEMA, "waiting": [_row(each, texts) for each in waiting]}


def _row(each: Waiting, texts: Texts) -> dict[str, Any]:
    found, mark = each.found, each.mark
    text, see = texts.get((each.student, each.attempt, found.check), ("", ""))
    earlier = mark and {
        "points": None if mark.points is None else float(mark.points),
        "comment": mark.comment,
        "by": mark.author,
        "at": mark.made.isoformat(),
    }
    return {
        "student": printable(each.student),
        "name": printable(each.name),
        "attempt": each.attempt,
        "item": found.item,
        "check": found.check,
        "title": printable(found.title),
        "possible": float(found.possible),
        "why": str(each.why),
        "version": each.version,
        "earlier": earlier if mark and mark.is_there else None,
        "text": printable(text, newlines=True),
        "see": printable(see),
    }


def _texts(run_dir: Path, waiting: Sequence[Waiting], today: Today) -> Texts:
    """Return what was written, and where to look, by student, attempt and check."""
    failed = gather(run_dir, (each.folder for each in waiting), today)
    for name, why in failed.items():
        print(f"mlpgrader: {printable(name)}: what was written cannot be read: {why}", file=sys.stderr)
    answers = Answers(run_dir)
    return {
        (each.student, each.attempt, each.found.check): (
            answers.said(each.folder, each.found.check).text,
            str(answers.see(each.folder, each.found.check)),
        )
        for each in waiting
    }


def _show(waiting: Sequence[Waiting], texts: Texts) -> None:
    from grader.gradebook import sheets
    from grader.gradebook.nouns import called

    console = Screen()
    pen = Pen(console.options.ascii_only)
    place: tuple[str, str] | None = None
    for each in waiting:
        found, mark = each.found, each.mark
        if place != (found.item, found.check):
            place = found.item, found.check
            console.print(
                pen.write(
                    f"\n{found.title} ({found.item}, {found.check}): {counted(float(found.possible), 'point')}", "bold"
                )
            )
        earlier = f" ({points(float(mark.points))} by {mark.author})" if mark and mark.points is not None else ""
        attempt = f", attempt {each.attempt}" if each.attempt > 1 else ""
        known = called(each.name, each.student)
        console.print(pen.write(f"  {known}{attempt}: {sheets.in_words(each.why)}{earlier}"))
        text, see = texts.get((each.student, each.attempt, found.check), ("", ""))
        for line in text.splitlines():
            console.print(pen.write(f"      {line}"), soft_wrap=True)
        if see:
            console.print(pen.write(f"      see {see}"), soft_wrap=True)
    answers_wait = counted(len(waiting), "answer waits", "answers wait")
    console.print(pen.write(f"\n{answers_wait} for a person." if waiting else "Nothing waits for a person."))
