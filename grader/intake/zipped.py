"""Reading a zip that may lie about itself."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from grader.errors import IntakeError
from grader.intake.listing import LISTED, MEGABYTE, Entry, Listing, Unreadable, tabulate, too_many
from grader.intake.naming import inside, shown

_DIRECTORY_BYTES = 4 * MEGABYTE
_PIECE = 1 << 16
_RATIO = 100
_LOCAL_HEADER = 30
_DEFECTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, LookupError, OverflowError)


@contextmanager
def opened(file: IO[bytes], *, label: str, required: Collection[str], limit: int) -> Iterator[Listing]:
    """Yield the listing of the zip in `file`; IntakeError when it is damaged, encrypted, or built to do harm."""
    archive = _archive(file, label, _DIRECTORY_BYTES)
    infos = archive.infolist()
    _refuse_tricks(infos, label, LISTED)
    entries = [Entry(inside(_name(info), label), info.file_size, _why(info), _is_folder(info)) for info in infos]
    listing = tabulate(
        entries, lambda position, most: _read(archive, infos[position], most, label), label=label, required=required
    )
    _refuse_bomb(infos, limit, label)
    yield listing


@contextmanager
def walked(file: IO[bytes], *, label: str, most: int) -> Iterator[tuple[Sequence[Entry], Callable[[int, int], bytes]]]:
    """Yield what lies in the zip in `file`, by the names that stand there, and what reads one, by its place among them.

    It is a whole class's, made by a platform: an entry may be as hostile as its student, and is for the caller to judge.
    """
    archive = _archive(file, label, _DIRECTORY_BYTES * (1 + most // LISTED))
    infos = archive.infolist()
    _refuse_tricks(infos, label, most)
    entries = [Entry(_name(info), info.file_size, _why(info), _is_folder(info)) for info in infos]
    yield entries, lambda position, limit: _read(archive, infos[position], limit, label)


def _archive(file: IO[bytes], label: str, directory: int) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_Guarded(file, label, directory))
    except NotImplementedError:
        raise _unsupported(label) from None
    except _DEFECTS:
        raise _damaged(label) from None


class _Guarded:
    """A file whose single reads are bounded: a zip's table of contents is read whole, whatever its length."""

    def __init__(self, file: IO[bytes], label: str, most: int) -> None:
        self._file = file
        self._most = most
        self._label = label
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(min(size, self._most + 1) if size >= 0 else self._most + 1)
        if len(content) > self._most:
            raise too_many(self._label)
        return content


def _name(info: zipfile.ZipInfo) -> str:
    # as written: the library ends a name at a NUL, and turns the system's separator into a slash
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        # without the flag names are cp437 by the book, but macOS writes UTF-8
        return name.encode("cp437").decode()
    except UnicodeError:
        return name


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith("/") or stat.S_ISDIR(info.external_attr >> 16)


def _why(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a symbolic link"
    return "" if kind in (0, stat.S_IFREG, stat.S_IFDIR) else "is not a regular file"


def _refuse_tricks(infos: list[zipfile.ZipInfo], label: str, most: int) -> None:
    if len(infos) > most:
        raise too_many(label)
    if any(info.flag_bits & 0x41 for info in infos):
        raise IntakeError(f"{label}: is protected with a password; pack the folder again without one")
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise _unsupported(label)
    if any(info.compress_size > 2 * info.file_size + _PIECE for info in infos):
        raise _damaged(label)
    end = 0
    for start, length in sorted((info.header_offset, _LOCAL_HEADER + info.compress_size) for info in infos):
        if start < end:
            raise IntakeError(f"{label}: its files overlap, as in a zip bomb; make a new zip of your folder")
        end = start + length


def _refuse_bomb(infos: list[zipfile.ZipInfo], limit: int, label: str) -> None:
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > limit and unpacked > _RATIO * packed:
        raise IntakeError(
            f"{label}: unpacks to {unpacked / MEGABYTE:,.0f} MB from {packed / MEGABYTE:,.2f} MB, like a zip bomb; "
            "hand in only your own code and notebooks"
        )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, label: str) -> bytes:
    content = bytearray()
    try:
        with archive.open(info) as file:
            while len(content) <= limit and (piece := file.read(_PIECE)):
                content += piece
    except (*_DEFECTS, NotImplementedError, RuntimeError):
        raise IntakeError(
            f"{label}: '{shown(info.filename)}' in it is damaged; check that the upload was complete, "
            "or pack the folder again"
        ) from None
    if len(content) > limit:
        raise Unreadable("is larger than it says")
    return bytes(content)


def _damaged(label: str) -> IntakeError:
    return IntakeError(f"{label}: is not a complete zip; check that the upload was complete, or pack the folder again")


def _unsupported(label: str) -> IntakeError:
    return IntakeError(f"{label}: is packed in an unusual way; pack the folder again with your system's zip command")
