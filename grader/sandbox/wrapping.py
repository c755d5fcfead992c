"""The processes of a bubblewrap sandbox: started with its filter and its users, and ended to the last one."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from grader.errors import HarnessError
from grader.sandbox.launching import wait
from grader.sandbox.watching import PROC

PROGRAM = "bwrap"
USER = 47123
START_SECONDS = 20.0
PATIENCE = 10.0
# before the worker: another user than the grader's where that can be had, and as few processes as asked
ENTRY = """
import os, resource, sys
user, processes = map(int, sys.argv[2:])
if os.getuid() != user:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # who becomes another user would outlive its parent (PR_SET_PDEATHSIG, SIGKILL)
    import ctypes
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
if processes:
    resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
exec(sys.argv[1], {"__name__": "__main__"})
"""


@dataclass(frozen=True)
class Wrap:
    """What every sandbox of a run has in common: the program, the options that make it, and the filter of system calls.

    `folder` is the one inside that can be written to.
    """

    program: str
    options: tuple[str, ...]
    calls: bytes
    counts_processes: bool
    folder: str


def is_root() -> bool:
    """Say whether the grader is root: then student code is another user in truth, else the same one under another name."""
    return os.geteuid() == 0


def kill(inner: int) -> None:
    """Kill a first process, and with it all others inside."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(inner, signal.SIGKILL)


def is_readable(inner: int, seconds: float = 0.0) -> bool:
    """Say whether a descriptor can be read within `seconds`, as that of a process can when it has ended."""
    poll = select.poll()
    poll.register(inner, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def start(
    wrap: Wrap, options: Sequence[str], *, processes: int, program: str
) -> tuple[subprocess.Popen[bytes], int, int]:
    """Start a sandbox with `options` that runs a Python `program` in at most so many `processes` (0 stands for no limit).

    Return bwrap, and the number and a descriptor of the first process inside, whose end is the end of all. bwrap ends with
    the thread that has started it, too. HarnessError when it cannot be started.
    """
    as_root = is_root()
    with contextlib.ExitStack() as stack:

        def pipe() -> tuple[IO[bytes], IO[bytes]]:
            read, write = os.pipe()
            return stack.enter_context(os.fdopen(read, "rb")), stack.enter_context(os.fdopen(write, "wb", buffering=0))

        info, told = pipe()
        mapping, mapped = pipe()
        calls = stack.enter_context(os.fdopen(os.memfd_create("seccomp"), "w+b", buffering=0))
        calls.write(wrap.calls)
        calls.seek(0)
        command = [
            wrap.program,
            *options,
            *("--seccomp", str(calls.fileno()), "--info-fd", str(told.fileno())),
            *(("--userns-block-fd", str(mapping.fileno())) if as_root else ()),
            *("--", sys.executable, "-I", "-B", "-c", ENTRY, program),
            *(str(USER), str(processes)),
        ]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                # whoever looks at bwrap finds nothing of the grader's
                env={"PATH": os.defpath},
                pass_fds=(calls.fileno(), told.fileno(), mapping.fileno()),
                start_new_session=True,
            )
        except OSError as error:
            raise HarnessError(f"cannot start {wrap.program}: {error.strerror or error}") from error
        told.close()
        mapping.close()
        inner = -1
        try:
            first = _first_process(info)
            inner = os.pidfd_open(first)
            if as_root:
                _map_users(first)
                mapped.write(b"1")
            _wait_for_session(first)
        except (OSError, ValueError, KeyError) as error:
            said = _given_up(process, inner)
            raise HarnessError(f"bubblewrap cannot make a sandbox: {said or error}") from error
        return process, first, inner


def _given_up(process: subprocess.Popen[bytes], inner: int) -> str:
    """End what was started of a sandbox and return what it said."""
    if inner >= 0:
        kill(inner)
        os.close(inner)
    process.kill()
    try:
        said = process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:  # something holds its pipes that has no number yet; it ends without its parent
        return ""
    return said.decode(errors="replace").strip()


def _first_process(info: IO[bytes]) -> int:
    if not is_readable(info.fileno(), START_SECONDS):
        raise TimeoutError(f"no word from it within {START_SECONDS:g} s")
    number: int = json.loads(info.read())["child-pid"]
    return number


def _wait_for_session(process: int) -> None:
    """Wait until the first process has a session of its own: from then on it ends when bwrap does, or when its input does."""
    stop = time.monotonic() + START_SECONDS
    with contextlib.suppress(ProcessLookupError):  # what became of it is told by its words
        while os.getsid(process) != process and time.monotonic() < stop:
            time.sleep(0.001)


def end_orphans() -> list[int]:
    """Kill first processes whose bwrap was killed before they had begun, and return their numbers.

    They wait for its word for ever: the session that they were started in has lost its leader.
    """
    ended = []
    for process in map(int, (path.name for path in PROC.glob("[0-9]*"))):
        with contextlib.suppress(OSError):
            words = (PROC / str(process) / "cmdline").read_bytes().split(b"\0")
            name = (PROC / str(process) / "comm").read_text(errors="replace").strip()
            if name == PROGRAM and ENTRY.encode() in words and not (PROC / str(os.getsid(process))).exists():
                os.kill(process, signal.SIGKILL)
                ended.append(process)
    return ended


def _map_users(process: int) -> None:
    """Let there be two users inside: root, who lays things out, and the one that student code runs as."""
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{process}/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - one write, as the kernel asks
            file.write(f"0 0 1\n{USER} {USER} 1\n")


def end(process: subprocess.Popen[bytes], inner: int) -> float | None:
    """Wait until nothing of a killed sandbox is left and return the processor time that it has used; HarnessError else."""
    gone = False
    try:
        # the first process inside ends when all others have ended, and bwrap when it has waited for that one
        gone = is_readable(inner, PATIENCE) and _bwrap_has_ended(process)
    finally:
        os.close(inner)
        if not gone:  # else its processor time would be lost: to kill is to ask first whether it has ended
            process.kill()
        used = wait(process)
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
    if not gone:
        raise HarnessError(f"a sandbox does not end within {PATIENCE:g} s after it was killed")
    return used


def _bwrap_has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether bwrap ends within its time; it is still to be waited for."""
    if process.returncode is not None:
        return True
    descriptor = os.pidfd_open(process.pid)
    try:
        return is_readable(descriptor, PATIENCE)
    finally:
        os.close(descriptor)
