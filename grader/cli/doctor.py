"""`mlpgrader doctor`: what this machine can do, and what to do about the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict

from rich.table import Table

from grader import __version__, doctor
from grader.cli import GRADED, WRONG, options
from grader.cli.screen import Screen
from grader.doctor import Outcome, Refusal, Row, State
from grader.doctor.machine import PROMISE
from grader.model import SandboxSpec
from grader.report.console import Pen
from grader.text import as_json_text

STYLES = {State.OK: "green", State.WEAKER: "yellow", State.MISSING: "red"}
OUTCOMES = {Outcome.HELD: "green", Outcome.NOT_HELD: "red", Outcome.UNTESTABLE: "yellow"}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Look at versions, the container engine and the image, and say what to do about what is missing. Then start each
        sandbox that this machine can have and try inside what must be refused: network, system calls, files of this
        machine, processes, memory and disk without end. Each attempt is held, not held, or not testable here.
        """,
        """
        mlpgrader doctor
        mlpgrader doctor --engine podman --runtime runc
        """,
        "exit status: 0 when submissions can be graded in containers, 2 when something has to be done first",
    )
    options.add_containers(command)
    command.add_argument("--json", action="store_true", help=f"print what was found as JSON, {options.JSON}")


def run(arguments: argparse.Namespace, examine: Callable[[SandboxSpec], Sequence[Row]] = doctor.examine) -> int:
    """Look at this machine, print what was found, and return the exit status."""
    if sys.stderr.isatty():
        print("looking at this machine, which takes a few seconds", file=sys.stderr)
    rows = examine(SandboxSpec("docker", arguments.engine, arguments.image, arguments.runtime))
    if arguments.json:
        print(as_json_text(as_data(rows)), end="")
    else:
        screen = Screen()
        pen = Pen(screen.options.ascii_only)
        screen.print(as_table(rows, pen))
        if refusals := [each for row in rows for each in row.refusals]:
            screen.print()
            screen.print(refusals_table(refusals, pen))
            for line in reasons(refusals):
                screen.print(pen.write(f"→ {line}"))
            screen.print(pen.write(f"The process sandbox {PROMISE}.", "dim"))
    return WRONG if any(row.state is State.MISSING for row in rows) else GRADED


def as_data(rows: Sequence[Row]) -> dict[str, object]:
    """Return the rows, and what came of every attempt in every sandbox, as plain data, schema `mlpgrader.doctor/1`."""
    found = [{"name": row.name, "state": str(row.state), "detail": row.detail, "advice": row.advice} for row in rows]
    refusals = [{**asdict(each), "outcome": str(each.outcome)} for row in rows for each in row.refusals]
    return {"schema": "mlpgrader.doctor/1", "grader_version": __version__, "rows": found, "refusals": refusals}


def as_table(rows: Sequence[Row], pen: Pen) -> Table:
    """Return the rows as a table, what to do below what was found."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(pen.write(row.name), pen.write(str(row.state), STYLES[row.state]), pen.write(row.detail))
        if row.advice:
            table.add_row("", "", pen.write(f"→ {row.advice}"))
    return table


def refusals_table(refusals: Sequence[Refusal], pen: Pen) -> Table:
    """Return what was tried, a line each, with a column a sandbox."""
    sandboxes = list(dict.fromkeys(each.sandbox for each in refusals))
    found = {(each.name, each.sandbox): each.outcome for each in refusals}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("What was tried inside", *sandboxes):
        table.add_column(pen.write(title))
    for name in dict.fromkeys(each.name for each in refusals):
        outcomes = [found[name, sandbox] for sandbox in sandboxes if (name, sandbox) in found]
        table.add_row(pen.write(name), *(pen.write(str(each), OUTCOMES[each]) for each in outcomes))
    return table


def reasons(refusals: Sequence[Refusal]) -> list[str]:
    """Return a line for everything that is not simply held: where, what, why, and what to do."""
    return [
        f"{each.sandbox}, {each.name}: {each.outcome}: {each.detail}" + (f"; {each.advice}" if each.advice else "")
        for each in refusals
        if each.outcome is not Outcome.HELD
    ]
