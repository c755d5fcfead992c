"""The table of a run in a terminal: who is graded and what is asked of them, and below it how far all of it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.cli.tally import Tally
from grader.text import printable

BAR = 24
# beside the submissions: headings, how far it is, and what was there before
ROOM = 6


@dataclass
class _Going:
    what: str
    since: float


class Board:
    """What is going on, the longest first, and what became of the others; `say` prints a line above it.

    Its functions may be called from several threads. `clock` tells the seconds.
    """

    def __init__(self, total: int, say: Callable[..., Any], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._began = clock()
        self._tally = Tally(total, clock, self._began)
        self._going: dict[str, _Going] = {}
        self._turn = threading.Lock()

    def doing(self, name: str, what: str) -> None:
        """Add or change what is said of `name`."""
        with self._turn:
            self._going.setdefault(name, _Going(what, self._clock())).what = what

    def done(self, name: str, line: str, *, became: str = "done") -> None:
        """Count it; one that was not graded, or not in full, gets a line, since nobody would see which one that was."""
        with self._turn:
            self._going.pop(name, None)
            self._tally.add(became)
        if became != "done":
            self._say(Text(f"{printable(name)}: {printable(line)}"))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table as it is now, never higher than the terminal."""
        with self._turn:
            yield Group(self._rows(max(1, console.size.height - ROOM)), self._whole())

    def _rows(self, room: int) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
        for heading, ratio in (("Being graded", 3), ("what is asked", 4)):
            table.add_column(heading, ratio=ratio, no_wrap=True, overflow="ellipsis", header_style="dim")
        table.add_column("for", justify="right", no_wrap=True, header_style="dim")
        for name, going in list(self._going.items())[:room]:
            seconds = clocked(self._clock() - going.since)
            table.add_row(Text(printable(name)), Text(printable(going.what)), Text(seconds))
        if len(self._going) > room:
            table.add_row(Text(f"and {len(self._going) - room} more", style="dim"), "", "")
        return table

    def _whole(self) -> Table:
        tally = self._tally
        table = Table.grid(padding=(0, 1))
        for _ in range(3):
            table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        bar = ProgressBar(total=max(tally.total, 1), completed=tally.count, width=BAR)
        passed = clocked(self._clock() - self._began)
        table.add_row(bar, f"{tally.count}/{tally.total}", passed, Text(tally.words))
        return table


def clocked(seconds: float) -> str:
    """Return a length of time as a clock shows it.

    >>> clocked(7.9), clocked(3725)
    ('0:07', '1:02:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
