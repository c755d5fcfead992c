"""Doing many jobs with whatever can do them, threads, processes or a cluster, so that all of it can be stopped at any moment."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from typing import TypeVar

HEARD_AGAIN_SECONDS = 10.0
LISTEN_SECONDS = 0.5

J = TypeVar("J")
R = TypeVar("R")


def run_all(
    jobs: Iterable[J],
    do: Callable[[J], R],
    executor: Executor,
    *,
    done: Callable[[J, R], None],
    failed: Callable[[J, BaseException], R],
    stop: Callable[[], None],
) -> None:
    """Let `executor` do every job, and tell `done` each with what came of it, as they come and in this thread.

    What `do` raises becomes a result by `failed`. When `done` raises, or Ctrl-C is pressed, jobs that wait are not begun,
    `stop` is called to end those that run, and what comes to a good end all the same is told to `done` too.
    What is done for each job takes as long for the last one as for the first.
    """
    ended: queue.SimpleQueue[Future[R]] = queue.SimpleQueue()
    running: dict[Future[R], J] = {}
    try:
        for job in jobs:
            future = executor.submit(do, job)
            running[future] = job
            future.add_done_callback(ended.put)
        while running:
            # a signal that comes just before waiting begins is heard only when it ends, so it ends now and then
            try:
                future = ended.get(timeout=LISTEN_SECONDS)
            except queue.Empty:
                continue
            job, error = running.pop(future), future.exception()
            done(job, failed(job, error) if error else future.result())
    finally:
        with undisturbed():
            for future in running:
                future.cancel()
            stop()
            wait(running)
            for future, job in running.items():
                if not future.cancelled() and future.exception() is None:
                    done(job, future.result())


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
