"""`mlpgrader release`: the one switch that makes results visible to students."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from grader.cli import GRADED, options, values
from grader.cli.screen import Screen
from grader.report.console import Pen
from grader.runs.keeping import kept_book
from grader.text import as_json_text, counted, printable

if TYPE_CHECKING:
    from grader.gradebook.counting import Ready

SCHEMA = "mlpgrader.release/1"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Release the results of a run: only then are they in the files that `mlpgrader export` writes for students. Who is
        ready, and what the others wait for, is shown; --apply releases those who are ready. --withdraw takes it back
        for files that are written from then on.
        """,
        """
        mlpgrader release graded
        mlpgrader release graded --apply
        """,
        """
        exit status:
          0  shown, or written
          2  usage, run or gradebook is wrong
        """,
    )
    add = command.add_argument
    add("run_dir", metavar="RUN", type=Path, help="the --out folder of a run")
    add("--only", metavar="ID,ID", type=values.names, default=(), help="these students or groups only")
    options.add_author(command, what="releases")
    add("--apply", action="store_true", help="write it")
    add("--withdraw", action="store_true", help="take a release back")
    options.add_gradebook(command)
    add("--json", action="store_true", help=f"print who is ready as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Release what the arguments name and return the exit status."""
    author = options.author(arguments)
    with kept_book(arguments.run_dir, arguments.gradebook) as book:
        from grader.gradebook import counting

        ready = counting.named(book.ready(), arguments.only)
        meant = counting.meant(ready, withdraw=arguments.withdraw)
        if arguments.apply:
            book.release({each.student for each in meant}, author=author, withdraw=arguments.withdraw)
    if arguments.json:
        print(as_json_text(as_data(ready, meant, arguments)), end="")
    else:
        _show(ready, meant, arguments)
    return GRADED


def as_data(ready: Sequence[Ready], meant: Sequence[Ready], arguments: argparse.Namespace) -> dict[str, Any]:
    """Return who is ready as plain data, schema `mlpgrader.release/1`; `meant` are those that the command is for."""
    now = {each.student for each in meant}
    return {
        "schema": SCHEMA,
        "applied": arguments.apply,
        "withdraw": arguments.withdraw,
        "students": [
            {
                "student": printable(each.student),
                "name": printable(each.name),
                "points": None if each.points is None else float(each.points),
                "possible": float(each.possible),
                "why_not": printable(each.why_not),
                "released_before": bool(each.released),
                "changes": each.student in now,
            }
            for each in ready
        ],
    }


def _show(ready: Sequence[Ready], meant: Sequence[Ready], arguments: argparse.Namespace) -> None:
    from grader.gradebook.nouns import called

    console = Screen()
    pen = Pen(console.options.ascii_only)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", overflow="fold")
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("", ratio=1, overflow="fold")
    now = {each.student for each in meant}
    done, planned = ("withdrawn", "to be withdrawn") if arguments.withdraw else ("released", "to be released")
    for each in ready:
        name = called(each.name, each.student)
        points = "" if each.points is None else f"{each.points:f} / {each.possible:f}"
        if each.student in now:
            state = done if arguments.apply else planned
        else:
            state = f"released by {each.released}" if each.released else ""
        table.add_row(*(pen.write(text) for text in (name, points, "; ".join(filter(None, (state, each.why_not))))))
    console.print(table)
    waiting = sum(bool(each.why_not) for each in ready)
    how_many = counted(len(meant), "student or group", "students or groups")
    said = f"{how_many} {done if arguments.apply else planned}, {waiting} not ready."
    console.print(pen.write(said if arguments.apply else f"{said} --apply writes."))
