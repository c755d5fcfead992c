"""`mlpgrader rubric`: is this rubric valid, and what does it say?"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from grader import assignments, rubric
from grader.assignments import Assignment
from grader.cli import GRADED, options
from grader.cli.screen import Screen
from grader.errors import AuthorError
from grader.model import Parameter, Rubric
from grader.text import as_json_text, number, points, printable


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Validate a rubric, naming everything that is wrong with it, and print its items, checks, points,
        thresholds and limits.
        """,
        "mlpgrader rubric rubrics/byomlp.toml",
        "exit status: 0 when it is valid, 2 when it is not",
    )
    command.add_argument("file", metavar="FILE", help="a rubric file, or an assignment's id for its own rubric")
    command.add_argument("--json", action="store_true", help=f"print the rubric as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Validate the rubric that the arguments name, print it, and return the exit status."""
    if arguments.file in assignments.ids():
        assignment = assignments.find(arguments.file)
        path = assignment.rubric
    else:
        path = Path(arguments.file)
        assignment = _assignment(path)
    loaded = rubric.load(
        path,
        checks=assignment.check_thresholds,
        size_numbers=assignment.size_numbers,
        parameters=assignment.parameters,
    )
    if arguments.json:
        print(as_json_text(as_data(loaded)), end="")
        return GRADED
    console = Screen()
    console.print(Text(f"{loaded.title} ({loaded.assignment}): {points(loaded.points)} points", "bold"))
    console.print(_items(loaded, assignment))
    limits = ", ".join(f"{name} {points(value)}" for name, value in asdict(loaded.limits).items())
    console.print(Text(f"Limits: {limits}"))
    for size, values in loaded.sizes.items():
        console.print(Text(f"Size {size}: {', '.join(f'{name} {points(value)}' for name, value in values.items())}"))
    for name, value in loaded.parameters.items():
        console.print(Text(f"Parameter {name}: {_in_words(value)}"))
    console.print(Text(loaded.digest, "dim"))
    return GRADED


def as_data(loaded: Rubric) -> dict[str, Any]:
    """Return the rubric as plain data, schema `mlpgrader.rubric/1`."""
    return {
        "schema": "mlpgrader.rubric/1",
        "assignment": loaded.assignment,
        "title": loaded.title,
        "points": number(loaded.points),
        "digest": loaded.digest,
        "items": [
            {
                "id": item.id,
                "title": item.title,
                "points": number(item.points),
                "public": item.public,
                "checks": {name: number(worth) for name, worth in item.checks.items()},
            }
            for item in loaded.items
        ],
        "thresholds": {check: dict(values) for check, values in loaded.thresholds.items()},
        "sizes": {size: dict(values) for size, values in loaded.sizes.items()},
        "limits": asdict(loaded.limits),
        "parameters": {
            name: list(value) if isinstance(value, tuple) else value for name, value in loaded.parameters.items()
        },
    }


def _in_words(value: Parameter) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(printable, value)) or "none"
    return printable(value) if isinstance(value, str) else f"{value:g}"


def _assignment(path: Path) -> Assignment:
    """Find the assignment that the file says it is for; that it says so at all, `rubric.load` checks in full."""
    try:
        name = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("assignment")
    except OSError as error:
        give = f"give a rubric file, or one of the assignments {', '.join(assignments.ids())}"
        raise AuthorError(f"{path}: cannot be read ({error.strerror}); {give}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        name = None
    if isinstance(name, str) and name:
        return assignments.find(name)
    # whatever the assignment may be, this file is refused: load says why
    found, _ = assignments.every()
    return found[0]


def _items(loaded: Rubric, assignment: Assignment) -> Table:
    titles = {check.name: check.title for check in assignment.checks}
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Check", overflow="fold")
    table.add_column("What a student reads", ratio=1, overflow="fold")
    table.add_column("Thresholds", overflow="fold")
    table.add_column("Points", justify="right", no_wrap=True)
    for item in loaded.items:
        heading = item.title if item.public else f"{item.title} (not in a self-check)"
        table.add_row(Text(item.id, "bold"), Text(heading, "bold"), "", Text(points(item.points), "bold"))
        for name, worth in item.checks.items():
            limits = "\n".join(f"{key} {value:g}" for key, value in loaded.thresholds.get(name, {}).items())
            table.add_row(Text(f"  {name}"), Text(titles[name]), Text(limits), Text(points(worth)))
    return table
