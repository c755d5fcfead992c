"""What each student of a run gets: from its gradebook, or from the reports where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.errors import AuthorError
from grader.exports import Row
from grader.exports.final import Final, rounded
from grader.exports.platforms.numbers import exact
from grader.model import Person
from grader.runs import bookkeeping
from grader.runs.folder import RunFolder
from grader.text import counted


def finals_of(run: Path, url: str | None = None) -> tuple[Final, ...]:
    """Return what each student of the run in this folder gets, by the rules of its ``class.toml``.

    A gradebook is brought in line with the folder first; where there is none, one is made for a `url` alone.
    AuthorError when there is no run.
    """
    folder = RunFolder(run)
    if not run.is_dir():
        raise AuthorError(f"{run}: there is no such folder; give the --out folder of a run")
    folder.look()
    if not folder.rows:
        raise AuthorError(f"{run}: holds no gradings; give the --out folder of a run")
    book = bookkeeping.opened(run, url)
    if book is None:
        return tuple(_of_rows(folder))
    with book:
        bookkeeping.take_in(book, folder.entries, folder.of)
        return book.finals()


def _of_rows(folder: RunFolder) -> Iterator[Final]:
    """Yield what the reports say; nobody is released there, as nobody can be without a gradebook."""
    possible = max((row.marks.possible for row in folder.rows if row.marks), default=0.0)
    for row in sorted(folder.rows, key=lambda row: row.id):
        why_not = _why_not(row)
        yield Final(
            Person(name=row.id),
            points=None if row.marks is None or why_not else rounded(exact(row.marks.earned)),
            possible=rounded(exact(row.marks.possible if row.marks else possible)),
            why_not=why_not,
            items={name: rounded(exact(earned)) for name, earned in row.items.items()},
            folder=folder.of(row.id).path,
            submission=row.id,
        )


def _why_not(row: Row) -> str:
    """Return why a submission has no final mark yet, or nothing."""
    if row.marks is None:
        return row.error or "not graded"
    if row.marks.withheld:
        return f"{counted(row.marks.withheld, 'point')} withheld"
    return f"{counted(row.marks.pending, 'point')} pending" if row.marks.pending else ""
