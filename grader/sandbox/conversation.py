"""Talking to a started worker: threads drain its pipes, the caller waits with a deadline, everything is bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import IO, Any, NoReturn

from grader import wire
from grader.errors import HarnessError
from grader.sandbox import between
from grader.sandbox.launching import Running

START_SECONDS = 30.0
HELLO_LIMIT = 4096
OUTPUT_PIECE = 65536
# a write of this size fits into the buffer of a pipe, so it cannot block
SMALL = 16 * 1024
# of an answer of our own process
TOLD_LIMIT = 256 * 2**20


class NoReply(Exception):
    """Nothing more will come: `reason` is timeout, died (with the exit `code`, None when unknown), memory or violation."""

    def __init__(self, reason: str, detail: str = "", code: int | None = None) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.code = reason, detail, code


class Conversation:
    """The pipes of one worker; `beside` names the module that answers calls of student code, in a process of ours."""

    def __init__(self, running: Running, *, output_limit: int, beside: str = "") -> None:
        self.running = running
        self.output = bytearray()
        self.hello: dict[str, Any] = {}
        self._output_limit = output_limit
        self._changed = threading.Condition()
        self._data = bytearray()
        self._budget = 0
        self._hello: bytes | None = None
        self._fate: int | None = None
        self._violation = ""
        self._closed = False
        self._taken = self._spent = False
        self._told: bytearray | None = None
        self._halted: tuple[str, str] | None = None
        stdin, stdout, stderr = running.process.stdin, running.process.stdout, running.process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise HarnessError("the worker was started without its pipes")
        self._worker = stdin
        self._beside = _started(beside, running) if beside else None
        if self._beside is not None:
            stdin, stdout = self._beside.stdin, self._beside.stdout
        self._stdin, self._stdout = stdin, stdout
        self._threads = [
            threading.Thread(target=self._listen, args=(stdout,), daemon=True),
            threading.Thread(target=self._drain, args=(stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def open(self, message: bytes) -> None:
        """Send the first message and wait for the worker's hello; HarnessError when it does not come."""
        deadline = time.monotonic() + START_SECONDS
        try:
            # what comes before the first chunk is for the worker alone
            self._write(message, deadline, to=self._worker)
            self._wait(lambda: self._hello is not None, deadline)
            self.hello = _hello(self._hello or b"")
        except (NoReply, wire.WireError) as error:
            self.close()
            said = bytes(self.output[-300:]).decode(errors="replace").strip()
            raise HarnessError(f"the worker does not start: {said or str(error) or 'no word from it'}") from error

    def begin(self, seed: int, *, budget: int) -> None:
        """Begin a session that may send `budget` bytes in all."""
        with self._changed:
            self._data.clear()
            self._fate, self._budget, self._halted = None, budget, None
        self._write(wire.chunks(wire.BEGIN, str(seed).encode()), time.monotonic() + START_SECONDS)

    def end(self, seconds: float) -> bool:
        """End the session; True when the worker is ready for the next one."""
        if self._spent or not self.hello.get("forks"):
            return False
        try:
            if self._fate is None:
                self._write(wire.chunks(wire.END), time.monotonic() + seconds)
            self._wait(lambda: self._fate is not None, time.monotonic() + seconds)
        except NoReply:
            return False
        return True

    def send(self, data: bytes, deadline: float) -> None:
        """Send data to the session; NoReply when it has already said what nobody asked for, or is no more."""
        with self._changed:
            if self._data:
                raise NoReply("violation", "bytes that nobody asked for")
            self._taken = False
        self._write(wire.chunks(wire.DATA, data), deadline)

    def ask_beside(self, question: Any, deadline: float) -> Any:
        """Ask the process that answers calls something, after all calls so far; HarnessError when it cannot say."""
        with self._changed:
            self._told = bytearray()
        self._write(wire.chunks(wire.ASK, wire.encode(question)), deadline)

        def read(size: int) -> bytes:
            self._wait(lambda: len(self._told or b"") >= size, deadline)
            with self._changed:
                told = self._told if self._told is not None else bytearray()
                taken = bytes(told[:size])
                del told[:size]
            return taken

        try:
            answer = wire.decode(read, limit=TOLD_LIMIT)
        except wire.WireError as error:
            raise HarnessError(f"the process beside the sandbox says what is no answer: {error}") from None
        finally:
            with self._changed:
                self._told = None
        if answer["error"]:
            raise HarnessError(f"the process beside the sandbox has failed: {answer['error']}")
        return answer["value"]

    def take(self, size: int, deadline: float) -> bytes:
        """Return the next `size` bytes of the session; NoReply when they do not come in time."""
        self._wait(lambda: len(self._data) >= size, deadline)
        with self._changed:
            taken = bytes(self._data[:size])
            del self._data[:size]
            self._taken = True
        return taken

    @property
    def partly(self) -> bool:
        """Whether some of the answer has come since the last `send`, though not all that was waited for."""
        return self._taken or bool(self._data)

    def explain(self) -> str:
        """Return "memory" when want of it has killed; the worker is of no use after this question."""
        self._spent = True
        return self.running.explain()

    def take_output(self) -> bytes:
        """Return what was printed since this was last asked, and make room for as much again."""
        with self._changed:
            taken = bytes(self.output)
            self.output.clear()
            return taken

    def close(self) -> None:
        """Let go of the pipes of a worker that was stopped, also of one that cannot be."""
        try:
            self.running.stop()
        finally:
            if self._beside is not None:
                self._beside.end()
                if (replaced := self.running.process.stdout) is not None:
                    replaced.close()
            pipes = self._stdout, self.running.process.stderr
            for thread, pipe in zip(self._threads, pipes, strict=True):
                thread.join(timeout=1.0)
                if pipe is not None and not thread.is_alive():
                    pipe.close()

    def _wait(self, ready: Callable[[], bool], deadline: float) -> None:
        with self._changed:
            while not ready():
                if self._violation:
                    raise NoReply("violation", self._violation)
                if self._halted is not None:
                    self._raise_halt(*self._halted)
                if self._fate is not None or self._closed:
                    if self._fate is None and self._beside is not None and self._beside.has_failed:
                        raise HarnessError("the process beside the sandbox has ended")
                    raise NoReply("died", code=self._fate)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise NoReply("timeout")
                self._changed.wait(min(left, 1.0))

    @staticmethod
    def _raise_halt(why: str, text: str) -> NoReturn:
        if why == between.OURS:
            raise HarnessError(f"the process beside the sandbox has failed: {text}")
        raise NoReply(why, text)

    def _write(self, data: bytes, deadline: float, to: IO[bytes] | None = None) -> None:
        pipe = to or self._stdin
        kill = None
        is_late = threading.Event()

        def give_up() -> None:
            is_late.set()
            self.running.stop()

        if len(data) > SMALL:
            kill = threading.Timer(max(deadline - time.monotonic(), 0.0), give_up)
            kill.daemon = True
            kill.start()
        try:
            view = memoryview(data)
            while view:
                view = view[pipe.write(view) or 0 :]
        except (OSError, ValueError):
            if is_late.is_set():
                raise NoReply("timeout") from None
            self._wait(lambda: False, min(deadline, time.monotonic() + 1.0))
        finally:
            if kill is not None:
                kill.cancel()

    def _listen(self, pipe: IO[bytes]) -> None:
        try:
            while True:
                kind, length = wire.chunk_head(_exactly(pipe, wire.CHUNK_HEAD))
                data = _exactly(pipe, length)
                with self._changed:
                    self._receive(kind, data)
                    self._changed.notify_all()
        except (EOFError, OSError, ValueError):
            with self._changed:
                self._closed = True
                self._changed.notify_all()
        except wire.WireError as error:
            with self._changed:
                self._violation = str(error)
                self._changed.notify_all()

    def _receive(self, kind: bytes, data: bytes) -> None:
        if kind == wire.HELLO and self._hello is None and len(data) <= HELLO_LIMIT:
            self._hello = data
        elif kind == wire.FATE and self._hello is not None and self._fate is None and len(data) <= 5:
            self._fate = _number(data)
        elif kind == wire.TOLD and self._beside is not None and self._told is not None:
            self._told.extend(data)
        elif kind == wire.HALT and self._beside is not None:
            why, _, text = data.decode(errors="replace").partition(" ")
            self._halted = why, text
        elif kind == wire.DATA and self._hello is not None and len(data) <= self._budget:
            if self._fate is None:
                self._budget -= len(data)
                self._data.extend(data)
        else:
            raise wire.WireError(
                "more bytes than allowed" if kind == wire.DATA else "a word of the worker out of place"
            )

    def _drain(self, pipe: IO[bytes]) -> None:
        try:
            while piece := pipe.read(OUTPUT_PIECE):
                with self._changed:
                    self.output.extend(piece[: max(self._output_limit - len(self.output), 0)])
        except (OSError, ValueError):
            return


def _started(module: str, running: Running) -> between.Beside:
    try:
        return between.Beside(module, running.process)
    except (OSError, ValueError, ImportError) as error:
        running.stop()
        raise HarnessError(f"no process can be started beside the sandbox: {error}") from error


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _number(data: bytes) -> int:
    try:
        return int(data)
    except ValueError:
        raise wire.WireError("a fate that is not a number") from None


def _hello(data: bytes) -> dict[str, Any]:
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        position += size
        if position > len(data):
            raise wire.WireError("a hello that ends early")
        return data[position - size : position]

    hello = wire.decode(read, limit=0)
    if not isinstance(hello, dict):
        raise wire.WireError("a hello that is not a table")
    return hello
