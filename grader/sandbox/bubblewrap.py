"""Student code in namespaces of its own, made by bubblewrap: for machines without a container engine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import threading
from collections.abc import Sequence

from grader.errors import AuthorError, HarnessError
from grader.model import Limits
from grader.sandbox import visible, wrapping
from grader.sandbox.launching import ENVIRONMENT, Launcher, Running
from grader.sandbox.payload import BOOT
from grader.sandbox.system_calls import filter_program
from grader.sandbox.watching import Watch, processor_seconds, tree
from grader.sandbox.wrapping import PROGRAM, START_SECONDS, USER, Wrap

LEAST_VERSION = (0, 8, 0)
# from this kernel on, processes are counted for each sandbox; before, for all of the user's together
COUNTED = (5, 14)
WITHOUT = "or choose --sandbox docker"
# a file in memory that no process has mapped counts for nobody here; locks and watches on the files of this machine,
# which all sandboxes have in common, would be seen in the next one
REFUSED = ("memfd_create", "flock", "inotify_add_watch")
# of files: second descriptors, their flags, the sizes of pipes; no locks and no leases
ONLY = {"fcntl": (0, 1, 2, 3, 4, 1030, 1031, 1032)}
# what a container engine gives besides; the report and `mlpgrader doctor` say so
WEAKER = (
    "the kernel limits the memory of each process only; of all together it is looked at ten times a second",
    "one sandbox can use all processors",
    "files that code has written can be executed",
    "the names and versions of this machine's programs, its processors and its kernel can be seen",
)
UNCOUNTED = "the number of processes is not limited: this kernel counts them for the whole user"


def bubblewrap_launcher(*, program: str = PROGRAM) -> Launcher:
    """Return a launcher of bubblewrap sandboxes with the grader's own interpreter in them.

    AuthorError when this machine cannot have them, saying what is missing and what to do.
    """
    if sys.platform != "linux":
        raise AuthorError(f"bubblewrap needs Linux; grade on a Linux machine, {WITHOUT}")
    version = _version(program)
    counts = _kernel() >= COUNTED
    folder = visible.writable_folder(visible.interpreter_folders())
    wrap = Wrap(program, tuple(visible.arguments()), filter_program(refused=REFUSED, only=ONLY), counts, folder)
    wrapping.end_orphans()
    _try_out(wrap)
    weaker = (*WEAKER, *([] if counts else [UNCOUNTED]))
    facts = {"isolation": f"bubblewrap {version}", "weaker": "; ".join(weaker)}
    return Launcher("bubblewrap", facts, lambda limits, _seconds: _launch(wrap, limits), wrapping.end_orphans)


def create_arguments(wrap: Wrap, limits: Limits, *, as_root: bool) -> list[str]:
    """Return the options of bwrap for a sandbox that can do nothing but compute, up to those with descriptors."""
    homes = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), wrap.folder)
    environment = {**ENVIRONMENT, **homes, "PATH": os.defpath}
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        # no first process of bwrap's: where the grader is not root, student code could open the pipes of that one
        *("--as-pid-1", "--hostname", "sandbox", "--new-session", "--die-with-parent", "--cap-drop", "ALL"),
        # only to become another user, which gives them up
        *(("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if as_root else _mapped()),
        "--clearenv",
        *(word for name, value in environment.items() for word in ("--setenv", name, value)),
        *wrap.options,
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", str(limits.files_mb * 2**20), "--tmpfs", wrap.folder),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", wrap.folder),
    ]


def _mapped() -> tuple[str, ...]:
    return ("--uid", str(USER), "--gid", str(USER))


def _launch(wrap: Wrap, limits: Limits, program: str = BOOT) -> Running:
    options = create_arguments(wrap, limits, as_root=wrapping.is_root())
    processes = limits.processes if wrap.counts_processes else 0
    process, first, inner = wrapping.start(wrap, options, processes=processes, program=program)
    used = [0.0]

    def kill() -> None:
        if not wrapping.is_readable(inner):
            # what is killed together with its parent is accounted for nowhere
            used.append(processor_seconds(list(tree(first))))
            wrapping.kill(inner)

    watch = Watch(first, limits.memory_mb, kill, folder=wrap.folder)
    lock, stopped = threading.Lock(), threading.Event()

    def stop() -> None:
        with lock:
            if not stopped.is_set():
                stopped.set()
                watch.end()
                kill()
                used.append(wrapping.end(process, inner) or 0.0)

    return Running(
        process,
        wrap.folder,
        stop,
        explain=lambda: "memory" if watch.exceeded else "",
        cpu_seconds=lambda: max(used),
        has_our_python=True,
    )


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
