"""`mlpgrader data`: which digits are on this machine, and getting MNIST."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader import digits
from grader.cli import GRADED, WRONG
from grader.cli.screen import Screen
from grader.digits import Facts
from grader.digits.where import MISSING, WHOLE, Place
from grader.digits.where import WRONG as NOT_MNIST
from grader.report.console import Pen
from grader.text import as_json_text, printable

STYLES = {WHOLE: "green", MISSING: "yellow", NOT_MNIST: "red"}


def run(arguments: argparse.Namespace) -> int:
    """Fetch MNIST, or show what there is; return the exit status."""
    return _fetch(arguments) if arguments.action == "fetch" else _show(arguments)


def _fetch(arguments: argparse.Namespace) -> int:
    from grader.digits import fetching

    folder = digits.cache.mnist_folder()
    mirrors = (arguments.mirror,) if arguments.mirror else fetching.MIRRORS
    columns = TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), DownloadColumn()
    console = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:

        def tell(line: str) -> None:
            bar.console.print(printable(line), markup=False, highlight=False, soft_wrap=True)

        fetching.fetch(folder, mirrors=mirrors, tell=tell, progress=_shown_on(bar))
    print(f"MNIST is in {folder}; a grading that is given no other folder uses it")
    return GRADED


def _shown_on(bar: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, TaskID] = {}

    def show(name: str, done: int, total: int) -> None:
        if name not in tasks:
            for earlier in tasks.values():
                bar.update(earlier, visible=False)
            tasks[name] = bar.add_task(name, total=None)
        bar.update(tasks[name], completed=done, total=total or None)

    return show


def _show(arguments: argparse.Namespace) -> int:
    facts = digits.where(arguments.data)
    if arguments.json:
        print(as_json_text(as_data(facts)), end="")
    else:
        screen = Screen()
        pen = Pen(screen.options.ascii_only)
        screen.print(as_table(facts, pen))
        for line in conclusion(facts):
            screen.print(pen.write(line), soft_wrap=True)
    return GRADED if facts.uses else WRONG


def as_data(facts: Facts) -> dict[str, Any]:
    """Return the facts as plain data, schema `mlpgrader.data/1`."""
    return {
        "schema": "mlpgrader.data/1",
        "uses": facts.uses,
        "folder": str(facts.place.folder) if facts.place else "",
        "mnist": [
            {
                "source": place.source,
                "folder": str(place.folder),
                "files": [{"name": file.name, "state": file.state, "detail": file.detail} for file in place.files],
            }
            for place in facts.places
        ],
        "drawn": {"file": str(facts.drawn), "kept": facts.drawn_kept},
    }


def as_table(facts: Facts, pen: Pen) -> Table:
    """Return the facts as a table, a line for each file and one for the drawn digits."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for place in facts.places:
        table.add_row(pen.write(f"MNIST, {place.source}", "bold"), "", pen.write(str(place.folder)))
        for file in place.files:
            detail = file.detail if file.state == NOT_MNIST else ""
            table.add_row(pen.write(f"  {file.name}"), pen.write(file.state, STYLES[file.state]), pen.write(detail))
    state = "kept" if facts.drawn_kept else "not drawn yet"
    table.add_row(
        pen.write("drawn digits", "bold"), pen.write(state), pen.write(str(facts.drawn) if facts.drawn_kept else "")
    )
    return table


def conclusion(facts: Facts) -> list[str]:
    """Return which digits a grading uses, and how to get the others."""
    if facts.uses == "mnist" and facts.place is not None:
        return [f"A grading uses MNIST in {facts.place.folder}.", _other(facts.place)]
    if facts.uses == "drawn":
        return [
            "A grading uses the drawn digits.",
            "For MNIST: mlpgrader data fetch, or name the folder of its files: --data DIR",
        ]
    wrong = facts.places[0]
    mend = (
        "mlpgrader data fetch gets them again" if wrong.source == "cache" else f"mend {wrong.source}, or leave it out"
    )
    return [f"A grading would refuse what is in {wrong.folder}: {mend}."]


def _other(place: Place) -> str:
    away = "move this folder away" if place.source == "cache" else f"leave {place.source} out"
    return f"For the drawn digits: {away}, so that no MNIST is found."
