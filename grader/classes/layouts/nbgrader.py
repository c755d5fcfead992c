"""What nbgrader keeps: ``submitted/STUDENT/ASSIGNMENT``, and the folder ``inbound`` of an exchange."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from grader.classes.model import Taken, Unread
from grader.classes.names import graded_names
from grader.classes.times import instant
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.errors import AuthorError
from grader.intake.naming import without_marks
from grader.model import Person
from grader.text import listed, printable

TITLE = "the folder submitted of nbgrader"
INBOUND_TITLE = "the folder inbound of an exchange of nbgrader"
TIMESTAMP = "timestamp.txt"
# read from the right, as a student may be called a+b
_INBOUND = re.compile(
    r"(?P<who>.+)\+(?P<assignment>[^+]+)\+(?P<at>\d{4}-\d\d-\d\d[ _T]\d\d[:-]\d\d[:-]\d\d[^+]*)(?:\+(?P<rest>[^+]*))?",
    re.DOTALL,
)
NAMED = 5


def fits(view: View) -> bool:
    """Tell whether folders of students hold folders of assignments: by the times that nbgrader wrote, or by what it is called."""
    if view.label == "submitted" and not view.top_files and _assignments(view):
        return True
    timed = {path.partition("/")[0] for path in view.sizes if path.count("/") == 2 and path.endswith(f"/{TIMESTAMP}")}
    return mostly(timed, view.top_folders)


def pieces(view: View, asked: Asked) -> Pieces:
    """Return what each student handed in of the assignment that the required files are in; AuthorError when that is not one."""
    found = _assignments(view)
    name = _chosen(
        found, [path.split("/", 2)[1:] for path in view.sizes if path.count("/") >= 2], asked.required, view.label
    )
    made = []
    for student in found[name]:
        folder = f"{student}/{name}"
        at = instant(view.content(f"{folder}/{TIMESTAMP}").decode(errors="replace"), UTC)
        made.append(_piece(student, view.taken(folder), at, folder, asked))
    others = [f"the assignment {printable(other)} is in it, too" for other in found if other != name]
    stray = [Unread(name, "is in no student's folder") for name in view.top_files]
    stray += [
        Unread(each, f"has no folder {name}")
        for each in view.top_folders
        if each not in found[name] and view.below(each)
    ]
    return Pieces(tuple(made), tuple(stray), (f"the assignment is taken to be {printable(name)}", *others))


def fits_inbound(view: View) -> bool:
    """Tell whether most folders are called as the exchange calls them."""
    return mostly([name for name in view.top_folders if _INBOUND.fullmatch(name)], view.top_folders)


def inbound(view: View, asked: Asked) -> Pieces:
    """Return each folder as an attempt of its student."""
    entries = [(name, found) for name in view.top_folders if (found := _INBOUND.fullmatch(name))]
    held: dict[str, list[str]] = {}
    for folder, found in entries:
        held.setdefault(found["assignment"], []).append(folder)
    files = [[entry["assignment"], path.partition("/")[2]] for folder, entry in entries for path in view.below(folder)]
    name = _chosen(held, files, asked.required, view.label)
    made = [
        _piece(found["who"], view.taken(folder), instant(found["at"].replace("_", " "), UTC), folder, asked)
        for folder, found in entries
        if found["assignment"] == name
    ]
    known = {folder for folder, _ in entries}
    stray = [Unread(each, "is not named as an exchange names what students hand in") for each in view.top_files]
    stray += [Unread(each, "is not named as an exchange names it") for each in view.top_folders if each not in known]
    others = [f"the assignment {printable(other)} is in it, too" for other in held if other != name]
    return Pieces(tuple(made), tuple(stray), (f"the assignment is taken to be {printable(name)}", *others))


def _piece(student: str, files: Iterable[Taken], at: datetime | None, folder: str, asked: Asked) -> Piece:
    own = [(each.name, each.stored) for each in files if each.name != TIMESTAMP]
    return Piece(
        student,
        student,
        graded_names(own, asked.required),
        (Person(id=student, login=student, sis=student),),
        at=at,
        submission=folder,
        order=folder,
    )


def _assignments(view: View) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for student, name in sorted({tuple(path.split("/", 2)[:2]) for path in view.sizes if path.count("/") >= 2}):
        found.setdefault(name, []).append(student)
    return found


def _chosen(found: dict[str, list[str]], files: Sequence[Sequence[str]], required: Sequence[str], label: str) -> str:
    """Return the assignment in which most required files are; `files` are pairs of an assignment and a path in it."""
    if len(found) == 1:
        return next(iter(found))
    wanted = set(map(str.casefold, required))
    count = Counter(name for name, path in files if without_marks(path.rpartition("/")[2]) in wanted)
    first = count.most_common(2)
    if not first or (len(first) > 1 and first[0][1] == first[1][1]):
        several = listed([printable(each) for each in found], NAMED)
        raise AuthorError(
            f"{label}: holds {len(found)} assignments ({several}), and it cannot be seen which one is meant; give a folder that "
            "has one of them"
        )
    return first[0][0]
