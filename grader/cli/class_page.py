"""The class at a glance as one file: written at the end of a class, and exported for staff."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from grader import atomic
from grader.errors import AuthorError
from grader.filenames import STAFF_PAGE
from grader.runs import RunFolder, bookkeeping

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook
    from grader.insight import Who


def write(run: RunFolder, book: Gradebook, out: Path) -> int:
    """Write what a gradebook knows of the class, with links to the reports in the folder of the run; return how many are in it.

    AuthorError when it cannot be written.
    """
    # statistics and templates take a moment to load
    from grader import insight
    from grader.insight import page

    noticed = {row.id for row in run.rows if row.notices}
    overview = insight.of_run(book, noticed=noticed, unmatched=book.unmatched())
    beside = os.path.relpath(run.path.resolve(), out.resolve().parent)

    def link(who: Who) -> str:
        return quote(Path(beside, who.folder, STAFF_PAGE).as_posix())

    atomic.write(out, page.html(overview, links=link))
    return len(overview.rows)


def export(path: Path, out: Path, url: str | None = None) -> int:
    """Write the class of a run's folder, its gradebook being brought in line first, and return how many are in it."""
    run = RunFolder(path)
    if not path.is_dir():
        raise AuthorError(f"{path}: there is no such folder; give the --out folder of a run")
    run.look()
    book = bookkeeping.opened(path, url)
    if book is None or not run.rows:
        if book:
            book.close()
        raise AuthorError(f"{path}: holds no class; give the --out folder of `mlpgrader grade --class`")
    with book:
        bookkeeping.take_in(book, run.entries, run.of)
        return write(run, book, out)
