"""Doing jobs in other processes of this machine, which end with the run, whatever ends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection, wait

from grader.runs.grading import Bench
from grader.runs.job import Graded, Job


def do(job: Job) -> Graded:
    """Grade a submission into its folder, in whatever process this is called, and say what came of it."""
    return _bench().grade(job)


@contextmanager
def processes(count: int) -> Iterator[tuple[Executor, Callable[[], None]]]:
    """Give an executor with so many processes of its own that do jobs, and what ends everything that they run."""
    context = multiprocessing.get_context("spawn")
    # nothing is ever sent: that its other end is closed is the sign, and the system gives it even when we are killed
    ends, open_end = context.Pipe(duplex=False)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(ends,)) as executor, ends:
        try:
            yield executor, open_end.close
        finally:
            open_end.close()


@cache
def _bench() -> Bench:
    """Return the one bench of this process: what is open there is kept for the next job."""
    return Bench()


def _begin(ends: Connection) -> None:
    # a Ctrl-C reaches everybody at the terminal: the process that started this one says what comes of it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bench()
    threading.Thread(target=_watch, args=(ends,), daemon=True).start()


def _watch(ends: Connection) -> None:
    wait([ends])
    _bench().stop()
    if parent := multiprocessing.parent_process():
        parent.join()
        # nobody is left to take what comes of it
        os._exit(1)
