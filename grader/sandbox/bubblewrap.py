"""Student code in namespaces of its own, made by bubblewrap: for machines without a container engine."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from grader.errors import AuthorError, HarnessError
from grader.model import Limits
from grader.sandbox import visible
from grader.sandbox.launching import ENVIRONMENT, Launcher, Running, wait
from grader.sandbox.payload import BOOT
from grader.sandbox.system_calls import filter_program
from grader.sandbox.watching import PROC, Watch, processor_seconds, tree

PROGRAM = "bwrap"
LEAST_VERSION = (0, 8, 0)
USER = 47123
FOLDER = "/tmp"  # noqa: S108 - inside the sandbox
START_SECONDS = 20.0
PATIENCE = 10.0
# from this kernel on, processes are counted for each sandbox; before, for all of the user's together
COUNTED = (5, 14)
WITHOUT = "or choose --sandbox docker"
# a file in memory that no process has mapped counts for nobody here
REFUSED = ("memfd_create",)
# what a container engine gives besides; the report and `mlpgrader doctor` say so
WEAKER = (
    "the kernel limits the memory of each process only; of all together it is looked at ten times a second",
    "one sandbox can use all processors",
    "files in /tmp can be executed",
    "the names and versions of this machine's programs, its processors and its kernel can be seen",
)
UNCOUNTED = "the number of processes is not limited: this kernel counts them for the whole user"
# before the worker: another user than the grader's where that can be had, and as few processes as asked
ENTRY = """
import os, resource, sys
user, processes = map(int, sys.argv[2:])
if os.getuid() != user:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
if processes:
    resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
exec(sys.argv[1], {"__name__": "__main__"})
"""


@dataclass(frozen=True)
class Wrap:
    """What every sandbox of a run has in common: the program, the options that make it, and the filter of system calls."""

    program: str
    options: tuple[str, ...]
    calls: bytes
    counts_processes: bool


def bubblewrap_launcher(*, program: str = PROGRAM) -> Launcher:
    """Return a launcher of bubblewrap sandboxes with the grader's own interpreter in them.

    AuthorError when this machine cannot have them, saying what is missing and what to do.
    """
    if sys.platform != "linux":
        raise AuthorError(f"bubblewrap needs Linux; grade on a Linux machine, {WITHOUT}")
    version = _version(program)
    counts = _kernel() >= COUNTED
    wrap = Wrap(program, tuple(visible.arguments()), filter_program(refused=REFUSED), counts)
    end_orphans()
    _try_out(wrap)
    weaker = (*WEAKER, *([] if counts else [UNCOUNTED]))
    facts = {"isolation": f"bubblewrap {version}", "weaker": "; ".join(weaker)}
    return Launcher("bubblewrap", facts, lambda limits, _seconds: _launch(wrap, limits))


def create_arguments(wrap: Wrap, limits: Limits, *, as_root: bool) -> list[str]:
    """Return the options of bwrap for a sandbox that can do nothing but compute, up to those with descriptors."""
    environment = {**ENVIRONMENT, "HOME": FOLDER, "TMPDIR": FOLDER, "MPLCONFIGDIR": FOLDER, "PATH": os.defpath}
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--hostname", "sandbox", "--new-session", "--die-with-parent", "--cap-drop", "ALL"),
        # only to become another user, which gives them up
        *(("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if as_root else _mapped()),
        "--clearenv",
        *(word for name, value in environment.items() for word in ("--setenv", name, value)),
        *wrap.options,
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", str(limits.files_mb * 2**20), "--tmpfs", FOLDER),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", FOLDER),
    ]


def _mapped() -> tuple[str, ...]:
    return ("--uid", str(USER), "--gid", str(USER))


def _launch(wrap: Wrap, limits: Limits, program: str = BOOT) -> Running:
    process, first, inner = _start(wrap, limits, program)

    used = [0.0]

    def kill() -> None:
        # what is killed together with its parent is accounted for nowhere
        used.append(processor_seconds(list(tree(first))))
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(inner, signal.SIGKILL)

    watch = Watch(first, limits.memory_mb, kill, folder=FOLDER)
    lock, stopped = threading.Lock(), threading.Event()

    def stop() -> None:
        with lock:
            if not stopped.is_set():
                stopped.set()
                watch.end()
                kill()
                used.append(_end(process, inner) or 0.0)

    return Running(
        process,
        FOLDER,
        stop,
        explain=lambda: "memory" if watch.exceeded else "",
        cpu_seconds=lambda: max(used),
    )


def _start(wrap: Wrap, limits: Limits, program: str) -> tuple[subprocess.Popen[bytes], int, int]:
    """Start a sandbox; return bwrap, and the number and a descriptor of its first process, whose end is the end of all."""
    as_root = os.geteuid() == 0
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
            *create_arguments(wrap, limits, as_root=as_root),
            *("--seccomp", str(calls.fileno()), "--info-fd", str(told.fileno())),
            *(("--userns-block-fd", str(mapping.fileno())) if as_root else ()),
            *("--", sys.executable, "-I", "-B", "-c", ENTRY, program),
            *(str(USER), str(limits.processes if wrap.counts_processes else 0)),
        ]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                # bwrap's first process inside keeps this environment, where student code may find it
                env={"PATH": os.defpath},
                pass_fds=(calls.fileno(), told.fileno(), mapping.fileno()),
                start_new_session=True,
            )
        except OSError as error:
            raise HarnessError(f"cannot start {wrap.program}: {error.strerror or error}") from error
        told.close()
        mapping.close()
        # bwrap ends with the thread that started it: whoever starts a sandbox waits for its end
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
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(inner, signal.SIGKILL)
        os.close(inner)
    process.kill()
    try:
        said = process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:  # something holds its pipes that has no number yet; it ends without its parent
        return ""
    return said.decode(errors="replace").strip()


def _first_process(info: IO[bytes]) -> int:
    if not select.select([info], [], [], START_SECONDS)[0]:
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


def _end(process: subprocess.Popen[bytes], inner: int) -> float | None:
    """Wait until nothing of a killed sandbox is left and return the processor time that it has used; HarnessError else."""
    gone = False
    try:
        # the first process inside ends when all others have ended, and bwrap when it has waited for that one
        gone = bool(select.select([inner], [], [], PATIENCE)[0]) and _has_ended(process, PATIENCE)
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


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Say whether a process of ours ends within `seconds`; it is still to be waited for."""
    if process.returncode is not None:
        return True
    descriptor = os.pidfd_open(process.pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def _advice(said: str) -> str:
    """Return what to do about the words with which bwrap or Python ended."""
    if "proc" in said and "mount" in said:
        return "start the container around it with all of /proc (docker run --security-opt systempaths=unconfined)"
    if "Permission denied" in said and "bwrap" not in said:
        return "let everybody read and enter the folders of Python and its packages"
    if "namespace" in said or "uid map" in said or "uid_map" in said or "loopback" in said:
        return (
            "let this user make user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns=0 or "
            "kernel.unprivileged_userns_clone=1; around it docker run --security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined)"
        )
    return "run mlpgrader doctor"


def _version(program: str) -> str:
    said = _output([program, "--version"])
    found = re.search(r"\d+(\.\d+)+", said)
    if found is None:
        raise AuthorError(f"'{program} --version' does not say which version it is: {said[:100]}")
    if tuple(map(int, found[0].split("."))) < LEAST_VERSION:
        least = ".".join(map(str, LEAST_VERSION))
        raise AuthorError(f"bubblewrap {found[0]} is too old; install {least} or later, {WITHOUT}")
    return found[0]


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=START_SECONDS,
            check=False,
        )
    except (FileNotFoundError, PermissionError) as error:
        raise AuthorError(
            f"there is no '{command[0]}'; install bubblewrap (apt-get install bubblewrap, dnf install bubblewrap), {WITHOUT}"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AuthorError(f"cannot run '{command[0]}': {error}; {WITHOUT}") from error
    return (done.stdout + done.stderr).strip()


def _kernel() -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", platform.release())[:2]))


def _try_out(wrap: Wrap) -> None:
    """Start one sandbox and import numpy in it; AuthorError with what bwrap or Python said when that fails."""
    try:
        running = _launch(wrap, Limits(), "import numpy")
    except HarnessError as error:
        raise AuthorError(f"{error}; {_advice(str(error))}, {WITHOUT}") from error
    try:
        said = running.process.communicate(timeout=START_SECONDS)[1].decode(errors="replace").strip()
    except subprocess.TimeoutExpired:
        said = f"no end within {START_SECONDS:g} s"
    finally:
        code = running.process.poll()
        running.stop()
    if code != 0:
        reason = said.splitlines()[-1][:300] if said else f"exit status {code}"
        raise AuthorError(f"bubblewrap cannot run {sys.executable}: {reason}; {_advice(said)}, {WITHOUT}")
