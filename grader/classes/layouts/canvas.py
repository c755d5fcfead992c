"""A download of Canvas: one folder with all files, each named after its student; attempts and times are not in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.classes.model import Unread
from grader.classes.names import graded_names
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.model import Person

TITLE = "a download of Canvas"
_NUMBERS = re.compile(r"(?=(_(?P<user>\d+)_\d+_))")
# to read a name
WAYS = 20
_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<user>anon_[^\W_]+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
# what was typed into a field, and a link, have no number of their own
_TYPED = re.compile(
    r"(?:(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)|(?P<hidden>LATE_)?(?P<anon>anon_[^\W_]+))_(?P<rest>text\.html|link\.html)"
)


def fits(view: View) -> bool:
    """Tell whether most files in a folder are called as Canvas calls them."""
    names = view.top_files
    found = [name for name in names if _ways(name)]
    return mostly(found, names)


def pieces(view: View, asked: Asked) -> Pieces:
    """Return the files of each user as one hand-in."""
    users: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    late: dict[str, bool] = {}
    stray = []
    # where a name can be read in one way only, it says what its user is called: the others are read by that
    read = sorted(((_ways(path), path) for path in view.top_files), key=lambda each: (len(each[0]) != 1, each[1]))
    for ways, path in read:
        way = _chosen(ways, names)
        if way is None:
            why = "could be of two students" if ways else "is not named as Canvas names what students hand in"
            stray.append(Unread(path, why))
            continue
        users.setdefault(way.user, []).append((way.rest, view.above + path))
        names.setdefault(way.user, way.name)
        late[way.user] = late.get(way.user, False) or way.late
    made = tuple(
        Piece(
            user,
            names[user] or user,
            graded_names(files, asked.required),
            () if user.startswith("anon_") else (Person(id=user, name=names[user]),),
            late=late[user],
        )
        for user, files in users.items()
    )
    said = ["times and earlier attempts are not in a download of Canvas: only who is late, as Canvas says"]
    if any(user.startswith("anon_") for user in users):
        said.append("it is anonymous: names are known to Canvas alone")
    return Pieces(made, tuple(stray), tuple(said))


@dataclass(frozen=True)
class _Way:
    """One way to read the name of a file: whose it is, and what it was called."""

    name: str
    user: str
    rest: str
    late: bool


def _ways(path: str) -> list[_Way]:
    """Return the ways in which a name can be read: a student's name, and that of a file, may hold numbers as well."""
    if found := _TYPED.fullmatch(path):
        late = bool(found["late"] or found["hidden"])
        return [_Way(found["name"] or "", found["user"] or found["anon"], found["rest"], late)]
    if found := _ANONYMOUS.fullmatch(path):
        return [_Way("", found["user"], found["rest"], bool(found["late"]))]
    made = []
    for found in islice(_NUMBERS.finditer(path), WAYS):
        name, rest = path[: found.start()], path[found.end(1) :]
        if name and rest:
            made.append(_Way(name.removesuffix("_LATE"), found["user"], rest, name.endswith("_LATE")))
    return made


def _chosen(ways: Sequence[_Way], names: Mapping[str, str]) -> _Way | None:
    """Return the way to read a name by what is known of users: the first one that nothing speaks against.

    Where something speaks against the first one, the name of the student holds numbers, and the last one is meant.
    """
    known = [way for way in ways if names.get(way.user) == way.name]
    possible = [way for way in ways if way.user not in names]
    if known or not possible:
        return known[0] if known else None
    return possible[0] if possible[0] is ways[0] else possible[-1]
