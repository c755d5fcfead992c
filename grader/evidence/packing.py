"""Packing what is kept into one run of bytes: a line of JSON, then frames, together in a Zstandard frame with a checksum.

``zstd -dc evidence.zst | head -1`` shows the line. Within the frames the bytes of each array of numbers are turned: first
those of all its numbers that say most, then the next, since the former are alike and compress.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import zstandard

from grader import wire

# what is kept of one submission is never larger, and nothing larger is unpacked
LIMIT = 2**30
# numbers of student code come out no smaller at a higher one, and take four times as long
LEVEL = 3


def pack(about: Mapping[str, Any], frames: Mapping[str, bytes]) -> bytes:
    """Return `about` and the frames as one run of bytes; ValueError when it is too large to be unpacked again."""
    told = {**about, "frames": {name: len(frame) for name, frame in frames.items()}}
    line = json.dumps(told, separators=(",", ":")).encode() + b"\n"
    whole = b"".join([line, *map(_turned, frames.values())])
    if len(whole) > LIMIT:
        raise ValueError(f"{len(whole)} bytes are over the limit of {LIMIT}")
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(whole)


def unpack(raw: bytes, only: Collection[str] | None = None) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what was packed, of the frames `only` some where they are named; ValueError, KeyError or TypeError when these bytes
    are not what `pack` returned.
    """
    try:
        size = zstandard.get_frame_parameters(raw).content_size
        if not 0 < size <= LIMIT:
            raise ValueError("a size that is unknown or over the limit")
        whole = zstandard.ZstdDecompressor(max_window_size=LIMIT).decompress(raw, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    line, _, rest = whole.partition(b"\n")
    about = json.loads(line)
    frames, at = {}, 0
    for name, length in about["frames"].items():
        if only is None or name in only:
            frames[name] = _turned(rest[at : at + length], back=True)
        at += length
    if at != len(rest):
        raise ValueError("frames that do not add up")
    return about, frames


def head(raw: bytes) -> dict[str, Any]:
    """Return the line alone of what was packed; ValueError when these bytes are not what `pack` returned."""
    try:
        with zstandard.ZstdDecompressor(max_window_size=LIMIT).stream_reader(raw) as stream:
            line = io.BufferedReader(stream).readline(LIMIT)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error
    return dict(json.loads(line))


def _turned(frame: bytes, *, back: bool = False) -> bytes:
    """Return a frame of `wire` with the bytes of its arrays in the other order; ValueError when it is not a frame."""
    if len(frame) < 4:
        raise ValueError("a frame that breaks off")
    (length,) = struct.unpack("!I", frame[:4])
    at = 4 + length
    pieces = [frame[:at]]
    for described in json.loads(frame[4:at])["arrays"]:
        width, size = np.dtype(wire.DTYPES[described["dtype"]]).itemsize, wire.size_of(described)
        piece = frame[at : at + size]
        if width > 1 and len(piece) == size:
            piece = np.frombuffer(piece, np.uint8).reshape((width, -1) if back else (-1, width)).T.tobytes()
        pieces.append(piece)
        at += size
    if at != len(frame):
        raise ValueError("arrays that do not add up")
    return b"".join(pieces)
