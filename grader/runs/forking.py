"""The process that makes children: a copy of the grader from before it had threads, with everything loaded.

It never reads anything of a submission, so nothing can keep it from its work. It ends with the grader, whatever ends that one,
and ends the children that are left. Linux only: elsewhere a copy of a process may not go on.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import struct
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

FORK, REAP = b"F", b"R"
_ASKED = struct.Struct("!cq")
_TOLD = struct.Struct("!qq")
GRACE_SECONDS = 1.5
LISTEN_SECONDS = 0.05

Serve = Callable[[Connection, Any], None]


def can_fork() -> bool:
    """Tell whether children can be copies of this process."""
    return sys.platform == "linux"


@dataclass
class Server:
    """Makes children of this process as it is now: each calls `serve` with its end of a pipe and the `context`.

    `left` is called in the server with the context when children were ended because the grader is no more, `ended` last of all.
    """

    serve: Serve
    context: Any
    left: Callable[[Any], None] = lambda _context: None
    ended: Callable[[], None] = lambda: None
    _socket: socket.socket | None = None
    _pid: int = 0
    _live: set[int] = field(default_factory=set)

    def start(self) -> None:
        """Make the process; nothing else may be going on in this one."""
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():
            # threads of a library for linear algebra are no obstacle: it starts its own again
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid:
            theirs.close()
            self._socket = ours
            return
        try:
            ours.close()
            self._run(theirs)
        finally:
            os._exit(0)

    def fork(self) -> tuple[int, Connection]:
        """Return the number of a new child and the end of its pipe; OSError when there can be none."""
        asked, (ours, theirs) = self._asked(), socket.socketpair()
        with theirs:
            socket.send_fds(asked, [_ASKED.pack(FORK, 0)], [theirs.fileno()])
        pid, _ = _TOLD.unpack(_exactly(asked, _TOLD.size))
        if pid < 0:
            ours.close()
            raise OSError(-pid, os.strerror(-pid))
        return pid, Connection(ours.detach())

    def reap(self, pid: int) -> tuple[int, int]:
        """Wait for the end of a child and return its exit code, minus a signal's number, and the KiB that it used at most."""
        asked = self._asked()
        asked.sendall(_ASKED.pack(REAP, pid))
        code, size = _TOLD.unpack(_exactly(asked, _TOLD.size))
        return code, size

    def close(self) -> None:
        """End the process."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._pid, 0)

    def _asked(self) -> socket.socket:
        if self._socket is None:
            raise OSError("the process that makes others has ended")
        return self._socket

    def _run(self, asked: socket.socket) -> None:
        # a Ctrl-C reaches everybody at the terminal, and some send to a whole group: the grader says what comes of it.
        # What is started from here hears signals as ever, which it would not if they were ignored
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _heard)
        gc.collect()
        gc.freeze()
        while True:
            data, descriptors, _, _ = socket.recv_fds(asked, _ASKED.size, 1)
            if len(data) < _ASKED.size:
                break
            kind, pid = _ASKED.unpack(data)
            asked.sendall(_TOLD.pack(*(self._forked(descriptors[0], asked) if kind == FORK else self._reaped(pid))))
        if self._live:
            self._end_all()
            self.left(self.context)
        self.ended()

    def _forked(self, descriptor: int, asked: socket.socket) -> tuple[int, int]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
        except OSError as error:
            os.close(descriptor)
            return -(error.errno or 1), 0
        if not pid:
            code = 70
            try:
                asked.close()
                self.serve(Connection(descriptor), self.context)
                code = 0
            finally:
                os._exit(code)
        os.close(descriptor)
        self._live.add(pid)
        return pid, 0

    def _reaped(self, pid: int) -> tuple[int, int]:
        _, status, used = os.wait4(pid, 0)
        self._live.discard(pid)
        return os.waitstatus_to_exitcode(status), used.ru_maxrss

    def _end_all(self) -> None:
        end = time.monotonic() + GRACE_SECONDS
        for pid in self._live:
            os.kill(pid, signal.SIGTERM)
        while self._live and time.monotonic() < end:
            time.sleep(LISTEN_SECONDS)
            self._live -= {pid for pid in self._live if os.waitpid(pid, os.WNOHANG)[0]}
        for pid in self._live:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _heard(_number: int, _frame: object) -> None:
    """Do nothing about a signal."""


def _exactly(asked: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        part = asked.recv(size - len(parts))
        if not part:
            raise OSError("the process that makes others has ended")
        parts += part
    return parts
