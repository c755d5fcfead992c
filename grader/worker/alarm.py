"""A time limit on student code: an alarm that raises in the middle of it, and goes on doing so until it is through."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from grader.worker.problems import Places

AGAIN = 0.1
Ring = Callable[[FrameType | None], None]
monotonic = time.monotonic  # bound before student code can replace it


class Overtime(BaseException):
    """Raised in student code when its time is over; not an Exception, so that ``except Exception`` does not stop it."""


class Alarm:
    """Holds the timer of the process. Where the system has none, the limit outside the sandbox is the only one."""

    def __init__(self, places: Places) -> None:
        self.where = self.exactly = ""
        self._places = places
        self._running = False
        self._instead: Ring | None = None
        self._latest = 0.0
        self._timer = getattr(signal, "setitimer", None)
        if self._timer is not None:
            signal.signal(signal.SIGALRM, self._ring)

    def run(self, seconds: float, work: Callable[[], Any]) -> Any:
        """Return what `work` returns; Overtime when it takes longer than `seconds`.

        Then `where` says which function of the student's was entered, `exactly` where it was.
        """
        self.where = self.exactly = ""
        if self._timer is None:
            return work()
        try:
            self._running = True
            self._latest = monotonic() + seconds
            self._timer(signal.ITIMER_REAL, max(seconds, 0.001), AGAIN)
            try:
                return work()
            finally:
                self._running = False
        finally:
            # a ring between the two lines above ends up here, and the next one is a tenth of a second away
            self._running = False
            self._timer(signal.ITIMER_REAL, 0)

    def run_within(self, seconds: float, ring: Ring, work: Callable[[], Any]) -> Any:
        """Return what `work` returns, as part of what `run` runs: after `seconds`, `ring(frame)` is called every now and then.

        It may raise, or let the code go on. The limit of `run` holds all the same.
        """
        if self._timer is None:
            return _run_beside(seconds, ring, work)
        self._instead = ring
        self._timer(signal.ITIMER_REAL, max(min(seconds, self._latest - monotonic()), 0.001), AGAIN)
        try:
            return work()
        finally:
            self._instead = None
            self._timer(signal.ITIMER_REAL, max(self._latest - monotonic(), 0.001), AGAIN)

    def _ring(self, _number: int, frame: FrameType | None) -> None:
        if not self._running:
            return
        if self._instead is not None and monotonic() < self._latest:
            self._instead(frame)
            return
        if not self.exactly:
            self.where, self.exactly = self._places.of_frame(frame)
        raise Overtime


def _run_beside(seconds: float, ring: Ring, work: Callable[[], Any]) -> Any:
    """Run with a thread that interrupts, where there is no timer; what waits in C is not woken by it."""
    over = threading.Event()

    def interrupt() -> None:
        late = over.wait(seconds)
        while not late:
            _thread.interrupt_main(signal.SIGINT)
            late = over.wait(AGAIN)

    def on_signal(_number: int, frame: FrameType | None) -> None:
        if not over.is_set():
            ring(frame)

    before = signal.signal(signal.SIGINT, on_signal)
    threading.Thread(target=interrupt, daemon=True).start()
    try:
        return work()
    finally:
        over.set()
        signal.signal(signal.SIGINT, before)
