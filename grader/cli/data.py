"""`mlpgrader data`: which data sets are on this machine, and fetching those that can be fetched."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader import assignments, datasets
from grader.cli import GRADED, WRONG, options
from grader.cli.screen import Screen
from grader.datasets import DataSet, Drawn, Facts, Files
from grader.datasets.finding import MISSING, WHOLE
from grader.datasets.finding import WRONG as ANOTHER
from grader.errors import AuthorError
from grader.report.console import Pen
from grader.suggestions import did_you_mean
from grader.text import as_json_text, printable

STYLES = {WHOLE: "green", MISSING: "yellow", ANOTHER: "red"}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.describe(
        command,
        """
        Assignments declare the data sets that they work with. Their files are used where they are at hand: in the
        folder of --data, else in that of an environment variable, else in the cache that `mlpgrader data fetch`
        fills. The digits are MNIST, the variable is MLPGRADER_DATA, and without files they are drawn.
        """,
        """
        mlpgrader data fetch
        mlpgrader data show
        """,
        "exit status: 0 when done, 2 when files cannot be fetched or what is there would be refused",
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    fetch = options.add_command(
        actions,
        "fetch",
        "fetch data sets into the cache",
        """
        Fetch the files of a data set (those of MNIST: 11 MB to load, 55 MB on disk) from the first public mirror that
        has them, verify them, and put them into the cache. What was stopped, also with Ctrl-C, goes on the next time.
        """,
        """
        mlpgrader data fetch
        mlpgrader data fetch --from https://mirror.example.org/mnist/
        """,
        "exit status: 0 when all files are there, 2 when they could not be fetched, 130 when stopped with Ctrl-C",
    )
    fetch.add_argument("name", metavar="NAME", nargs="?", help="this data set only (default: all that can be fetched)")
    fetch.add_argument(
        "--from", dest="mirror", metavar="URL", help="the folder of the files, instead of the known mirrors"
    )
    show = options.add_command(
        actions,
        "show",
        "show which data sets are there",
        "Look where a grading looks for its data, verify what is there, and say what a grading would use.",
        """
        mlpgrader data show
        mlpgrader data show --data ../mnist --json
        """,
        "exit status: 0 when a grading has data to use, 2 when it would refuse what is there",
    )
    show.add_argument("name", metavar="NAME", nargs="?", help="this data set only (default: all)")
    show.add_argument("--data", metavar="DIR", type=Path, help="a folder with the files, as a grading is given it")
    show.add_argument("--json", action="store_true", help=f"print what was found as JSON, {options.JSON}")


def run(arguments: argparse.Namespace) -> int:
    """Fetch data sets, or show what there is; return the exit status."""
    wanted = named(arguments.name)
    if arguments.action == "fetch":
        return fetch([each for each in wanted if can_be_fetched(each, arguments.mirror)], arguments.mirror)
    return _show(wanted, arguments)


def named(name: str | None) -> tuple[DataSet, ...]:
    """Return the data sets of that name, all that assignments declare where none is given; AuthorError for one that is not."""
    declared = assignments.data_sets()
    names = sorted({each.name for each in declared})
    if name is not None and name not in names:
        suggestion = did_you_mean(name, names) or f"; there are: {', '.join(names)}"
        raise AuthorError(f"no data set '{name}'{suggestion}")
    return tuple(each for each in declared if name in (None, each.name))


def can_be_fetched(data_set: DataSet, mirror: str | None) -> bool:
    """Tell whether there is an address to fetch its files from."""
    return data_set.files is not None and bool(mirror or data_set.files.mirrors)


def fetch(wanted: Sequence[DataSet], mirror: str | None) -> int:
    """Put the files of data sets into the cache, from `mirror` if it is named, and say where they are."""
    from grader.datasets import fetching

    if not wanted:
        raise AuthorError("there is no data set that can be fetched; mlpgrader data show says what there is")
    if mirror and len(wanted) > 1:
        several = " or ".join(each.name for each in wanted)
        raise AuthorError(f"--from {mirror}: of which data set? Say {several}")
    columns = TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), DownloadColumn()
    console = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as bar:

        def tell(line: str) -> None:
            bar.console.print(printable(line), markup=False, highlight=False, soft_wrap=True)

        for each in wanted:
            fetching.fetch(each, mirrors=(mirror,) if mirror else (), tell=tell, progress=_shown_on(bar))
    for each in wanted:
        if each.files:
            print(
                f"{each.files.title} is in {datasets.cache(each.files)}; a grading that is given no other folder uses it"
            )
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


def _show(wanted: Sequence[DataSet], arguments: argparse.Namespace) -> int:
    found = [datasets.where(each, arguments.data) for each in wanted]
    if arguments.json:
        print(as_json_text(as_data(found)), end="")
    else:
        screen = Screen()
        pen = Pen(screen.options.ascii_only)
        for facts in found:
            screen.print(as_table(facts, pen))
            for line in conclusion(facts):
                screen.print(pen.write(line), soft_wrap=True)
    return GRADED if all(facts.uses for facts in found) else WRONG


def as_data(found: Sequence[Facts]) -> dict[str, Any]:
    """Return the facts as plain data, schema `mlpgrader.data/2`."""
    return {"schema": "mlpgrader.data/2", "sets": [_of_one(facts) for facts in found]}


def _of_one(facts: Facts) -> dict[str, Any]:
    files, drawn = facts.data_set.files, facts.data_set.drawn
    return {
        "name": facts.data_set.name,
        "uses": facts.uses.kind if facts.uses else "",
        "folder": str(facts.places[0].folder) if isinstance(facts.uses, Files) else "",
        "files": files.kind if files else "",
        "places": [
            {
                "source": place.source,
                "folder": str(place.folder),
                "files": [{"name": file.name, "state": file.state, "detail": file.detail} for file in place.files],
            }
            for place in facts.places
        ],
        "drawn": drawn.kind if drawn else "",
        "kept": str(facts.kept or ""),
    }


def as_table(facts: Facts, pen: Pen) -> Table:
    """Return the facts as a table, a line for each file and one for what is drawn."""
    files, drawn = facts.data_set.files, facts.data_set.drawn
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for place in facts.places:
        title = f"{files.title if files else facts.data_set.name}, {place.source}"
        table.add_row(pen.write(title, "bold"), "", pen.write(str(place.folder)))
        for file in place.files:
            detail = file.detail if file.state == ANOTHER else ""
            table.add_row(pen.write(f"  {file.name}"), pen.write(file.state, STYLES[file.state]), pen.write(detail))
    if drawn:
        state = "kept" if facts.kept else "not drawn yet" if drawn.kept else "drawn anew each time"
        table.add_row(pen.write(drawn.title, "bold"), pen.write(state), pen.write(str(facts.kept or "")))
    return table


def conclusion(facts: Facts) -> list[str]:
    """Return what a grading uses, and how to get the other form of it."""
    match facts.uses:
        case Files(title=title):
            return [f"A grading uses {title} in {facts.places[0].folder}.", *_without(facts)]
        case Drawn(title=title):
            files = facts.data_set.files
            return [
                f"A grading uses {title}.",
                *([f"For {files.title}: {datasets.advice(facts.data_set)}"] if files else []),
            ]
    if facts.refused is None:
        return [f"A grading would not find the data set {facts.data_set.name}: {datasets.advice(facts.data_set)}."]
    source, folder = facts.refused.source, facts.refused.folder
    mend = "mlpgrader data fetch gets them again" if source == "cache" else f"mend {source}, or leave it out"
    return [f"A grading would refuse what is in {folder}: {mend}."]


def _without(facts: Facts) -> list[str]:
    if facts.data_set.drawn is None or facts.data_set.files is None:
        return []
    source, title = facts.places[0].source, facts.data_set.files.title
    away = "move this folder away" if source == "cache" else f"leave {source} out"
    return [f"For the {facts.data_set.drawn.title}: {away}, so that no {title} is found."]
