"""What is going on, on standard error: a bar where somebody watches, a line for each submission where nobody does."""

from __future__ import annotations

import contextlib
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


class Display(Protocol):
    """Where it is said how far a run is."""

    def doing(self, name: str, what: str) -> None:
        """Say what is being done with the submission called `name`."""

    def done(self, name: str, line: str) -> None:
        """Say what became of it."""


@contextmanager
def display(total: int) -> Iterator[Display]:
    """Show how far a run over `total` submissions is: a bar in a terminal, else lines."""
    if not sys.stderr.isatty():
        yield Lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        yield Bar(progress, total)


class Bar:
    """A bar beside the names of those that are being graded and what is asked of them."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("grading", total=total)
        self._now: dict[str, str] = {}
        self._turn = threading.Lock()

    def doing(self, name: str, what: str) -> None:
        """Add or change what is said of `name`."""
        with self._turn:
            self._now[name] = what
            self._show()

    def done(self, name: str, line: str) -> None:
        """Count it."""
        with self._turn:
            self._now.pop(name, None)
            self._progress.advance(self._task)
            self._show()

    def _show(self) -> None:
        text = ", ".join(f"{printable(name)}: {what}" for name, what in self._now.items()) or "grading"
        self._progress.update(self._task, description=text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…")


class Lines:
    """A plain line for each that is done, and one now and then for what is being done."""

    def __init__(self, total: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._count = 0
        self._clock = clock
        self._said = clock() - QUIET_SECONDS

    def doing(self, name: str, what: str) -> None:
        """Write what is being done, unless something was written a moment ago: a log need not have everything."""
        if self._clock() - self._said >= QUIET_SECONDS:
            self._write(f"{printable(name)}: {printable(what)} ...")

    def done(self, name: str, line: str) -> None:
        """Write the line."""
        self._count += 1
        self._write(f"[{self._count}/{self._total}] {printable(name)}: {printable(line)}")

    def _write(self, line: str) -> None:
        self._said = self._clock()
        # a log that cannot be written, on a disk that is full, is no reason to grade nobody
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)
