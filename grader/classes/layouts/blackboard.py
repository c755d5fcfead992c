"""A download of Blackboard: one folder with all files, and a text file for each attempt that says whose is what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.classes.model import Unread
from grader.classes.names import graded_names
from grader.classes.times import instant
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.model import Person

TITLE = "a download of Blackboard"
_TEXT = re.compile(r"(?P<start>.+)_attempt_(?P<at>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)\.txt", re.DOTALL)
_START = re.compile(r".+?_attempt_\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d", re.DOTALL)
# what stands before the names, each on a line of its own
_PERSON, _FILES, _ORIGINAL, _STORED = "Name:", "Files:", "Original filename:", "Filename:"


def fits(view: View) -> bool:
    """Tell whether most files begin as one of the text files that Blackboard writes for each attempt."""
    starts = {name.removesuffix(".txt") for name in view.top_files if _TEXT.fullmatch(name)}
    begun = [name for name in view.top_files if (found := _START.match(name)) and found[0] in starts]
    return mostly(begun, view.top_files)


def pieces(view: View, asked: Asked) -> Pieces:
    """Return each attempt by its text file; names of columns and files may look like parts of names, so they are not read."""
    made, stray = [], []
    claimed = set()
    texts = [(name, found) for name in view.top_files if (found := _TEXT.fullmatch(name))]
    for name, found in texts:
        lines = [line.strip() for line in view.content(name).decode("utf-8-sig", errors="replace").splitlines()]
        person = _person(lines)
        claimed.add(name)
        if person is None:
            stray.append(Unread(name, "does not say whose attempt it is"))
            continue
        files = _files(lines, view, name.removesuffix(".txt"))
        claimed |= set(files)
        made.append(
            Piece(
                person.id or person.name,
                person.name,
                graded_names([(original, view.above + stored) for stored, original in files.items()], asked.required),
                (person,),
                at=instant(found["at"], asked.zone),
                submission=name.removesuffix(".txt"),
                order=found["at"],
            )
        )
    stray += [Unread(name, "is in no attempt's text file") for name in view.top_files if name not in claimed]
    said = (
        f"times are taken from the names of the files, on the clock of {asked.zone}"
        if asked.zone
        else ("times are on the clock of the platform, without a zone: give the zone in class.toml to have them read")
    )
    return Pieces(tuple(made), tuple(stray), (said,))


def _person(lines: Sequence[str]) -> Person | None:
    """Return who the first line with a name is about: ``Name: Jane Doe (jdoe)``; ids may be anything without brackets."""
    line = next((line for line in lines if line.startswith(_PERSON)), "")
    name, bracket, user = line.removeprefix(_PERSON).removesuffix(")").rpartition("(")
    if not bracket or not line.endswith(")") or not (name.strip() or user.strip()):
        return None
    return Person(id=user.strip(), name=name.strip(), login=user.strip())


def _files(lines: Sequence[str], view: View, start: str) -> Mapping[str, str]:
    """Return the files of an attempt: how each is stored, and what it was called."""
    # the texts of students stand above, and may look like what Blackboard writes: the last list counts
    begin = max((k for k, line in enumerate(lines) if line == _FILES), default=len(lines))
    found = {}
    original = ""
    for line in lines[begin:]:
        if line.startswith(_ORIGINAL):
            original = line.removeprefix(_ORIGINAL).strip()
        elif line.startswith(_STORED) and original:
            stored = line.removeprefix(_STORED).strip()
            if stored in view.sizes and stored.startswith(start):
                found[stored] = original
            original = ""
    return found
