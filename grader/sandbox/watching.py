"""Watching the memory of a tree of processes from outside, where nothing in the kernel limits all of them together."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")
# asking `ps` takes longer than looking into /proc
SECONDS, SECONDS_OF_PS = 0.1, 0.5
# the limit of each process bites first, and gives its code the chance to hear of it
ROOM = 1.125
# each takes memory of the kernel's
FILES = 20_000
MEBIBYTE = 2**20


class Watch:
    """Looks at the processes below `first` several times a second and calls `kill` once they use more than `memory_mb`.

    Does nothing on Windows. `folder` is one inside, whose file system may hold 20,000 files at most (Linux).
    """

    def __init__(self, first: int, memory_mb: int, kill: Callable[[], None], *, folder: str = "") -> None:
        self.exceeded = False
        self._first, self._most, self._kill = first, int(memory_mb * ROOM * MEBIBYTE), kill
        self._folder = PROC / str(first) / "root" / folder.lstrip("/") if folder else None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if sys.platform != "win32":
            self._thread.start()

    def end(self) -> None:
        """Watch no longer; `kill` is not called after this."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        has_proc = (PROC / "self" / "statm").exists()
        while not self._ended.wait(SECONDS if has_proc else SECONDS_OF_PS):
            used = memory(list(tree(self._first)), at_least=self._most) if has_proc else memory_by_ps(self._first)
            if used > self._most or _files(self._folder) > FILES:
                self.exceeded = True
                self._kill()
                return


def tree(first: int) -> Iterator[int]:
    """Yield the numbers of a process and of all below it."""
    waiting = [first]
    while waiting:
        process = waiting.pop()
        yield process
        waiting.extend(_children(process))


def _children(process: int) -> Iterator[int]:
    """Yield the numbers of the children of a process, which may end at any moment in between, as may its threads."""
    tasks = PROC / str(process) / "task"
    with contextlib.suppress(OSError):
        for thread in tasks.iterdir():
            with contextlib.suppress(OSError):
                yield from map(int, (thread / "children").read_text().split())


def memory(processes: list[int], *, at_least: int = 0) -> int:
    """Return the bytes that processes use together, what they share counted once; an upper bound while below `at_least`."""
    bound = sum(map(_resident, processes))
    return bound if bound <= at_least else sum(map(_own, processes))


def memory_by_ps(first: int, ask: Callable[[], str] | None = None) -> int:
    """Return the bytes that a process and all below it use, as `ps` says where there is no /proc (macOS)."""
    rows = [list(map(int, line.split())) for line in (ask or _ps)().splitlines()]
    used = {process: kibibytes * 1024 for process, _, kibibytes in rows}
    below: dict[int, list[int]] = {}
    for process, parent, _ in rows:
        below.setdefault(parent, []).append(process)
    total, waiting = 0, [first]
    while waiting:
        process = waiting.pop()
        total += used.get(process, 0)
        waiting.extend(below.pop(process, []))
    return total


def _ps() -> str:
    try:
        done = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def processor_seconds(processes: list[int]) -> float:
    """Return the processor time of processes and of those that they have waited for, 0 where there is no /proc."""
    if not PROC.is_dir():
        return 0.0
    return sum(map(_ticks, processes)) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    try:
        # the name of the program, in parentheses, may hold anything
        fields = (PROC / str(process) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _resident(process: int) -> int:
    try:
        return int((PROC / str(process) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _own(process: int) -> int:
    """Return a process's share of its memory, but for what lies in files and can be read again."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
        parts = [int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:"))]
    except OSError:  # of one that does not let itself be looked at, everything counts
        return _resident(process)
    return sum(parts) * 1024


def _files(folder: Path | None) -> int:
    if folder is None:
        return 0
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_files - found.f_ffree
