"""A download of Brightspace: a folder, or files, for each attempt, by two numbers, a name and a time."""

from __future__ import annotations

import re

from grader.classes.model import Unread
from grader.classes.names import graded_names
from grader.classes.times import in_words
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.model import Person

TITLE = "a download of Brightspace"
_ENTRY = re.compile(
    r"(?P<first>\d+)-(?P<second>\d+) - (?P<who>.+?) - (?P<at>[^\d-]+\d{1,2},? \d{4} \d{3,4}(?: ?[AP]M)?)(?P<rest> - .+)?",
    re.DOTALL | re.IGNORECASE,
)
OURS = ("index.html",)
# a folder ends with its time: one in front of that is part of a name
_FOLDER = re.compile(_ENTRY.pattern.removesuffix("(?P<rest> - .+)?"), re.DOTALL | re.IGNORECASE)


def fits(view: View) -> bool:
    """Tell whether most folders or files are called as Brightspace calls them."""
    names = (*view.top_folders, *view.top_files)
    return mostly([name for name in names if _ENTRY.fullmatch(name)], names)


def pieces(view: View, asked: Asked) -> Pieces:
    """Return each attempt: a folder, or the files of one name and one time.

    Which of the two numbers is the student's is seen by the other one: that of the assignment is the same everywhere.
    """
    stray, entries = [], []
    for name in (*view.top_folders, *view.top_files):
        if found := (_FOLDER if name in view.folders else _ENTRY).fullmatch(name):
            entries.append((name, found))
        elif name.casefold() not in OURS and (name in view.sizes or view.below(name)):
            stray.append(Unread(name, "is not named as Brightspace names what students hand in"))
    numbers = [{found[part] for _, found in entries} for part in ("first", "second")]
    own = "second" if len(numbers[0]) == 1 and len(numbers[1]) > 1 else "first"
    sure = 1 in map(len, numbers)
    files: dict[tuple[str, str], list[tuple[str, str]]] = {}
    about: dict[tuple[str, str], tuple[str, str, str]] = {}
    for name, found in entries:
        attempt = (found[own], found["at"])
        about.setdefault(
            attempt, (found["who"], found["at"], name if name in view.folders else name[: found.end("at")])
        )
        given = [(each.name, each.stored) for each in view.taken(name)] if name in view.folders else []
        if name in view.sizes:
            given = [((found["rest"] or name).removeprefix(" - "), view.above + name)]
        files.setdefault(attempt, []).extend(given)
    made = tuple(
        Piece(
            number,
            about[number, at][0],
            graded_names(given, asked.required),
            (Person(id=number if sure else "", name=about[number, at][0]),),
            at=in_words(at, asked.zone),
            submission=about[number, at][2],
            order=f"{in_words(at, asked.zone) or ''} {at}",
        )
        for (number, at), given in files.items()
    )
    said = [] if asked.zone else ["times are on the clock of the platform, without a zone: give the zone in class.toml"]
    if not sure:
        said.append(
            "neither number in the names is the same everywhere: students are joined with the roster by their names"
        )
    return Pieces(made, tuple(stray), tuple(said))
