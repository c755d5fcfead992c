"""What a child process says of itself while it works on a submission, and the limits of processor time that it sets itself.

A step that uses more than it may ends the child, by a signal of the system that no code can hold up: not even a library that
does not let Python go on. The parent knows from what was said before at which step that was.
"""

from __future__ import annotations

import itertools
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a child is at."""

    OBSERVING = "observing"
    PARSING = "parsing"
    CHECKING = "checking"
    REPORTING = "reporting"


# of processor time in the grader's own process. Right submissions need a tenth at most, on a slow machine
SECONDS = {Kind.OBSERVING: 240.0, Kind.PARSING: 2.0, Kind.CHECKING: 10.0, Kind.REPORTING: 60.0}
# until the system has to end what does not end by the clock on the wall: it sleeps, or nobody lets it work
PATIENCE = 12.0


@dataclass(frozen=True)
class Step:
    """One step: its kind, the name of what it is about, and when it has used too much.

    `until` is by the processor time of the child, `late` by the clock on the wall since it began, both in seconds; None for a
    step that waits for others.
    """

    kind: Kind
    name: str
    until: float
    late: float | None


class Steps:
    """The steps that a child is at, told to `tell` as they begin and end; several threads may be at one at a time."""

    def __init__(self, tell: Callable[[Any], None], seconds: dict[Kind, float] | None = None) -> None:
        self._tell, self._seconds = tell, seconds or SECONDS
        self._numbers = itertools.count()
        self._open: dict[int, Step] = {}
        self._turn = threading.Lock()

    @contextmanager
    def at(self, kind: Kind, name: str = "") -> Iterator[None]:
        """Be at a step, and be ended by the system when it uses more processor time than steps of its kind may."""
        allowed, number = self._seconds[kind], next(self._numbers)
        late = None if kind is Kind.OBSERVING else allowed * PATIENCE
        with self._turn:
            self._open[number] = step = Step(kind, name, time.process_time() + allowed, late)
            self._tell(("begin", number, step))
            self._arm()
        try:
            yield
        finally:
            with self._turn:
                del self._open[number]
                self._tell(("end", number))
                self._arm()

    def _arm(self) -> None:
        if not hasattr(signal, "setitimer"):
            return
        left = min((step.until for step in self._open.values()), default=0.0) - time.process_time()
        signal.setitimer(signal.ITIMER_PROF, max(left, 0.001) if self._open else 0.0)
