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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.errors import HarnessError
from grader.model import Limits
from grader.sandbox.launching import ENVIRONMENT, Launcher, Running
from grader.sandbox.payload import BOOT

MARK = "MLPGRADER_SANDBOX"
PATIENCE = 3.0


def process_launcher(*, python: str = sys.executable) -> Launcher:
    """Return a launcher of child processes of the interpreter `python`, which needs numpy."""
    return Launcher(
        "process", {"isolation": "none: student code ran with the rights of the user"}, _launch_with(python)
    )


def _launch_with(python: str) -> Callable[[Limits, float], Running]:
    def launch(_limits: Limits, _seconds: float) -> Running:
        token = secrets.token_hex(8)
        folder = tempfile.mkdtemp(prefix="mlpgrader-")
        try:
            process = _start(python, folder, token)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise HarnessError(f"cannot start {python}: {error.strerror or error}") from error
        lock = threading.Lock()

        def stop() -> None:
            with lock:
                _stop(process, token, folder)

        # a child that died of memory says so itself: the limit makes allocations fail, it does not kill
        return Running(process, folder, stop, explain=lambda: "")

    return launch


def _start(python: str, folder: str, token: str) -> subprocess.Popen[bytes]:
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
        env=_environment(folder, token),
        **options,
    )


def _environment(folder: str, token: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE") if name in os.environ}
    homes = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TMP", "TEMP", "MPLCONFIGDIR"), folder)
    return {**ENVIRONMENT, **kept, **homes, "PATH": os.defpath, MARK: token}


def _stop(process: subprocess.Popen[bytes], token: str, folder: str) -> None:
    if process.returncode is None:
        # the group first: once its leader has been waited for, the number may belong to somebody else
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _end_strays(token)
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    _remove(Path(folder))


def _end_strays(token: str) -> None:
    """Kill what left the process group, found by the mark in its environment (where there is /proc)."""
    mark = f"{MARK}={token}".encode()
    stop = time.monotonic() + PATIENCE
    while time.monotonic() < stop:
        strays = [process for process in Path("/proc").glob("[0-9]*") if _has_mark(process, mark)]
        if not strays:
            return
        for stray in strays:
            with contextlib.suppress(OSError):
                os.kill(int(stray.name), signal.SIGKILL)
        time.sleep(0.01)


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
