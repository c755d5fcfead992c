"""A download of Blackboard: one folder with all files, and a text file for each attempt that says whose is what."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.classes.model import Person, Unread
from grader.classes.names import graded_names
from grader.classes.times import instant
from grader.classes.view import Asked, Piece, Pieces, View, mostly

TITLE = "a download of Blackboard"
_TEXT = re.compile(r"(?P<start>.+)_attempt_(?P<at>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)\.txt", re.DOTALL)
_START = re.compile(r".+?_attempt_\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d", re.DOTALL)
_NAME = re.compile(r"^Name:\s*(?P<name>.*?)\s*\((?P<user>[^()]*)\)\s*$", re.MULTILINE)
_FILE = re.compile(r"^\s*Original filename:\s*(?P<name>.*?)\s*\n\s*Filename:\s*(?P<stored>.*?)\s*$", re.MULTILINE)


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
        about = view.content(name).decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
        person = _NAME.search(about)
        claimed.add(name)
        if person is None:
            stray.append(Unread(name, "does not say whose attempt it is"))
            continue
        files = _files(about, view, name.removesuffix(".txt"))
        claimed |= set(files)
        user = person["user"].strip()
        made.append(
            Piece(
                user or person["name"],
                person["name"],
                graded_names([(original, view.above + stored) for stored, original in files.items()], asked.required),
                (Person(id=user, name=person["name"], login=user),),
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


def _files(about: str, view: View, start: str) -> Mapping[str, str]:
    # the texts of students stand above, and may look like what Blackboard writes: the last list counts
    _, _, listed = about.rpartition("\nFiles:")
    pairs = ((each["stored"], each["name"]) for each in _FILE.finditer(listed))
    return {stored: name for stored, name in pairs if stored in view.sizes and stored.startswith(start)}
