"""What is going on, on standard error: a bar where somebody watches, a line for each submission where nobody does."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.text import printable

WIDTH = 48


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
    """A plain line for each that is done."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._count = 0

    def doing(self, name: str, what: str) -> None:
        """Say nothing: a log has no use for it."""

    def done(self, name: str, line: str) -> None:
        """Write the line."""
        self._count += 1
        # a log that cannot be written, on a disk that is full, is no reason to grade nobody
        with contextlib.suppress(OSError):
            print(f"[{self._count}/{self._total}] {printable(name)}: {printable(line)}", file=sys.stderr, flush=True)
