"""A download of Moodle: a folder or a file for each participant and each kind of submission, by the participant's number."""

from __future__ import annotations

import re

from grader.classes.model import Taken, Unread
from grader.classes.names import graded_names
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.model import Person

TITLE = "a download of Moodle"
# a team has its own number; those without a team have a name and none
_FOLDER = re.compile(
    r"(?:(?P<who>.+?)_(?P<user>\d+)|(?P<team>.+?))_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<rest>.*))?",
    re.DOTALL,
)


def fits(view: View) -> bool:
    """Tell whether most folders or files are called as Moodle calls them."""
    names = (*view.top_folders, *view.top_files)
    return mostly([name for name in names if _FOLDER.fullmatch(name)], names)


def pieces(view: View, asked: Asked) -> Pieces:
    """Return what each participant, or each team, handed in: files and text that was typed in together."""
    files: dict[str, list[tuple[str, str]]] = {}
    whole: dict[str, tuple[Taken, ...]] = {}
    names: dict[str, tuple[str, str]] = {}
    back: dict[str, str] = {}
    stray = []
    for name in (*view.top_folders, *view.top_files):
        found = _FOLDER.fullmatch(name)
        if found is None:
            if name in view.sizes or view.below(name):
                stray.append(Unread(name, "is not named as Moodle names what students hand in"))
            continue
        who = found["user"] or found["team"]
        names.setdefault(who, (found["who"] or found["team"], found["user"] or ""))
        if name in view.folders:
            whole[who] = (*whole.get(who, ()), *view.taken(name))
        else:
            rest = found["rest"] or found["kind"]
            files.setdefault(who, []).append((rest, view.above + name))
        if found["kind"] == "file" or who not in back:
            back[who] = name if name in view.folders else f"{name[: found.end('kind')]}_"
    words = {name for name, number in names.values() if number}
    blind = len(words) == 1 and (len(names) > 1 or words == {"Participant"})
    made = []
    for who, (name, number) in names.items():
        called = f"{name} {number}" if blind and number else name
        given = [(each.name, each.stored) for each in whole.get(who, ())] + files.get(who, [])
        person = Person(id=number, name="" if blind else name)
        made.append(Piece(who, called, graded_names(given, asked.required), (person,), submission=back[who]))
    said = [
        "times and earlier attempts are not in a download of Moodle: the grading worksheet (--roster) has the times"
    ]
    if blind:
        said.append("it is marked blind: names are known to Moodle alone")
    return Pieces(tuple(made), tuple(stray), tuple(said))
