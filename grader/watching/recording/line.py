"""The line from a notebook's process to the engine: calls leave in blocks, and what asks for an answer waits for it."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from grader.watching import frames
from grader.watching.frames import Frame, Reader

# calls leave when there are so many bytes of them
ROOM = 32 * 1024
# what an engine that trains for us raises is raised here: these and no others
EXCEPTIONS: dict[str, type[Exception]] = {
    each.__name__: each for each in (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError, MemoryError)
}
own_number = os.getpid


class Channel(Protocol):
    """Carries bytes. Both may be interrupted at any moment, and lose or repeat nothing then."""

    waiting: bytearray

    def write(self, data: bytearray) -> None:
        """Carry all of `data` and take what was carried out of it."""

    def fill(self) -> None:
        """Append at least one byte to `waiting`; EOFError at the end."""


class Line:
    """Tells of calls, and asks. `apply(frame)` evaluates a function of the notebook's and returns the payload of the result."""

    def __init__(self, channel: Channel, apply: Callable[[Frame], bytes]) -> None:
        self._channel, self._apply = channel, apply
        self._out = bytearray()
        self._number = 0
        self._unanswered: deque[int] = deque()
        self._lock = threading.RLock()
        self._process = own_number()

    def tell(self, kind: int, network: int = 0, payload: bytes = b"", flags: int = 0) -> None:
        """Tell of a call that nobody waits for."""
        with self._lock:
            self._out += Frame(kind, network, payload, flags).encoded()
            if len(self._out) > ROOM:
                self.push()

    def ask(self, kind: int, network: int = 0, payload: bytes = b"", flags: int = 0) -> Reader:
        """Ask, after all calls so far, and return the answer; raises what the call raises."""
        with self._lock:
            number = self._send(kind, network, payload, flags)
            return self._answer(number)

    def sync(self, ahead: int) -> None:
        """Let no more than `ahead` of these calls be without an answer: nobody is told of much more than was done."""
        with self._lock:
            self._unanswered.append(self._send(frames.SYNC))
            while len(self._unanswered) > ahead:
                self._answer(self._unanswered[0])

    def push(self) -> None:
        """Let everything leave that waits."""
        if self._process != own_number():
            raise RuntimeError("a network works only in the process of the notebook, not in one that it has started")
        with self._lock:
            self._channel.write(self._out)

    def _send(self, kind: int, network: int = 0, payload: bytes = b"", flags: int = 0) -> int:
        self._number = number = self._number % (2**32 - 1) + 1
        self._out += Frame(kind, network, payload, flags, number).encoded()
        self.push()
        return number

    def _answer(self, number: int) -> Reader:
        """Return the answer to a question; those to earlier ones, which nobody waits for any more, are passed over."""
        while True:
            reply = self._next()
            if reply.kind == frames.APPLY:
                self._evaluate(reply)
                continue
            while self._unanswered and self._unanswered[0] <= reply.number:
                self._unanswered.popleft()
            if reply.number != number:
                continue
            reader = Reader(reply.payload)
            if reply.kind == frames.RAISED:
                name, text = reader.text(), reader.text()
                raise EXCEPTIONS.get(name, RuntimeError)(text)
            return reader

    def _evaluate(self, question: Frame) -> None:
        """Evaluate a function of the notebook's; whatever it raises is raised, once the other side was told."""
        result = b""
        try:
            result = self._apply(question)
        finally:
            self._out += Frame(frames.RESULT, question.network, result, bool(result), question.number).encoded()
            self.push()

    def _next(self) -> Frame:
        waiting = self._channel.waiting
        while not frames.complete(waiting):
            self._channel.fill()
        # interrupted on the way, it is read once more, and passed over as an answer to something earlier
        return frames.taken(waiting, kinds=frames.REPLIES)
