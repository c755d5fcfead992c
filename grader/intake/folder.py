"""Reading a folder that may change, or try to block, while it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from grader.errors import IntakeError
from grader.intake.listing import LISTED, Entry, Listing, Unreadable, tabulate
from grader.intake.naming import DEPTH, is_junk, shown

# with these calls, no part of a path can be exchanged for a link between looking and opening
BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_NEVER_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FILE = os.O_RDONLY | _NEVER_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | _NEVER_FOLLOW | getattr(os, "O_DIRECTORY", 0)
_KINDS = {
    stat.S_IFLNK: "is a symbolic link",
    stat.S_IFIFO: "is a pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFBLK: "is a device",
    stat.S_IFCHR: "is a device",
}

Place = int | str  # an open folder: its descriptor, or its path where the system has no such calls


@contextmanager
def opened(
    path: Path, *, required: Collection[str], only: str = "", by_descriptor: bool = BY_DESCRIPTOR
) -> Iterator[Listing]:
    """Yield the listing of the folder at `path`, or of the one file called `only` in it.

    Links inside the folder are never followed. `by_descriptor` says how folders are held open.
    """
    with ExitStack() as stack:
        top: Place = str(path)
        if by_descriptor:
            # the person who grades named this folder: it alone may be a link
            top = os.open(path, _FOLDER & ~_NEVER_FOLLOW)
            stack.callback(os.close, top)
        walk = iter([_file(only, _status(top, only))]) if only else _walk(top, "", _Bounds(frozenset(required)))
        entries = list(islice(walk, LISTED + 1))
        yield tabulate(
            entries,
            lambda position, limit: _read(top, entries[position].name, limit),
            label=shown(path.name),
            required=required,
        )


@contextmanager
def walked(
    path: Path, *, required: Collection[str], most: int, depth: int, by_descriptor: bool = BY_DESCRIPTOR
) -> Iterator[tuple[Sequence[Entry], Callable[[str, int], bytes]]]:
    """Yield what lies in the folder at `path`, at most so many entries so deep, and what reads a file of it by its name.

    ``read(name, limit)`` is as that of a `Listing`.
    """
    with ExitStack() as stack:
        top: Place = str(path)
        if by_descriptor:
            top = os.open(path, _FOLDER & ~_NEVER_FOLLOW)
            stack.callback(os.close, top)
        bounds = _Bounds(frozenset(required), most, depth)
        yield list(islice(_walk(top, "", bounds), most)), lambda name, limit: _read(top, name, limit)


@contextmanager
def open_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield the regular file at `path`, opened without ever waiting; IntakeError for anything else."""
    with os.fdopen(os.open(path, _FILE & ~_NEVER_FOLLOW), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise IntakeError(f"{shown(path.name)}: is not a regular file; hand in a folder, a .zip or a .tar.gz")
        yield file


@dataclass(frozen=True)
class _Bounds:
    """What is the student's work wherever it lies, how many entries of a folder are looked at, and how deep."""

    required: frozenset[str]
    most: int = LISTED + 1
    depth: int = DEPTH


def _walk(place: Place, above: str, bounds: _Bounds) -> Iterator[Entry]:
    with os.scandir(place) as scan:
        names = sorted(entry.name for entry in islice(scan, bounds.most))
    if above and is_junk(above, names, bounds.required):
        return
    for name in names:
        path = f"{above}/{name}" if above else name
        try:
            status = _status(place, name)
        except OSError as error:
            yield Entry(path, why=f"cannot be looked at ({error.strerror})")
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _enter(place, path, bounds)
        else:
            yield _file(path, status)


def _enter(place: Place, path: str, bounds: _Bounds) -> Iterator[Entry]:
    name = path.rpartition("/")[2]
    if is_junk(name):
        yield Entry(path, folder=True)
    elif path.count("/") + 1 >= bounds.depth:
        yield Entry(path, why=f"is {bounds.depth} folders deep", folder=True)
    else:
        try:
            with _held(place, name) as inner:
                yield Entry(path, folder=True)
                yield from _walk(inner, path, bounds)
        except OSError as error:
            yield Entry(path, why=f"cannot be opened ({error.strerror})", folder=True)


@contextmanager
def _held(place: Place, name: str) -> Iterator[Place]:
    if isinstance(place, str):
        yield str(Path(place, name))
        return
    descriptor = _open(place, name, _FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open(place: Place, name: str, flags: int) -> int:
    return os.open(Path(place, name), flags) if isinstance(place, str) else os.open(name, flags, dir_fd=place)


def _status(place: Place, name: str) -> os.stat_result:
    if isinstance(place, str):
        return Path(place, name).lstat()
    return os.stat(name, dir_fd=place, follow_symlinks=False)


def _file(path: str, status: os.stat_result) -> Entry:
    return Entry(path, status.st_size, _refusal(status))


def _refusal(status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return _KINDS.get(stat.S_IFMT(status.st_mode), "is not a regular file")
    # its other name may be anywhere on the disk, so the content may be anybody's
    return "is a hard link, a second name of some other file" if status.st_nlink > 1 else ""


def _read(top: Place, path: str, limit: int) -> bytes:
    *folders, name = path.split("/")
    try:
        with ExitStack() as stack:
            place = top
            for folder in folders:
                place = stack.enter_context(_held(place, folder))
            descriptor = _open(place, name, _FILE)
            stack.callback(os.close, descriptor)
            return _content(descriptor, limit)
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from error


def _content(descriptor: int, limit: int) -> bytes:
    if why := _refusal(os.fstat(descriptor)):
        raise Unreadable(why)
    content = bytearray()
    while piece := os.read(descriptor, min(1 << 20, limit + 1 - len(content))):
        content += piece
    if len(content) > limit:
        raise Unreadable("grew while it was read")
    return bytes(content)
