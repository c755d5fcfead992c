"""File descriptors: the pipes to the grader, moved to where nobody reads or prints by accident."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from grader import wire

PIECE = 1024 * 1024


def claim() -> tuple[int, int]:
    """Return the pipes from and to the grader, moved off fds 0 and 1, which become empty input and the error stream."""
    inward, outward = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return inward, outward


def read_exactly(source: int, size: int) -> bytes:
    """Return `size` bytes; EOFError when the other side is gone."""
    parts = []
    while size:
        part = os.read(source, min(size, PIECE))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_all(target: int, data: bytes) -> None:
    """Write all of `data`."""
    view = memoryview(data)
    while view:
        view = view[os.write(target, view[:PIECE]) :]


def read_chunk(source: int) -> tuple[bytes, bytes]:
    """Return kind and data of the next chunk."""
    kind, length = wire.chunk_head(read_exactly(source, wire.CHUNK_HEAD))
    return kind, read_exactly(source, length)


def unwrapped(source: int) -> Callable[[int], bytes]:
    """Return a `read(n)` over the data chunks of a pipe, for a worker that serves its one session without a fork."""
    waiting = bytearray()

    def read(size: int) -> bytes:
        while len(waiting) < size:
            kind, data = read_chunk(source)
            if kind != wire.DATA:
                raise EOFError
            waiting.extend(data)
        taken = bytes(waiting[:size])
        del waiting[:size]
        return taken

    return read


def wrapped(target: int) -> Callable[[bytes], Any]:
    """Return a `write(data)` that makes data chunks on a pipe."""
    return lambda data: write_all(target, wire.chunks(wire.DATA, data))
