"""From a download into the folder of a run: the files of one hand-in, whole or not at all, and nothing outside of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import atomic
from grader.classes.model import Found, HandIn, Taken, Unread
from grader.errors import IntakeError
from grader.intake import downloads
from grader.intake.classes import ARCHIVE_ENDINGS
from grader.intake.downloads import FILE_BYTES, Download
from grader.intake.listing import FILES, MEGABYTE, Unreadable
from grader.intake.naming import names_drive, plain, points_outside, unusable

# of one hand-in: what a submission may hold, and room for what is left out of it later
HAND_IN_BYTES = 200 * MEGABYTE
CODE = (".py", ".ipynb")


@dataclass(frozen=True)
class Gathered:
    """Where a hand-in lies, ready to be graded: a folder, or the archive that it consists of; and what was left out, and why."""

    path: Path
    left_out: tuple[Unread, ...] = ()


def gathered(found: Found, hand_in: HandIn, into: Path) -> Path:
    """Write the files of one hand-in into a fresh folder below `into`, called after its student, and return where they lie."""
    with gathering(found) as gather:
        return gather(hand_in, into).path


@contextmanager
def gathering(found: Found) -> Iterator[Callable[[HandIn, Path], Gathered]]:
    """Yield what gathers a hand-in of a download below a folder, which is made.

    AuthorError when something cannot be written; what cannot be read is left out, and said.
    """
    with downloads.opened(found.path, required=found.required) as download:
        yield lambda hand_in, into: _gather(download, hand_in, into)


def _gather(download: Download, hand_in: HandIn, into: Path) -> Gathered:
    alone = _archive(hand_in.files)
    chosen = (alone,) if alone else hand_in.files
    left_out = [
        Unread(each.stored, f"lies beside {alone.name}, which is graded")
        for each in hand_in.files
        if alone and each != alone
    ]
    target = into / f"{hand_in.student}{_ending(alone.name) if alone else ''}"
    try:
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=into, prefix=".gathering.") as place:
            fresh = Path(place) / "fresh"
            left_out += _write(download, chosen, fresh, alone is not None)
            _put(fresh, target, Path(place) / "old")
    except OSError as error:
        raise atomic.refusal(target, error) from error
    return Gathered(target, tuple(left_out))


def _archive(files: tuple[Taken, ...]) -> Taken | None:
    """Return the archive that a hand-in consists of, if it does: no code lies beside it."""
    archives = [each for each in files if each.name.lower().endswith(ARCHIVE_ENDINGS)]
    code = any(each.name.lower().endswith(CODE) for each in files)
    return archives[0] if len(archives) == 1 and not code else None


def _ending(name: str) -> str:
    return next(each for each in ARCHIVE_ENDINGS if name.lower().endswith(each))


def _write(download: Download, files: tuple[Taken, ...], fresh: Path, alone: bool) -> list[Unread]:
    """Write the files below `fresh`, or the only one of them as `fresh`; return what is left out."""
    left_out, room = [], HAND_IN_BYTES
    if not alone:
        fresh.mkdir()
    for number, each in enumerate(files):
        size = download.sizes.get(each.stored)
        why = ""
        if size is None:
            why = "is not in the download any more"
        elif not alone and not _safe(each):
            why = "has a name that is not written here"
        elif number >= FILES:
            why = f"is one of more than {FILES:,} files"
        elif size > room:
            why = f"does not fit into {HAND_IN_BYTES // MEGABYTE} MB"
        else:
            try:
                content = download.read(each.stored, min(FILE_BYTES, room))
            except (Unreadable, IntakeError) as error:
                why = str(error)
            else:
                room -= len(content)
                why = _put_file(fresh if alone else fresh / _safe(each), content)
        if why:
            left_out.append(Unread(each.stored, why))
    if alone and not fresh.exists():
        fresh.mkdir()
    return left_out


def _safe(taken: Taken) -> str:
    """Return the name of a file below its folder: the student's, else that in the download, else nothing."""
    names = (taken.name, taken.stored.rpartition("/")[2])
    return next((name for name in names if _is_plain(name)), "")


def _is_plain(name: str) -> bool:
    drives = any(map(names_drive, name.split("/")))
    return bool(name) and not (points_outside(name) or unusable(name) or drives) and plain(name) == name


def _put_file(path: Path, content: bytes) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        return "has the name of another file or folder"
    return ""


def _put(fresh: Path, target: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    if old.is_dir():
        shutil.rmtree(old)
