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
from multiprocessing.synchronize import Event

from grader.runs.grading import Bench
from grader.runs.job import Graded, Job

LOOK_SECONDS = 0.5


def do(job: Job) -> Graded:
    """Grade a submission into its folder, in whatever process this is called, and say what came of it."""
    return _bench().grade(job)


@contextmanager
def processes(count: int) -> Iterator[tuple[Executor, Callable[[], None]]]:
    """Give an executor with so many processes of its own that do jobs, and what ends everything that they run."""
    context = multiprocessing.get_context("spawn")
    stopped = context.Event()
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(stopped,)) as executor:
        try:
            yield executor, stopped.set
        finally:
            stopped.set()


@cache
def _bench() -> Bench:
    """Return the one bench of this process: what is open there is kept for the next job."""
    return Bench()


def _begin(stopped: Event) -> None:
    # a Ctrl-C reaches everybody at the terminal: the process that started this one says what comes of it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bench()
    threading.Thread(target=_watch, args=(stopped,), daemon=True).start()


def _watch(stopped: Event) -> None:
    parent = multiprocessing.parent_process()
    while not stopped.wait(LOOK_SECONDS):
        if parent is not None and not parent.is_alive():
            break
    _bench().stop()
    if parent is not None and not parent.is_alive():
        # nobody is left to take what comes of it
        os._exit(1)
