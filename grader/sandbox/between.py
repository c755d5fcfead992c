"""A process of ours between grader and worker, which answers what student code calls and has no student code in it.

What is said on the pipes passes through, but for calls: they stay here, and are carried out by the module that the assignment
names. So they cost no turn of the grader's interpreter, and what they lead to is out of reach of the process that calls.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

from grader import wire
from grader.sandbox.launching import ENVIRONMENT

PACKAGES = Path(__file__).resolve().parents[2]
FROM_WORKER = (wire.HELLO, wire.DATA, wire.FATE, wire.CALL)
QUESTION_LIMIT = 2**30
# for all that it holds, with what its libraries take
ADDRESS_SPACE = 6 * 2**30
PR_SET_DUMPABLE = 4
# why no more calls are answered
VIOLATION, MEMORY, OURS = "violation", "memory", "ours"
START = "import sys; sys.path.insert(0, sys.argv[1]); from grader.sandbox import between; between.main(sys.argv[2:])"


class Serving(Protocol):
    """What answers the calls of one session. `feed` raises WireError for bytes that are no calls."""

    def feed(self, data: bytes) -> None:
        """Carry out calls."""

    def ask(self, question: Any) -> Any:
        """Answer a question of the grader's with plain data."""


# makes one, of `more()`, which returns more bytes of calls (EOFError when the session is over), and `reply(data)`
Begin = Callable[[Callable[[], bytes], Callable[[bytes], None]], Serving]


class Between:
    """The process's two directions: one thread carries from the grader, the other from the worker."""

    def __init__(self, begin: Begin, *, grader: tuple[int, int], worker: tuple[int, int]) -> None:
        self._begin = begin
        self._from_grader, self._to_grader = grader
        self._from_worker, self._to_worker = worker
        self._serving: Serving | None = None
        self._to_worker_lock, self._to_grader_lock, self._turn = (threading.Lock() for _ in range(3))

    def from_grader(self) -> None:
        """Carry what the grader says, and answer its questions, until it says no more."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                kind, data = wire.read_chunk(self._from_grader)
                if kind == wire.ASK:
                    self._answer(self._whole_question(data))
                    continue
                if kind == wire.BEGIN:
                    with self._turn:
                        self._serving = self._begin(self._more, self._reply)
                self._write(self._to_worker, self._to_worker_lock, kind, data)

    def from_worker(self) -> None:
        """Carry what the worker says, and carry out the calls in it, until it says no more."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                data = self._next()
                if data is not None:
                    self._call(data)

    def _next(self) -> bytes | None:
        """Read one chunk of the worker's: the data of calls, None for what went on to the grader."""
        kind, data = wire.read_chunk(self._from_worker)
        if kind not in FROM_WORKER:
            self._halt(VIOLATION, "a word of the worker out of place")
            raise EOFError
        if kind == wire.CALL:
            return data
        if kind == wire.FATE:
            # before the grader knows of it, who may begin the next one
            self._serving = None
        self._write(self._to_grader, self._to_grader_lock, kind, data)
        return None

    def _more(self) -> bytes:
        while self._serving is not None:
            if (data := self._next()) is not None:
                return data
        raise EOFError("the session is over")

    def _call(self, data: bytes) -> None:
        with self._turn:
            if self._serving is None:
                return
            try:
                self._serving.feed(data)
            except EOFError:
                self._serving = None
            except wire.WireError as error:
                self._halt(VIOLATION, str(error))
            except MemoryError:
                self._halt(MEMORY, "")
            except Exception as error:  # noqa: BLE001 - whatever goes wrong here is our fault
                self._halt(OURS, f"{type(error).__name__}: {error}")

    def _halt(self, why: str, text: str) -> None:
        self._serving = None
        self._write(self._to_grader, self._to_grader_lock, wire.HALT, f"{why} {text}"[:1000].encode(errors="replace"))

    def _reply(self, data: bytes) -> None:
        self._write(self._to_worker, self._to_worker_lock, wire.REPLY, data)

    def _whole_question(self, first: bytes) -> Any:
        waiting = bytearray(first)

        def read(size: int) -> bytes:
            while len(waiting) < size:
                kind, more = wire.read_chunk(self._from_grader)
                if kind != wire.ASK:
                    raise EOFError
                waiting.extend(more)
            taken = bytes(waiting[:size])
            del waiting[:size]
            return taken

        return wire.decode(read, limit=QUESTION_LIMIT)

    def _answer(self, question: Any) -> None:
        with self._turn:
            try:
                value = self._serving.ask(question) if self._serving is not None else None
                answer = {"value": value, "error": "" if self._serving is not None else "no session is served"}
            except Exception as error:  # noqa: BLE001 - whatever goes wrong here is our fault
                answer = {"value": None, "error": f"{type(error).__name__}: {error}"[:500]}
        self._write(self._to_grader, self._to_grader_lock, wire.TOLD, wire.encode(answer))

    @staticmethod
    def _write(target: int, lock: threading.Lock, kind: bytes, data: bytes) -> None:
        with lock:
            wire.write_all(target, wire.chunks(kind, data))


class Beside:
    """The started process, seen from the grader: the pipes that stand for those of the worker."""

    def __init__(self, module: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the worker was started without its pipes")
        worker = process.stdout.fileno(), process.stdin.fileno()
        self._process: subprocess.Popen[bytes] | None = None
        if sys.platform == "win32":  # descriptors are not inherited there
            self.stdin, self.stdout = _in_threads(module, worker)
            return
        numbers = [str(number) for number in worker]
        self._process = started = subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", START, str(PACKAGES), module, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, **ENVIRONMENT},
            pass_fds=worker,
            start_new_session=True,
        )
        assert started.stdin is not None
        assert started.stdout is not None
        self.stdin, self.stdout = started.stdin, started.stdout

    @property
    def has_failed(self) -> bool:
        """Whether it ended by itself in another way than with the worker."""
        if self._process is None:
            return False
        try:
            return self._process.wait(timeout=1.0) != 0
        except subprocess.TimeoutExpired:
            return False

    def end(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(OSError):
            self.stdin.close()


def main(arguments: list[str]) -> None:
    """Stand between the grader, at fds 0 and 1, and a worker: a module's name, the worker's stdout and its stdin."""
    module, from_worker, to_worker = arguments[0], int(arguments[1]), int(arguments[2])
    _lay_on_limits()
    grader = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    between = Between(importlib.import_module(module).begin, grader=grader, worker=(from_worker, to_worker))

    def listen() -> None:
        between.from_grader()
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    between.from_worker()
    os._exit(0)


def _in_threads(module: str, worker: tuple[int, int]) -> tuple[IO[bytes], IO[bytes]]:
    (from_grader, write_end), (read_end, to_grader) = os.pipe(), os.pipe()
    between = Between(importlib.import_module(module).begin, grader=(from_grader, to_grader), worker=worker)

    def carry() -> None:
        between.from_worker()
        os.close(to_grader)

    threading.Thread(target=between.from_grader, daemon=True).start()
    threading.Thread(target=carry, daemon=True).start()
    return os.fdopen(write_end, "wb", buffering=0), os.fdopen(read_end, "rb", buffering=0)


def _lay_on_limits() -> None:
    if sys.platform == "linux":
        # student code of the same user may not look into it
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
