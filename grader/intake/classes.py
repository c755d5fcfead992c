"""Telling a whole class from one submission: downloads of Canvas and Moodle, folders of folders, archives of archives."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from grader.errors import LooksLikeClass
from grader.intake.naming import DEPTH, NAME_BYTES, shown, without_marks

# what a submission is packed in, and what nobody reads but people pack in all the same
ARCHIVE_ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar")
_PACKED = (*ARCHIVE_ENDINGS, ".rar", ".7z")
# NAME[_LATE]_USER_FILE_NAME, as Canvas calls each file that it packs
CANVAS = re.compile(r"(?P<who>.+?)_(?:LATE_)?(?P<user>\d+)_(?P<file>\d{2,})_(?P<name>.+)")
# NAME_NUMBER_assignsubmission_file, as Moodle calls the folder of each student
MOODLE = re.compile(r"(?P<who>.+)_(?P<user>\d+)_assignsubmission_(?:file|onlinetext)_?")
NAMED = 3
# what is longer is left out by intake, and is not worth the time
LONGEST = DEPTH * NAME_BYTES


def student_of(name: str) -> str:
    """Return who handed in a file or folder of this name, where a platform called it so; else the name as it is."""
    found = CANVAS.fullmatch(name) or MOODLE.fullmatch(name)
    return f"{found['who']}_{found['user']}" if found else name


def refuse_class(paths: Collection[str], names: Collection[str], label: str, *, given: str, packed: bool) -> None:
    """Refuse what is a whole class; `names` are those of the files that one submission may hold, each once.

    `given` is the path as it was given, and `packed` says that it is an archive. LooksLikeClass says what it was taken for, and
    what to do.
    """
    inner = _unwrapped(paths)
    top = {path.partition("/")[0] for path in inner}
    each = "unpack it, and give what is in it, as in FOLDER/*" if packed else f"give what is in it, as in {given}/*"
    plain = {without_marks(name) for name in names}
    files = [name for name in top if name in inner]
    canvas = [found["user"] for name in files if (found := CANVAS.fullmatch(name))]
    if len(set(canvas)) > 1 and 2 * len(canvas) > len(files) and plain.isdisjoint(map(without_marks, files)):
        raise _looks(
            label,
            f"files of {len(set(canvas))} students, as Canvas packs them, are in it",
            "put the files of each student into a folder of its own, and give these folders, as in FOLDER/*",
        )
    moodle = {found["user"] for name in top if name not in inner and (found := MOODLE.fullmatch(name))}
    if len(moodle) > 1:
        raise _looks(label, f"folders of {len(moodle)} students, as Moodle packs them, are in it", each)
    holders: dict[str, set[str]] = {}
    for path in inner:
        name = without_marks(PurePosixPath(path).name)
        if name in plain:
            holders.setdefault(name, set()).add(path.partition("/")[0] if "/" in path else "")
    for name in sorted(holders):
        if len(holders[name]) > 1 and "" not in holders[name]:
            raise _looks(label, f"{name} is in {len(holders[name])} folders ({_some(holders[name])})", each)
    archives = [name for name in inner if name.lower().endswith(_PACKED)]
    if len(archives) > 1 and not holders:
        raise _looks(label, f"{len(archives)} archives are in it ({_some(archives)})", each)


def _looks(label: str, what: str, todo: str) -> LooksLikeClass:
    return LooksLikeClass(
        f"{label}: looks like a whole class, not like one submission: {what}; {todo}. If it is one student's, leave in it only "
        "what counts"
    )


def _some(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(map(shown, found[:NAMED])) + (", ..." if len(found) > NAMED else "")


def _unwrapped(paths: Collection[str]) -> set[str]:
    """Return the paths below the one folder that holds all of them, if there is one."""
    inner = {path for path in paths if len(path) <= LONGEST}
    for _ in range(DEPTH):
        if len({path.partition("/")[0] for path in inner}) != 1 or not all("/" in path for path in inner):
            break
        inner = {path.partition("/")[2] for path in inner}
    return inner
