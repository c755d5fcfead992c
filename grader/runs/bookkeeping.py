"""The gradebook of a run's folder: brought in line with what lies there, and asked for what people have added to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader import gradebook
from grader.exports import Row
from grader.model import Marks, Result
from grader.runs.journal import Entry
from grader.runs.submission import SubmissionFolder

if TYPE_CHECKING:
    from grader.gradebook.book import Gradebook
    from grader.gradebook.nouns import Noted, Scored

# so many reports are read before they are noted together
TOGETHER = 100


def opened(path: Path, url: str | None = None) -> Gradebook | None:
    """Open the gradebook of the run in a folder; one is made only for a `url`, an empty one for a file in the folder."""
    return gradebook.opened(path, url or "") if url is not None or gradebook.is_kept(path) else None


def noted(entry: Entry, result: Result | None) -> Noted:
    """Return what the gradebook is told of one submission of the run."""
    from grader.gradebook.nouns import Noted

    row = entry.row
    return Noted(row.id, row.attempt, result, row.error, entry.key, _stamped(entry.stamp), row.id)


def take_in(book: Gradebook, entries: Mapping[str, Entry], of: Callable[[str], SubmissionFolder]) -> int:
    """Bring a gradebook in line with a run's folder, whatever wrote there, and return how much was new. `of` finds the folder
    of a submission.

    Reports are read of those that were written since, or before there was a gradebook; also of what was handed in earlier.
    """
    known, new, waiting = book.stamps(), 0, []
    for each in _unknown(entries, of, known):
        waiting.append(each)
        if len(waiting) == TOGETHER:
            new += book.note(*waiting)
            waiting.clear()
    return new + (book.note(*waiting) if waiting else 0)


def names(book: Gradebook) -> dict[str, str]:
    """Return by folder whose it is, where that says more than the key of the student."""
    return {each.folder: each.name for each in book.attempts() if each.name != each.student}


def with_marks(row: Row, scored: Scored | None) -> Row:
    """Return the row of a summary with what people gave counted in."""
    if scored is None or row.marks is None:
        return row
    points = (scored.earned, scored.possible, scored.pending, scored.withheld)
    return replace(
        row, marks=Marks(*map(float, points)), items={item: float(each) for item, each in scored.items.items()}
    )


def _unknown(
    entries: Mapping[str, Entry], of: Callable[[str], SubmissionFolder], known: Mapping[str, str]
) -> Iterator[Noted]:
    for name, entry in entries.items():
        folder = of(name)
        yield from _earlier(name, folder, known)
        if entry.row.error:
            yield noted(entry, None)
        elif known.get(name) != _stamped(entry.stamp) and (result := folder.result()):
            yield noted(entry, result)


def _earlier(name: str, folder: SubmissionFolder, known: Mapping[str, str]) -> Iterator[Noted]:
    """Yield what was handed in under the same id before and is not known yet."""
    from grader.gradebook.nouns import Noted

    for number, each in enumerate(folder.earlier, start=1):
        place = each.path.relative_to(folder.path.parent).as_posix()
        if place not in known and (result := each.result()):
            yield Noted(name, number, result, folder=place)


def _stamped(stamp: tuple[int, ...]) -> str:
    return "-".join(map(str, stamp))
