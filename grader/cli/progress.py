"""What is going on, on standard error: a table where somebody watches, a line for each submission where nobody does."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from grader.cli.tally import Tally
from grader.text import printable

# of a log, between two lines on what is being done
QUIET_SECONDS = 10.0
# from so many on, the time that is left is said
MANY = 10


class Display(Protocol):
    """Where it is said how far a run is."""

    def doing(self, name: str, what: str) -> None:
        """Say what is being done with the submission called `name`."""

    def done(self, name: str, line: str, *, became: str = "done") -> None:
        """Say what became of it: a line, and a word by which it is counted."""


@contextmanager
def display(total: int) -> Iterator[Display]:
    """Show how far a run over `total` submissions is: a table in a terminal, else lines."""
    if not sys.stderr.isatty():
        yield Lines(total)
        return
    from rich.console import Console
    from rich.live import Live

    from grader.cli.board import Board

    console = Console(stderr=True)
    board = Board(total, console.print)
    with Live(board, console=console, refresh_per_second=4, transient=True):
        yield board


class Lines:
    """A plain line for each that is done, and one now and then for what is being done."""

    def __init__(self, total: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        began = clock()
        self._said = began - QUIET_SECONDS
        self._tally = Tally(total, clock, began)

    def doing(self, name: str, what: str) -> None:
        """Write what is being done, unless something was written a moment ago: a log need not have everything."""
        if self._clock() - self._said >= QUIET_SECONDS:
            self._write(f"{printable(name)}: {printable(what)} ...")

    def done(self, name: str, line: str, *, became: str = "done") -> None:
        """Write the line, with the time that is left where there are so many that it matters."""
        self._tally.add(became)
        left = f" ({self._tally.left})" if self._tally.total >= MANY and self._tally.left else ""
        self._write(f"[{self._tally.count}/{self._tally.total}] {printable(name)}: {printable(line)}{left}")

    def _write(self, line: str) -> None:
        self._said = self._clock()
        # a log that cannot be written, on a disk that is full, is no reason to grade nobody
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)
