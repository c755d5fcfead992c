"""How many submissions work at a time: one that only waits, for code that sleeps, makes room for another until it works again."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from grader.sandbox.watching import processor_seconds, tree

# so many may wait for each that works
SPARE = 3
LOOK_SECONDS = 0.5
# of a core, over two looks: less than this is no work
SHARE = 0.05


@dataclass(frozen=True)
class Waiting:
    """What a child says of itself: that it has begun to wait, or works again."""

    waits: bool


@dataclass
class Places:
    """Room for `count` that work at a time, and for some more that wait."""

    count: int
    _working: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def threads(self) -> int:
        """How many may be under way in all."""
        return self.count * (1 + SPARE)

    @contextmanager
    def taken(self) -> Iterator[Callable[[Waiting], None]]:
        """Wait for room and take it; what is given is told when whoever has it waits, and when it works again.

        Whoever works again is not held up: for that time there is one more.
        """
        waits = False

        def hear(told: Waiting) -> None:
            nonlocal waits
            if told.waits is not waits:
                waits = told.waits
                self._add(-1 if waits else 1)

        with self._changed:
            self._changed.wait_for(lambda: self._working < self.count)
            self._working += 1
        try:
            yield hear
        finally:
            hear(Waiting(False))
            self._add(-1)

    def _add(self, change: int) -> None:
        with self._changed:
            self._working += change
            self._changed.notify_all()


@contextmanager
def looked_at(tell: Callable[[Waiting], None], elsewhere: Callable[[], float | None]) -> Iterator[None]:
    """Tell meanwhile when this process and all below it begin to wait, and when they work again (Linux only).

    `elsewhere` says how much processor time others have used that work for it; None where nobody knows.
    """
    ended = threading.Event()

    def look() -> None:
        waits, before = Waits(), False
        while not ended.wait(LOOK_SECONDS):
            now = waits.after(time.monotonic(), used(elsewhere()))
            if now is not before:
                before = now
                tell(Waiting(now))

    if sys.platform != "linux":
        yield
        return
    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def used(elsewhere: float | None) -> float | None:
    """Return the processor time of this process, of all below it and of what works for it elsewhere; None where nobody knows."""
    return None if elsewhere is None else elsewhere + processor_seconds(list(tree(os.getpid())))


@dataclass
class Waits:
    """Whether something waits, by two looks in a row at the processor time that it has used."""

    _earlier: list[tuple[float, float]] = field(default_factory=list)

    def after(self, now: float, seconds: float | None) -> bool:
        """Take a look, at a time of the clock, and tell whether hardly anything was used since the last but one."""
        if seconds is None:
            self._earlier.clear()
            return False
        self._earlier = [*self._earlier[-2:], (now, seconds)]
        if len(self._earlier) < 3:
            return False
        began, before = self._earlier[0]
        # what ended uncounted takes its time with it
        return 0.0 <= seconds - before < SHARE * (now - began)
