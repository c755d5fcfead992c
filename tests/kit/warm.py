"""The process sandbox with interpreters that have their libraries already: each worker is a fork of one that has imported them.

For submissions of ours, which start no processes of their own: what leaves its group is not found by a mark in its environment.
All else is as `open_launcher("process")` has it: one worker under limits for every lane, and one process for every session.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from typing import IO, Any

from grader.sandbox import Launcher, Probe, open_launcher
from grader.sandbox.launching import ENVIRONMENT
from grader.sandbox.payload import BOOT
from grader.sandbox.process import process_launcher
from kit import ROOT

# what a worker imports that is not ours, by way of what imports it
IMPORTS = {
    "code": "import numpy, numpy.random, grader.worker.main",
    "notebooks": (
        "import numpy, numpy.random, grader.worker.main, grader.worker.notebook\n"
        "import matplotlib.pyplot, matplotlib.animation, matplotlib_inline.backend_inline"
    ),
}
# What the process does that is forked: it answers requests (three pipes for a worker, one to tell of its number and its end)
# until nobody can ask any more. What is ours is forgotten again, so that every worker imports it from what it is sent.
SERVING = """
import contextlib, gc, json, os, socket, sys, tempfile

def forget(name):
    for each in [each for each in sys.modules if each.partition(".")[0] == name]:
        del sys.modules[each]

def worker(pipes, folder, environment, boot):
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
    os.closerange(3, 64)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = None
    exec(boot, {"__name__": "__main__"})

def reap(options):
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass

def serve():
    server = socket.socket(fileno=os.dup(0))
    while True:
        request, given, _, _ = socket.recv_fds(server, 65536, 4)
        reap(0 if not request else os.WNOHANG)
        if not request:
            os._exit(0)
        if os.fork() == 0:
            server.close()
            *pipes, told = given
            child = os.fork()
            if child == 0:
                # before anybody knows of it, who may end its group
                os.setsid()
                os.write(told, b"%d\\n" % os.getpid())
                return pipes, json.loads(request)
            for pipe in pipes:
                os.close(pipe)
            os.write(told, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            os._exit(0)
        for each in given:
            os.close(each)
"""
THEN = """
forget("grader")
gc.collect()
gc.freeze()
pipes, (folder, environment) = serve()
worker(pipes, folder, environment, compile(BOOT, "<string>", "exec"))
"""


class Forked:
    """A worker that another process has forked, as far as a `Popen` is asked of one."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes], told: IO[bytes]) -> None:
        self.stdin, self.stdout, self.stderr, self._told = stdin, stdout, stderr, told
        self.pid, self.returncode = int(told.readline()), None

    def wait(self) -> int | None:
        """Wait for its end."""
        if not self._told.closed:
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode


class Warm:
    """One process that has imported libraries, and forks."""

    def __init__(self, imports: str, folder: str) -> None:
        self._server, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        code = [SERVING, f"BOOT = {BOOT!r}", f"sys.path.insert(0, {str(ROOT)!r})", imports, "del sys.path[0]", THEN]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", "\n".join(code)],
            stdin=other,
            cwd=folder,
            env={**ENVIRONMENT, "HOME": folder, "TMPDIR": folder, "MPLCONFIGDIR": folder, "PATH": os.defpath},
            start_new_session=True,
        )
        other.close()

    def start(self, _python: str, folder: str, environment: Mapping[str, str]) -> Any:
        """Return a worker in a folder, as far as it is asked for."""
        pairs = [os.pipe() for _ in range(4)]
        (stdin, write), (read, stdout), (read_errors, stderr), (read_told, told) = pairs
        given = [stdin, stdout, stderr, told]
        with self._lock:
            socket.send_fds(self._server, [json.dumps([folder, dict(environment)]).encode()], given)
        for each in given:
            os.close(each)
        modes = ((write, "wb"), (read, "rb"), (read_errors, "rb"), (read_told, "rb"))
        return Forked(*(os.fdopen(pipe, mode, buffering=0) for pipe, mode in modes))

    def close(self) -> None:
        """End it; what it has forked goes on."""
        self._server.close()
        self._process.wait()


def launcher_for(probes: Iterable[Probe]) -> Launcher:
    """Return the launcher that has what these probes need."""
    return launcher("notebooks" if any(probe.kernel for probe in probes) else "code")


@cache
def launcher(libraries: str) -> Launcher:
    """Return the process sandbox with the libraries for "code" or for "notebooks" imported; it is open as long as this process.

    Where processes cannot be forked so, it is the usual one.
    """
    if sys.platform != "linux":
        opened = open_launcher("process")
    else:
        folder = tempfile.mkdtemp(prefix="mlpgrader-warm-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        warm = Warm(IMPORTS[libraries], folder)
        atexit.register(warm.close)
        opened = process_launcher(start=warm.start)
    atexit.register(opened.close)
    return opened
