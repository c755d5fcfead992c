"""Clones of repositories, one a student: plain ones, and those that Classroom 50 or GitHub Classroom have downloaded."""

from __future__ import annotations

import re

from grader.classes.model import Unread
from grader.classes.names import graded_names
from grader.classes.view import Asked, Piece, Pieces, View, mostly
from grader.model import Person

TITLE = "clones of repositories"
# what the folder around them is called: its first part is the beginning of each name in it
_AROUND = re.compile(r"(?P<start>.+?)(?:_submissions_\d{4}_\d\d_\d\d_T_\d\d_\d\d_\d\d|-submissions)")
OURS = {"result.json", "results.json", "scores.csv", "scores.json"}


def fits(view: View) -> bool:
    """Tell whether most folders are repositories, or the folder around them is called as a classroom calls it."""
    cloned = [name for name in view.top_folders if f"{name}/.git" in view.folders]
    return mostly(cloned, view.top_folders) or (_AROUND.fullmatch(view.label) is not None and bool(view.top_folders))


def pieces(view: View, asked: Asked) -> Pieces:
    """Return each repository as a hand-in, by the login at the end of its name where that is known.

    There are no times: a push has one that a repository does not hold, and what a commit says is the student's word.
    """
    around = _AROUND.fullmatch(view.label)
    start = f"{around['start']}-" if around else ""
    made, stray = [], []
    for name in view.top_folders:
        if name == ".git":
            continue
        # a repository from which nothing was ever pushed is there, with nothing in it
        files = [(each.name, each.stored) for each in view.taken(name) if each.name not in OURS or not around]
        login = name.removeprefix(start)
        made.append(
            Piece(
                login, login, graded_names(files, asked.required), (Person(login=login),), submission=name, order=name
            )
        )
    stray += [Unread(name, "is in no repository") for name in view.top_files if name not in OURS]
    return Pieces(
        tuple(made), tuple(stray), ("when something was pushed is not in a repository: nobody is taken to be late",)
    )
