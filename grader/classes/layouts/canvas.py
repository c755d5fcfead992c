"""A download of Canvas: one folder with all files, each named after its student; attempts and times are not in it."""

from __future__ import annotations

import re

from grader.classes.model import Person, Unread
from grader.classes.names import graded_names
from grader.classes.view import Asked, Piece, Pieces, View, mostly

TITLE = "a download of Canvas"
_NAMED = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<user>anon_[^\W_]+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
# what was typed into a field, and a link, have no number of their own
_TYPED = re.compile(
    r"(?:(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)|(?P<hidden>LATE_)?(?P<anon>anon_[^\W_]+))_(?P<rest>text\.html|link\.html)"
)


def fits(view: View) -> bool:
    """Tell whether most files in a folder are called as Canvas calls them."""
    names = view.top_files
    found = [name for name in names if _ANONYMOUS.fullmatch(name) or _NAMED.fullmatch(name)]
    return mostly(found, names)


def pieces(view: View, asked: Asked) -> Pieces:
    """Return the files of each user as one hand-in."""
    users: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    late: dict[str, bool] = {}
    stray = []
    for path in view.top_files:
        found = _TYPED.fullmatch(path) or _ANONYMOUS.fullmatch(path) or _NAMED.fullmatch(path)
        if found is None:
            stray.append(Unread(path, "is not named as Canvas names what students hand in"))
            continue
        parts = found.groupdict()
        user = parts["user"] or parts["anon"]
        users.setdefault(user, []).append((parts["rest"], view.above + path))
        names.setdefault(user, parts.get("name") or user)
        late[user] = late.get(user, False) or bool(parts.get("late") or parts.get("hidden"))
    found_pieces = tuple(
        Piece(
            user,
            names[user],
            graded_names(files, asked.required),
            () if user.startswith("anon_") else (Person(id=user, name=names[user]),),
            late=late[user],
        )
        for user, files in users.items()
    )
    said = ["times and earlier attempts are not in a download of Canvas: only who is late, as Canvas says"]
    if any(user.startswith("anon_") for user in users):
        said.append("it is anonymous: names are known to Canvas alone")
    return Pieces(found_pieces, tuple(stray), tuple(said))
