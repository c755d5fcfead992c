"""The one seam to the system: a launcher starts a worker under limits and can end it, whatever the sandbox."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grader import blas
from grader.errors import HarnessError
from grader.model import Limits
from grader.sandbox.pulse import Pulse

# one thread for linear algebra, and no page-fault storms from large temporaries: both measured
ENVIRONMENT = {
    **dict.fromkeys(blas.VARIABLES, "1"),
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "MALLOC_TOP_PAD_": "67108864",
    "MPLBACKEND": "Agg",
    "LANG": "C.UTF-8",
}


@dataclass(frozen=True)
class Running:
    """A started worker: its process on this side with three pipes, and the folder it may write to, as it sees it.

    `stop` ends everything that was started and leaves nothing behind; it may be called again and from any thread.
    `explain` says after an unexplained death whether memory was the reason; it raises HarnessError when the sandbox
    itself failed. `cpu_seconds` is the processor time that all of it has used, once it was stopped; None where nobody
    outside could measure it. `memory_kills` says how many processes in it the kernel has killed for want of memory so far, and
    `is_full` whether this machine has no room left for its files, for other reasons than what it has written. `has_our_python`
    says that it is run by the interpreter that runs the grader. `used_elsewhere` is the processor time so far of processes that
    are not below the grader's; None where nobody knows.
    """

    process: subprocess.Popen[bytes]
    folder: str
    stop: Callable[[], None]
    explain: Callable[[], str]
    cpu_seconds: Callable[[], float | None] = lambda: None
    memory_kills: Callable[[], int] = lambda: 0
    is_full: Callable[[], bool] = lambda: False
    has_our_python: bool = False
    used_elsewhere: Callable[[], float | None] = lambda: 0.0


def wait(process: subprocess.Popen[bytes]) -> float | None:
    """Wait for the end of a process; return the processor seconds of it and of all that it has waited for, if known."""
    if process.returncode is not None or not hasattr(os, "wait4"):
        process.wait()
        return None
    try:
        _, status, used = os.wait4(process.pid, 0)
    except ChildProcessError:  # somebody else has waited for it
        process.wait()
        return None
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


@dataclass
class Launcher:
    """Starts workers of one kind of sandbox and keeps account of them; `close` ends whatever still runs.

    While it is open, the `pulse` says whether this machine, and what else workers need, goes on. `sweep` ends what processes
    that started workers and were killed have left.
    """

    name: str
    facts: Mapping[str, str]
    launch: Callable[[Limits, float], Running]
    sweep: Callable[[], object] = lambda: None
    _running: list[Running] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False
    pulse: Pulse = field(default_factory=Pulse)

    def start(self, limits: Limits, seconds: float) -> Running:
        """Start a worker that needs at most `seconds`; HarnessError when that fails."""
        if not self._is_closed():
            self.pulse.start()
            running = self.launch(limits, seconds)
            with self._lock:
                self._running.append(running)
            if not self._is_closed():
                return running
            self.stop(running)
        raise HarnessError("the run was stopped")

    def stop(self, running: Running) -> None:
        """End one worker."""
        running.stop()
        with self._lock:
            if running in self._running:
                self._running.remove(running)

    def used_elsewhere(self) -> float | None:
        """Return the processor seconds so far of what runs, and not below this process; None where nobody knows."""
        known = [running.used_elsewhere() for running in tuple(self._running)]
        return None if None in known else sum(filter(None, known))

    def _is_closed(self) -> bool:
        with self._lock:
            return self._closed

    def close(self) -> None:
        """End all workers and start no more; HarnessError when some cannot be ended, once all have been tried."""
        self.pulse.end()
        with self._lock:
            self._closed = True
        failed = []
        for running in tuple(self._running):
            try:
                self.stop(running)
            except HarnessError as error:
                failed.append(str(error))
        if failed:
            raise HarnessError("\n".join(failed))

    def __enter__(self) -> Launcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
