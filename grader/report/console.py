"""The report in a terminal: 80 columns suffice, colour says nothing alone, no markup of a student is obeyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.causes import LOST, Cause, causes
from grader.model import Marks, Result, ScoredItem, Verdict
from grader.report.layout import Entry, followers, headline, outline, remarks, setting, spared
from grader.text import counted, points, printable

STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.BLOCKED: "dim",
    Verdict.UNDECIDED: "yellow",
    Verdict.PENDING: "cyan",
}
PLAIN_SYMBOLS = {
    Verdict.PASSED: "ok",
    Verdict.FAILED: "NO",
    Verdict.BLOCKED: "--",
    Verdict.UNDECIDED: "??",
    Verdict.PENDING: "..",
}
# between two columns, and what those of a class table that are always there need
GAP, BESIDE = 3, 50
PLAIN_SIGNS = str.maketrans({"“": '"', "”": '"', "·": "-", "→": "->", "…": "...", "−": "-"})


@dataclass(frozen=True)
class Single:
    """One result, printable by a rich console."""

    result: Result

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        pen = Pen(options.ascii_only)
        yield pen.write(f"{self.result.assignment_title or self.result.assignment} · {self.result.id}", "bold")
        yield Text()
        table = Table(box=None, expand=True, padding=(0, 1), pad_edge=False, show_header=False)
        table.add_column("Checks", ratio=1)
        table.add_column("Points", justify="right", no_wrap=True)
        for item, entries in outline(self.result.items, faults=True):
            _add_item(table, pen, item, entries)
        yield table
        for number, cause in enumerate(causes(self.result), start=1):
            yield from _card(pen, number, cause)
        marks = self.result.marks
        pending = f", {points(marks.pending)} pending" if marks.pending else ""
        score = f"{points(marks.earned)} of {points(marks.possible)} points{pending}."
        yield pen.write(f"{score} {headline(self.result)}", "bold")
        for remark in remarks(self.result):
            yield pen.write(remark, "yellow")
        if told := setting(self.result):
            yield pen.write(told, "dim")


@dataclass(frozen=True)
class Summary:
    """A class of results, and of submissions that could not be read, printable by a rich console."""

    results: tuple[Result, ...]
    failures: Mapping[str, str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        pen = Pen(options.ascii_only)
        titles = {item.id: item.title for result in self.results for item in result.items}
        narrow = not _fits(titles.values(), options.max_width)
        if narrow:
            titles = {}
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("Submission", ratio=1, overflow="fold")
        for title in titles.values():
            table.add_column(pen.write(title), justify="right")
        table.add_column("Points", justify="right", no_wrap=True)
        pending = any(result.marks.pending for result in self.results)
        if pending:
            table.add_column("Pending", justify="right", no_wrap=True)
        table.add_column("Look at first", ratio=2, overflow="fold")
        for result in sorted(self.results, key=lambda result: result.id):
            earned = {item.id: _earned(item.marks) for item in result.items}
            cells = [pen.write(earned.get(each, "")) for each in titles]
            total = pen.write(f"{points(result.marks.earned)} / {points(result.marks.possible)}", "bold")
            waits = [pen.write(points(result.marks.pending))] * pending
            table.add_row(pen.write(result.id), *cells, total, *waits, _first(pen, result))
        for name, reason in sorted(self.failures.items()):
            table.add_row(
                pen.write(name), *[""] * (len(titles) + pending), "", pen.write(f"not graded: {reason}", "red")
            )
        yield table
        if narrow:
            yield pen.write("There is no room for a column for each item; summary.csv has them.", "dim")
        if self.results:
            mean = sum(result.marks.earned for result in self.results) / len(self.results)
            unread = f", {len(self.failures)} could not be read" if self.failures else ""
            yield pen.write(f"{len(self.results)} graded{unread}; {counted(round(mean, 2), 'point')} on average.")


@dataclass(frozen=True)
class Pen:
    """Writes text that a terminal shows as it is, in ASCII alone where it shows nothing else."""

    plain: bool

    def write(self, text: str, style: str = "") -> Text:
        shown = printable(text, newlines=True)
        if self.plain:
            shown = shown.translate(PLAIN_SIGNS).encode("ascii", "backslashreplace").decode()
        return Text(shown, style=style, overflow="fold")

    def symbol(self, entry: Entry) -> Text:
        plain = PLAIN_SYMBOLS[Verdict.BLOCKED if entry.spared else entry.state]
        return Text(plain if self.plain else entry.symbol, style=f"bold {_style(entry)}")


def _add_item(table: Table, pen: Pen, item: ScoredItem, entries: Iterable[Entry]) -> None:
    table.add_row(pen.write(item.title, "bold"), pen.write(_of(item.marks), "bold"))
    for entry in entries:
        if entry.state in LOST and len(entry.rows) > 1:
            _add_line(table, pen, entry, counted(len(entry.rows), "check"), entry.marks)
        else:
            for row in entry.rows:
                _add_line(table, pen, entry, row.finding.title, row.marks)
        if entry.message:
            table.add_row(Padding(pen.write(entry.message, _style(entry)), (0, 0, 0, 4)), "")
        if entry.hint:
            table.add_row(Padding(_hanging(pen.write("→"), pen.write(entry.hint)), (0, 0, 0, 4)), "")
    table.add_row()


def _add_line(table: Table, pen: Pen, entry: Entry, title: str, marks: Marks) -> None:
    why = f" ({'not judged, ' if entry.spared else ''}see {entry.cause} below)" if entry.cause else ""
    words = pen.write(f"{title}{why}", "dim" if entry.spared or entry.state == Verdict.BLOCKED else "")
    table.add_row(Padding(_hanging(pen.symbol(entry), words), (0, 0, 0, 2)), pen.write(_of(marks)))


def _card(pen: Pen, number: int, cause: Cause) -> Iterator[RenderableType]:
    """Yield what a cause is, what was seen, what to do, and how much waits for it."""
    table = Table(box=None, expand=True, padding=(0, 1), pad_edge=False, show_header=False)
    table.add_column("Number", no_wrap=True)
    table.add_column("Cause", ratio=1)
    table.add_column("Points", justify="right", no_wrap=True)
    lost = pen.write(f"−{points(cause.lost)}", "bold") if cause.lost else ""
    table.add_row(pen.write(f"{number}.", "bold red"), pen.write(cause.title, "bold"), lost)
    if cause.message and cause.message != cause.title:
        table.add_row("", pen.write(cause.message, STYLES[Verdict.FAILED]), "")
    if cause.hint:
        table.add_row("", _hanging(pen.write("→"), pen.write(cause.hint)), "")
    for line in (followers(cause), spared(cause)):
        if line:
            table.add_row("", pen.write(line, "dim"), "")
    yield table
    yield Text()


def _style(entry: Entry) -> str:
    return "dim" if entry.spared else STYLES[entry.state]


def _hanging(sign: Text, text: Text) -> Table:
    """Return `text` with `sign` before its first line and the others below its own beginning."""
    table = Table.grid(padding=(0, 1))
    table.add_row(sign, text)
    return table


def _fits(titles: Iterable[str], width: int) -> bool:
    """Tell whether columns with these titles, broken between words, leave room for names, points and reasons."""
    return sum(max(map(len, title.split()), default=0) + GAP for title in titles) <= width - BESIDE


def _first(pen: Pen, result: Result) -> Text:
    """Return what staff would look at first: points withheld, then the cause that costs most."""
    marks = result.marks
    said = [f"{points(marks.withheld)} withheld"] if marks.withheld else []
    said += [cause.title for cause in causes(result)][:1]
    return pen.write(", ".join(said))


def _of(marks: Marks) -> str:
    if marks.pending and marks.pending == marks.possible:
        return f"{points(marks.pending)} pending"
    return f"{_earned(marks)} / {points(marks.possible)}" if marks.possible else ""


def _earned(marks: Marks) -> str:
    return "?" if marks.earned == 0 and marks.withheld else points(marks.earned)
