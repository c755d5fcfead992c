"""A grader that is killed at one of its acts.

    python killed_at.py FILE NUMBER grade ...

An act is whatever leaves something on this machine: a file or folder that is made, moved or removed, a process that is started,
by the grader or by a copy of it. FILE gets a byte for each; at the one of that NUMBER the grader is killed, at 0 never.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Any

from grader.cli import main

ACTS = frozenset(("os.fork", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "subprocess.Popen"))
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def kill_at(file: str, number: int) -> None:
    """Count the acts of this process, and of those that it copies itself into, and kill it at one of them."""
    counted, this = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), os.pidfd_open(os.getpid())

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ACTS or (event == "open" and arguments[2] & WRITES):
            os.write(counted, b".")
            if 0 < number <= os.fstat(counted).st_size:
                with contextlib.suppress(ProcessLookupError):  # copies go on for a moment
                    signal.pidfd_send_signal(this, signal.SIGKILL)

    sys.addaudithook(hear)


if __name__ == "__main__":
    kill_at(sys.argv.pop(1), int(sys.argv.pop(1)))
    sys.exit(main())
