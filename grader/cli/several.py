"""Doing the same for several submissions side by side, so that all of it can be stopped at any moment."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from grader.cli.outcomes import Outcome
from grader.model import Report

HEARD_AGAIN_SECONDS = 10.0
LISTEN_SECONDS = 0.5


def side_by_side(
    paths: Sequence[Path],
    work: Callable[[Path], Report],
    *,
    jobs: int,
    done: Callable[[Outcome], None],
    stop: Callable[[], None],
) -> None:
    """Do `work` for each path, `jobs` of them at a time, and tell `done` each outcome as it comes.

    When `done` raises, or Ctrl-C is pressed, those that wait are not begun, `stop` is called to end those that run,
    and what comes to a good end all the same is told to `done` too.
    """
    pool = ThreadPoolExecutor(max_workers=max(min(jobs, len(paths)), 1))
    running: dict[Future[Report], Path] = {}
    try:
        for path in paths:
            running[pool.submit(work, path)] = path
        while running:
            # a signal that comes just before waiting begins is heard only when it ends, so it ends now and then
            wait(running, timeout=LISTEN_SECONDS, return_when=FIRST_COMPLETED)
            for future in [each for each in running if each.done()]:
                done(_outcome(running.pop(future), future))
    finally:
        with undisturbed():
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            pool.shutdown(wait=True)
            for future, path in running.items():
                if not future.cancelled() and future.exception() is None:
                    done(_outcome(path, future))


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C, or a request to terminate, end the run so that nothing that was started outlives it.

    An impatient second one is not heard for some seconds: it would cut short what ends everything.
    """
    last = -HEARD_AGAIN_SECONDS

    def interrupt(_number: int, _frame: object) -> None:
        nonlocal last
        if time.monotonic() - last >= HEARD_AGAIN_SECONDS:
            last = time.monotonic()
            raise KeyboardInterrupt

    # whoever started this may have asked for Ctrl-C to be ignored, as shells do for what is in the background
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    with (
        _handling(signal.SIGINT, signal.SIG_IGN if ignored else interrupt),
        _handling(signal.SIGTERM, interrupt),
    ):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep a second Ctrl-C from cutting short what cleans up after the first."""
    with _handling(signal.SIGINT, signal.SIG_IGN), _handling(signal.SIGTERM, signal.SIG_IGN):
        yield


@contextmanager
def _handling(number: signal.Signals, handler: Callable[..., object] | signal.Handlers) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _outcome(path: Path, future: Future[Report]) -> Outcome:
    error = future.exception()
    return Outcome(path, error=error) if error else Outcome(path, future.result())
