"""`mlpgrader mark`: marks of people from a file, with a preview."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from grader.cli import GRADED, UNSETTLED, options
from grader.cli.screen import Screen
from grader.report.console import Pen
from grader.runs.keeping import kept_book, refreshed
from grader.text import as_json_text, counted, printable

if TYPE_CHECKING:
    from grader.gradebook.marking import Step

SCHEMA = "mlpgrader.mark/1"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Take marks from a file: points and comments for what `mlpgrader pending RUN --csv FILE` lists, or for any other
        check. An empty cell leaves what is there; the word delete takes it away. A line without item and check is about the
        whole: its points are added to the sum. What would change is shown; --apply writes it. Where somebody has changed a
        mark since the file was written, both are shown and nothing is lost; --overwrite takes that of the file.
        """,
        """
        mlpgrader mark graded --csv marks.csv --as "Jane Doe"
        mlpgrader mark graded --csv marks.csv --as "Jane Doe" --apply
        """,
        """
        exit status:
          0  shown, or written
          1  some marks have been changed by somebody else meanwhile, and were left as they are
          2  usage, file, run or gradebook is wrong: nothing was written
        """,
    )
    add = command.add_argument
    add("run_dir", metavar="RUN", type=Path, help="the --out folder of a run")
    add("--csv", metavar="FILE", type=Path, required=True, help="the file of marks")
    options.add_author(command, what="marks")
    add("--apply", action="store_true", help="write it")
    add("--overwrite", action="store_true", help="where a mark was changed meanwhile, take that of the file")
    options.add_gradebook(command)
    add("--json", action="store_true", help=f"print the changes as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Take the marks of the file that the arguments name and return the exit status."""
    from grader.gradebook import sheets

    author = options.author(arguments)
    with kept_book(arguments.run_dir, arguments.gradebook) as book:
        given, said = sheets.read(arguments.csv, {each.student for each in book.attempts()})
        for line in said:
            print(f"mlpgrader: {line}", file=sys.stderr)
        steps = book.marks_planned(given, author=author, overwrite=arguments.overwrite)
        sheets.refuse(arguments.csv, [f"{step.given.where}: {step.wrong}" for step in steps if step.wrong])
        if arguments.apply:
            steps = book.mark(*given, author=author, overwrite=arguments.overwrite)
    if arguments.apply:
        refreshed(arguments.run_dir)
    if arguments.json:
        print(as_json_text(as_data(steps, applied=arguments.apply)), end="")
    else:
        _show(steps, applied=arguments.apply)
    return UNSETTLED if any(step.conflict for step in steps) else GRADED


def as_data(steps: Sequence[Step], *, applied: bool) -> dict[str, Any]:
    """Return what changes as plain data, schema `mlpgrader.mark/1`."""
    from grader.gradebook.marking import in_words

    return {
        "schema": SCHEMA,
        "applied": applied,
        "changes": [
            {
                "student": printable(step.given.student),
                "attempt": step.given.attempt,
                "item": step.given.item,
                "check": step.given.check,
                "before": in_words(step.before),
                "after": in_words(step.after),
                "by": step.before.author if step.before else "",
                "conflict": step.conflict,
                "opinion": step.opinion,
            }
            for step in steps
        ],
    }


def _show(steps: Sequence[Step], *, applied: bool) -> None:
    from grader.gradebook.marking import in_words

    console = Screen()
    pen = Pen(console.options.ascii_only)
    if steps:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for heading in ("Student", "What", "Before", "In the file", ""):
            table.add_column(heading, overflow="fold")
        for step in steps:
            given = step.given
            who = f"{given.student}, attempt {given.attempt}" if given.attempt > 1 else given.student
            before = (
                f"{in_words(step.before)} ({step.before.author})" if step.before and step.before.is_there else "none"
            )
            said = (
                "changed meanwhile: left as it is"
                if step.conflict
                else "your opinion beside the mark"
                if step.opinion
                else ""
            )
            cells = (who, given.check or "the whole", before, in_words(step.after) or "deleted", said)
            table.add_row(*(pen.write(each) for each in cells))
        console.print(table)
    conflicts = sum(step.conflict for step in steps)
    changes = counted(len(steps) - conflicts, "mark")
    console.print(pen.write(f"{changes} written." if applied else f"{changes} would change; --apply writes."))
    if conflicts:
        left = counted(conflicts, "mark was", "marks were")
        console.print(
            pen.write(
                f"{left} changed by somebody else since the file was written; --overwrite takes those of the file.",
                "yellow",
            )
        )
