"""What is going on, on standard error: a bar where somebody watches, a line for each submission where nobody does."""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from grader.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress

WIDTH = 48
# of a log, between two lines on what is being done
QUIET_SECONDS = 10.0
# from so many on, the time that is left is said
MANY = 10


class Display(Protocol):
    """Where it is said how far a run is."""

    def doing(self, name: str, what: str) -> None:
        """Say what is being done with the submission called `name`."""

    def done(self, name: str, line: str, *, became: str = "done", key: str = "") -> None:
        """Say what became of it: a line, and a word by which it is counted; `key` is what `doing` calls it."""


class Tally:
    """What became of how many, and how long the rest will take if it goes on so."""

    def __init__(self, total: int, clock: Callable[[], float], began: float) -> None:
        self.total, self.count = total, 0
        self._became: dict[str, int] = {}
        self._clock, self._began = clock, began

    def add(self, became: str) -> None:
        """Count one."""
        self.count += 1
        self._became[became] = self._became.get(became, 0) + 1

    @property
    def left(self) -> str:
        """How much time is left, in words; empty where that cannot be told."""
        if not 0 < self.count < self.total:
            return ""
        seconds = (self._clock() - self._began) / self.count * (self.total - self.count)
        return f"about {in_time(seconds)} left"

    @property
    def words(self) -> str:
        """What became of how many, and the time that is left."""
        counted = [f"{count} {word}" for word, count in self._became.items()]
        return ", ".join([*counted, *([self.left] if self.left else [])])


def in_time(seconds: float) -> str:
    """Return a length of time as people say it when it need not be exact.

    >>> in_time(40), in_time(200), in_time(9000)
    ('1 min', '4 min', '2 h 30 min')
    """
    minutes = max(1, math.ceil(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


@contextmanager
def display(total: int) -> Iterator[Display]:
    """Show how far a run over `total` submissions is: a bar in a terminal, else lines."""
    if not sys.stderr.isatty():
        yield Lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    words = TextColumn("{task.fields[words]}", markup=False)
    columns = TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), MofNCompleteColumn(), words
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, total)


class Bar:
    """A bar beside the names of those that are being graded and what is asked of them."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._tally = Tally(total, time.monotonic, time.monotonic())
        self._task = progress.add_task("grading", total=total, words="")
        self._now: dict[str, str] = {}
        self._turn = threading.Lock()

    def doing(self, name: str, what: str) -> None:
        """Add or change what is said of `name`."""
        with self._turn:
            self._now[name] = what
            self._show()

    def done(self, name: str, line: str, *, became: str = "done", key: str = "") -> None:
        """Count it; one that was not graded gets a line, since nobody would see which one that was."""
        with self._turn:
            self._now.pop(key or name, None)
            self._tally.add(became)
            if became != "done":
                self._progress.console.print(f"{printable(name)}: {printable(line)}", markup=False, highlight=False)
            self._progress.advance(self._task)
            self._show()

    def _show(self) -> None:
        text = ", ".join(f"{printable(name)}: {what}" for name, what in self._now.items()) or "grading"
        text = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
        self._progress.update(self._task, description=text, words=self._tally.words)


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

    def done(self, name: str, line: str, *, became: str = "done", key: str = "") -> None:
        """Write the line, with the time that is left where there are so many that it matters."""
        self._tally.add(became)
        left = f" ({self._tally.left})" if self._tally.total >= MANY and self._tally.left else ""
        self._write(f"[{self._tally.count}/{self._tally.total}] {printable(name)}: {printable(line)}{left}")

    def _write(self, line: str) -> None:
        self._said = self._clock()
        # a log that cannot be written, on a disk that is full, is no reason to grade nobody
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)
