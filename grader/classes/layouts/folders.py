"""A folder with a folder, an archive or a file for each student: what is left when no platform's names are found."""

from __future__ import annotations

from pathlib import PurePosixPath

from grader.classes.model import Taken, Unread
from grader.classes.names import graded_names
from grader.classes.view import Asked, Piece, Pieces, View
from grader.intake.classes import ARCHIVE_ENDINGS
from grader.intake.naming import without_marks
from grader.model import Person

TITLE = "a folder or an archive for each student"
SINGLE = (".py", ".ipynb")


def fits(view: View) -> bool:
    """Tell whether there are several folders, archives or single files."""
    return len(_named(view)) > 1


def pieces(view: View, asked: Asked) -> Pieces:
    """Return each folder, archive and single file as a hand-in of whom it is called after."""
    made, stray = [], []
    named = _named(view)
    wanted = {name.casefold() for name in asked.required}
    for name in (*view.top_folders, *view.top_files):
        who = named.get(name)
        if who is None or without_marks(name) in wanted:
            if name in view.sizes:
                stray.append(Unread(name, "is no folder, no archive and no code: whose it is cannot be seen"))
            continue
        if name in view.folders:
            files = graded_names([(each.name, each.stored) for each in view.taken(name)], asked.required)
        else:
            files = (Taken(name, view.above + name),)
        made.append(
            Piece(
                who,
                who,
                files,
                (Person(name=who, login=who, mail=who if "@" in who else ""),),
                submission=name,
                order=name,
            )
        )
    return Pieces(tuple(made), tuple(stray))


def _named(view: View) -> dict[str, str]:
    """Return whom each folder and file is called after: itself, without the ending of an archive or of code."""
    found = {name: name for name in view.top_folders if name != ".git" and (view.below(name) or name not in (".git",))}
    for name in view.top_files:
        for ending in (*ARCHIVE_ENDINGS, *SINGLE):
            if name.casefold().endswith(ending):
                found[name] = PurePosixPath(name).name[: -len(ending)] or name
                break
    return found
