"""The gradebook of a run, for whoever reads or marks there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader import gradebook
from grader.errors import AuthorError
from grader.runs import bookkeeping
from grader.runs.folder import RunFolder

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook


@contextmanager
def kept_book(path: Path, url: str | None = None) -> Iterator[Gradebook]:
    """Open the gradebook of the run in a folder, for whoever reads or marks while others may grade into it.

    Where there is none yet, the run is taken in. AuthorError where there is no run.
    """
    folder = RunFolder(path)
    if not folder.is_one:
        raise AuthorError(f"{path}: holds no run; give the --out folder of an earlier `mlpgrader grade`")
    with gradebook.opened(path, url or "") as book:
        folder.look()
        bookkeeping.take_in(book, folder.entries, folder.of)
        yield book


def refreshed(path: Path) -> None:
    """Write the summary of a run anew, after its gradebook was changed; where somebody grades there now, they do so."""
    folder = RunFolder(path)
    with suppress(AuthorError), folder.taken():
        folder.summarise()
