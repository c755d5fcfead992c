"""Reading a ``.tar``, packed or not, that may lie about itself: the library's reader trusts the sizes in the file."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from grader.errors import IntakeError
from grader.intake.listing import LISTED, MEGABYTE, Entry, Listing, Unreadable, tabulate, too_many
from grader.intake.naming import inside

_BLOCK = 512
_PIECE = 1 << 20
_RECORD_BYTES = 1 << 16
_RECORDS_BYTES = 8 * MEGABYTE  # in all
_STREAMS = 100
_GZIP = 31  # for zlib: with the header and the checksum of gzip
_XZ_MEMORY = 128 * MEGABYTE  # what the strongest preset of xz needs, and half as much again
# so much of a file is needed to tell what it is
MAGIC_BYTES = 265
_RECORDS = (b"x", b"g", b"L", b"K")
_WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"5", b"6")
_UNPACKED = 4  # times the limit of a submission, so that a video beside the code is passed over, not refused
_KINDS = {
    b"1": "is a hard link, a second name of some other file",
    b"2": "is a symbolic link",
    b"3": "is a device",
    b"4": "is a device",
    b"6": "is a pipe",
}
_PAX_LINE = re.compile(rb"([0-9]{1,6}) ")


class _Unpacking(Protocol):
    """What unpacks one stream, as the library has it for bzip2 and xz."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """The same for gzip, which gives back what it has not used yet."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


_PACKED: dict[bytes, Callable[[], _Unpacking]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
}


def begins(start: bytes) -> bool:
    """Tell whether a file that begins so is a tar, as far as can be seen: its first `MAGIC_BYTES` are enough."""
    return start[257:262] == b"ustar" or any(start.startswith(magic) for magic in _PACKED)


@contextmanager
def opened(file: IO[bytes], *, label: str, required: Collection[str], limit: int) -> Iterator[Listing]:
    """Yield the listing of the tar in `file`; IntakeError when it is damaged or built to do harm."""
    data = _unpacked(file, label, _UNPACKED * limit)
    members = list(_members(data, label))
    entries = [Entry(inside(member.name, label), member.size, member.why, member.folder) for member in members]

    def read(position: int, _limit: int) -> bytes:
        member = members[position]
        return bytes(memoryview(data)[member.start : member.start + member.size])

    yield tabulate(entries, read, label=label, required=required)


@contextmanager
def walked(
    file: IO[bytes], *, label: str, most: int, limit: int
) -> Iterator[tuple[Sequence[Entry], Callable[[int, int], bytes]]]:
    """Yield what lies in the tar in `file`, by the names that stand there, and what reads one, by its place among them.

    All of it, `limit` bytes at most, is held in memory.
    """
    data = _unpacked(file, label, limit)
    members = list(_members(data, label, most))

    def read(position: int, most_bytes: int) -> bytes:
        member = members[position]
        if member.size > most_bytes:
            raise Unreadable("is too large")
        return bytes(memoryview(data)[member.start : member.start + member.size])

    yield [Entry(member.name, member.size, member.why, member.folder) for member in members], read


@dataclass(frozen=True)
class _Member:
    name: str
    start: int
    size: int
    why: str
    folder: bool


def _unpacked(file: IO[bytes], label: str, limit: int) -> bytearray:
    if file.seek(0, 2) > limit:
        raise _too_large(label, limit)
    file.seek(0)
    start = file.read(MAGIC_BYTES)
    file.seek(0)
    begin = next((begin for magic, begin in _PACKED.items() if start.startswith(magic)), None)
    if begin is None:
        return bytearray(file.read(limit))
    # the library's readers take a second for a few hundred thousand empty streams, and as long for a name without end
    data, streams, unpacking = bytearray(), 1, begin()
    try:
        while True:
            packed = b""
            if unpacking.eof:
                # zeros behind a stream pad it, anything else is to be another one
                packed = unpacking.unused_data.lstrip(b"\0")
                while not packed and (piece := file.read(_PIECE)):
                    packed = piece.lstrip(b"\0")
                if not packed:
                    return data
                unpacking, streams = begin(), streams + 1
                if streams > _STREAMS:
                    raise _damaged(label)
            elif unpacking.needs_input and not (packed := file.read(_PIECE)):
                raise _damaged(label)
            data += unpacking.decompress(packed, _PIECE)
            if len(data) > limit:
                raise _too_large(label, limit)
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error):
        raise _damaged(label) from None


def _members(data: bytearray, label: str, most: int = LISTED) -> Iterator[_Member]:
    """Yield the members; a header may be preceded by records that give it a longer name (GNU) or other fields (pax)."""
    position, seen, recorded, long_name, fields = 0, 0, 0, "", dict[str, str]()
    while header := bytes(data[position : position + _BLOCK]).rstrip(b"\0"):
        header = header.ljust(_BLOCK, b"\0")
        kind = header[156:157]
        size = 0 if kind in _WITHOUT_DATA else _number(header[124:136])
        if kind not in _RECORDS and re.fullmatch("[0-9]{1,18}", fields.get("size", "")):
            size = int(fields["size"])
        start = position + _BLOCK
        position = start + -(-size // _BLOCK) * _BLOCK
        seen += 1
        if seen > most:
            raise too_many(label)
        if size < 0 or start + size > len(data) or not _sums_up(header):
            raise _damaged(label)
        if kind in _RECORDS:
            recorded += size
            if size > _RECORD_BYTES or recorded > _RECORDS_BYTES:
                raise _damaged(label)
            record = bytes(data[start : start + size])
            if kind == b"x":
                fields = _pax(record)
            elif kind == b"L":
                long_name = _text(record)
            continue
        name = fields.get("path") or long_name or _short_name(header)
        folder = kind == b"5" or (kind == b"\0" and name.endswith("/"))
        sparse = any(key.startswith("GNU.sparse") for key in fields)
        regular = kind in (b"0", b"\0", b"7") and not sparse
        yield _Member(name, start, size, "" if regular or folder else _KINDS.get(kind, "is not a regular file"), folder)
        long_name, fields = "", {}


def _short_name(header: bytes) -> str:
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{_text(header[:100])}" if prefix else _text(header[:100])


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode(errors="surrogateescape")


def _number(raw: bytes) -> int:
    if raw[0] == 0x80:
        return int.from_bytes(raw[1:], "big")
    digits = raw.strip(b" \0")
    return int(digits or b"0", 8) if re.fullmatch(rb"[0-7]*", digits) else -1


def _sums_up(header: bytes) -> bool:
    return _number(header[148:156]) == sum(header[:148]) + sum(b" " * 8) + sum(header[156:])


def _pax(record: bytes) -> dict[str, str]:
    """Return the fields of a pax record: lines ``LENGTH KEY=VALUE``, where LENGTH counts the whole line."""
    fields = {}
    position = 0
    while match := _PAX_LINE.match(record, position):
        end = position + int(match[1])
        if not match.end() < end <= len(record):
            break
        key, _, value = record[match.end() : end - 1].partition(b"=")
        fields[_text(key)] = _text(value)
        position = end
    return fields


def _damaged(label: str) -> IntakeError:
    return IntakeError(f"{label}: is not a complete tar; check the upload, or pack the folder again")


def _too_large(label: str, limit: int) -> IntakeError:
    return IntakeError(
        f"{label}: unpacks to more than {limit / MEGABYTE:,.0f} MB; hand in only your own code and notebooks"
    )
