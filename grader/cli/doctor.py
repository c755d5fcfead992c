"""`mlpgrader doctor`: what this machine can do, and what to do about the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from rich.table import Table

from grader import __version__, doctor
from grader.cli import GRADED, WRONG
from grader.cli.screen import Screen
from grader.doctor import Row, State
from grader.pipeline.delivery import as_text
from grader.report.console import Pen

STYLES = {State.OK: "green", State.WEAKER: "yellow", State.MISSING: "red"}


def run(arguments: argparse.Namespace, examine: Callable[[], Sequence[Row]] = doctor.examine) -> int:
    """Look at this machine, print what was found, and return the exit status."""
    if sys.stderr.isatty():
        print("looking at this machine, which takes a few seconds", file=sys.stderr)
    rows = examine()
    if arguments.json:
        print(as_text(as_data(rows)), end="")
    else:
        screen = Screen()
        screen.print(as_table(rows, Pen(screen.options.ascii_only)))
    return WRONG if any(row.state is State.MISSING for row in rows) else GRADED


def as_data(rows: Sequence[Row]) -> dict[str, object]:
    """Return the rows as plain data, schema `mlpgrader.doctor/1`."""
    found = [{"name": row.name, "state": str(row.state), "detail": row.detail, "advice": row.advice} for row in rows]
    return {"schema": "mlpgrader.doctor/1", "grader_version": __version__, "rows": found}


def as_table(rows: Sequence[Row], pen: Pen) -> Table:
    """Return the rows as a table, what to do below what was found."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(pen.write(row.name), pen.write(str(row.state), STYLES[row.state]), pen.write(row.detail))
        if row.advice:
            table.add_row("", "", pen.write(f"→ {row.advice}"))
    return table
