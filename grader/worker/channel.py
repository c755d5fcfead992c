"""File descriptors: the pipes to the grader, moved to where nobody reads or prints by accident."""

from __future__ import annotations

import os
import select
import signal

from grader import wire

# what a pipe takes at a time
PIPE = 64 * 1024
# what may break into student code while it runs
INTERRUPTING = [getattr(signal, name) for name in ("SIGALRM", "SIGINT") if hasattr(signal, name)]
_mask = getattr(signal, "pthread_sigmask", lambda *_: None)


def claim() -> tuple[int, int]:
    """Return the pipes from and to the grader, moved off fds 0 and 1, which become empty input and the error stream."""
    inward, outward = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return inward, outward


class Unforked:
    """The pipes of a worker that serves its one session without a fork: chunks are taken apart and made here."""

    def __init__(self, inward: int, outward: int) -> None:
        self._inward, self._outward = inward, outward
        self._data = bytearray()
        self.waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes of data."""
        while len(self._data) < size:
            self._take()
        taken = bytes(self._data[:size])
        del self._data[:size]
        return taken

    def write_data(self, data: bytes) -> None:
        """Write data."""
        wire.write_all(self._outward, wire.chunks(wire.DATA, data))

    def write(self, calls: bytearray) -> None:
        """Write calls of networks, and take them out of `calls`."""
        out = bytes(calls)
        calls.clear()
        wire.write_all(self._outward, wire.chunks(wire.CALL, out))

    def fill(self) -> None:
        """Append replies to such calls to `waiting`."""
        self._take()

    def _take(self) -> None:
        kind, data = wire.read_chunk(self._inward)
        if kind not in (wire.DATA, wire.REPLY):
            raise EOFError
        (self._data if kind == wire.DATA else self.waiting).extend(data)


class Calls:
    """The two pipes of a forked session for calls of networks; whoever interrupts them loses and repeats nothing."""

    def __init__(self, outward: int, inward: int) -> None:
        self._outward, self._inward = outward, inward
        os.set_blocking(outward, False)
        self._may_write, self._may_read = select.poll(), select.poll()
        self._may_write.register(outward, select.POLLOUT)
        self._may_read.register(inward, select.POLLIN)
        self.waiting = bytearray()

    def write(self, calls: bytearray) -> None:
        """Write `calls`, and take what was written out of them."""
        while calls:
            self._may_write.poll()
            try:
                _mask(signal.SIG_BLOCK, INTERRUPTING)
                del calls[: os.write(self._outward, bytes(calls[:PIPE]))]
            except BlockingIOError:
                continue
            finally:
                _mask(signal.SIG_UNBLOCK, INTERRUPTING)

    def fill(self) -> None:
        """Append what has come to `waiting`; EOFError when nothing will."""
        self._may_read.poll()
        try:
            _mask(signal.SIG_BLOCK, INTERRUPTING)
            data = os.read(self._inward, wire.PIECE)
            self.waiting += data
        finally:
            _mask(signal.SIG_UNBLOCK, INTERRUPTING)
        if not data:
            raise EOFError
