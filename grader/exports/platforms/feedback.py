"""Feedback as an archive: a folder for each student with the page, the points, and the notebooks as they were run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from grader.exports.final import Final
from grader.exports.platforms import numbers
from grader.exports.platforms.filling import points_of, remark_on
from grader.exports.platforms.made import Change, Packed
from grader.exports.platforms.names import Names
from grader.exports.platforms.page import page_of
from grader.exports.release import LeftOut, Released, name_of
from grader.filenames import EXECUTED, STUDENT_PAGE
from grader.model import Result
from grader.text import printable

MARKS = "marks.txt"
NO_PAGE = f"has no {STUDENT_PAGE}"
NOTEBOOK = "*.ipynb"


def packed(finals: Released, results: Callable[[Path], Result | None]) -> Packed:
    """Return the archive: folders are named after students, and hold nothing but what is for them.

    `results` reads what the folder of a submission says.
    """
    left_out = list(finals.held)
    there: list[tuple[str, Final]] = []
    names = Names()
    for final in finals.finals:
        if final.folder is None or not (final.folder / STUDENT_PAGE).is_file():
            left_out.append(LeftOut(name_of(final), NO_PAGE))
        else:
            there.append((names.take(_folder(final)), final))
    changes = tuple(Change(name_of(final), "", f"{name}/") for name, final in there)
    return Packed(_files(there, results), changes, tuple(left_out))


def marks(final: Final, *, titles: dict[str, str] | None = None) -> str:
    """Return the points of a student in words, in all and by item, with the comment."""
    width = max((len(name) for name in final.items), default=0)
    lines = [
        f"{numbers.written(points_of(final))} of {numbers.written(final.possible)} points",
        *(f"  {printable(name):{width}}  {numbers.written(points)}" for name, points in final.items.items()),
        *([printable(remark_on(final), newlines=True)] if remark_on(final) else []),
    ]
    return "\n".join(lines) + "\n"


def _files(there: list[tuple[str, Final]], results: Callable[[Path], Result | None]) -> Iterator[tuple[str, bytes]]:
    for name, final in there:
        assert final.folder is not None
        yield f"{name}/{MARKS}", marks(final).encode(errors="backslashreplace")
        yield f"{name}/{STUDENT_PAGE}", page_of(final, results(final.folder))
        for notebook in _notebooks(final.folder):
            yield f"{name}/{EXECUTED}/{notebook.name}", notebook.read_bytes()


def _notebooks(folder: Path) -> list[Path]:
    """Return the notebooks as they were run; what ran beside classes of ours is not among them, since no such file is written."""
    return sorted((folder / EXECUTED).glob(NOTEBOOK))


def _folder(final: Final) -> str:
    who = final.who
    # a login tells two of one name apart
    other = next((each for each in (who.login, who.sis, who.id) if each and each != who.name), "")
    return f"{name_of(final)} ({other})" if other else name_of(final)
