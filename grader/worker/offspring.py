"""Processes that a session leaves behind: found and ended, so that the next one starts alone."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 1.5


def adopt() -> None:
    """Become the parent of every orphan below this process, and out of reach of their debuggers (Linux only)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_DUMPABLE, 0)


def release() -> None:
    """Make a forked child an ordinary process again, that its owner may look at."""
    _prctl(PR_SET_DUMPABLE, 1)


def end_all() -> bool:
    """Kill and reap all children until there are none; False when they come faster than they go."""
    if sys.platform != "linux":
        return True
    stop = time.monotonic() + PATIENCE
    while time.monotonic() < stop:
        children = _children()
        if not children:
            return True
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            except (ProcessLookupError, ChildProcessError):
                continue
    return False


def _children() -> list[int]:
    own = os.getpid()
    try:
        return [int(child) for child in Path(f"/proc/self/task/{own}/children").read_text().split()]
    except OSError:
        return []


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
