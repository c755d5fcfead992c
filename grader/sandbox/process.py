"""Student code in a child process with limits where the system has them: robust, but with all rights of the user."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from grader.errors import HarnessError
from grader.model import Limits
from grader.sandbox.launching import ENVIRONMENT, Launcher, Running, wait
from grader.sandbox.payload import BOOT
from grader.sandbox.watching import Watch, processor_seconds, tree

MARK = "MLPGRADER_SANDBOX"
PATIENCE = 3.0
Start = Callable[[str, str, Mapping[str, str]], "subprocess.Popen[bytes]"]
LEAST_FREE = 16 * 2**20
# the report and `mlpgrader doctor` say so
WEAKER = (
    "student code can read, change and remove whatever you can, and use the network",
    "student code can reach processes of yours, the grader's among them, and speak in their place",
    "files are limited one by one, not all together",
    *(["memory is not limited"] if sys.platform == "win32" else []),
    *(["the number of processes is not limited"]),
)


def process_launcher(*, python: str = sys.executable, start: Start | None = None) -> Launcher:
    """Return a launcher of child processes of the interpreter `python`, which needs numpy.

    `start(python, folder, environment)` returns such a process with its pipes, in a folder and a group of its own.
    """
    facts = {"isolation": "none: student code ran with the rights of the user", "weaker": "; ".join(WEAKER)}
    return Launcher("process", facts, _launch_with(python, start or _start))


def _launch_with(python: str, start: Start) -> Callable[[Limits, float], Running]:
    def launch(limits: Limits, _seconds: float) -> Running:
        token = secrets.token_hex(8)
        try:
            folder = tempfile.mkdtemp(prefix="mlpgrader-")
        except OSError as error:
            raise HarnessError(f"no folder for the sandbox can be made: {error.strerror or error}") from error
        try:
            process = start(python, folder, _environment(folder, token))
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise HarnessError(f"cannot start {python}: {error.strerror or error}") from error
        used = [0.0]

        def kill() -> None:
            # what is killed together with its parent is accounted for nowhere
            used.append(processor_seconds(list(tree(process.pid))))
            _kill_group(process)

        watch = Watch(process.pid, limits.memory_mb, kill)
        lock, stopped = threading.Lock(), threading.Event()

        def stop() -> None:
            with lock:
                if not stopped.is_set():
                    stopped.set()
                    watch.end()
                    if process.returncode is None:
                        kill()
                        used.append(wait(process) or 0.0)
                    _clear_away(process, token, folder)

        # one process alone that is short of memory says so itself: its limit makes allocations fail, it does not kill
        return Running(
            process,
            folder,
            stop,
            explain=lambda: "memory" if watch.exceeded else "",
            cpu_seconds=lambda: max(used) or None,
            is_full=lambda: is_full(Path(folder)),
            has_our_python=python == sys.executable,
        )

    return launch


def is_full(folder: Path, *, least: int = LEAST_FREE) -> bool:
    """Tell whether fewer than so many bytes are free where a folder lies, though it holds fewer itself."""
    try:
        if shutil.disk_usage(folder).free >= least:
            return False
        return sum(path.lstat().st_size for path in folder.rglob("*")) < least
    except OSError:
        return False


def _start(python: str, folder: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    options: dict[str, Any] = {}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    return subprocess.Popen(
        [python, "-I", "-B", "-c", BOOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=folder,
        env=environment,
        **options,
    )


def _environment(folder: str, token: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}
    homes = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP", "MPLCONFIGDIR"), folder)
    return {**ENVIRONMENT, **kept, **homes, "PATH": os.defpath, MARK: token}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that nobody has waited for yet, with its group: its number cannot belong to somebody else."""
    if sys.platform == "win32":
        end_tree(process.pid)
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def end_tree(process: int, run: Callable[..., Any] = subprocess.run) -> None:
    """End a process and all that it has started, on Windows: the interpreter of an environment starts another one."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        run(["taskkill", "/T", "/F", "/PID", str(process)], capture_output=True, timeout=10, check=False)


def _clear_away(process: subprocess.Popen[bytes], token: str, folder: str) -> None:
    if sys.platform != "win32":
        _end_strays(token)
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    _remove(Path(folder))


def _end_strays(token: str) -> None:
    """Kill what left the process group, found by the mark in its environment."""
    stop = time.monotonic() + PATIENCE
    while time.monotonic() < stop:
        strays = marked(f"{MARK}={token}")
        if not strays:
            return
        for stray in strays:
            with contextlib.suppress(OSError):
                os.kill(stray, signal.SIGKILL)
        time.sleep(0.01)


def marked(mark: str, ask: Callable[[], str] | None = None) -> list[int]:
    """Return the processes that have `mark` in their environment, from /proc or from what `ps` says (macOS)."""
    if Path("/proc/self/environ").exists() and ask is None:
        return [int(process.name) for process in Path("/proc").glob("[0-9]*") if _has_mark(process, mark.encode())]
    rows = (line.split(None, 1) for line in (ask or _ps)().splitlines())
    return [int(row[0]) for row in rows if len(row) > 1 and mark in row[1].split()]


def _ps() -> str:
    try:
        done = subprocess.run(
            ["ps", "-A", "-E", "-ww", "-o", "pid=,command="],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _has_mark(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _remove(folder: Path) -> None:
    def loosen(function: Callable[..., Any], path: str, _error: Any) -> None:
        with contextlib.suppress(OSError):
            Path(path).parent.chmod(0o700)
            Path(path).chmod(0o700)
            function(path)

    for _ in range(3):
        with contextlib.suppress(OSError, RecursionError):
            shutil.rmtree(folder, onerror=loosen)
        if not folder.exists():
            return
