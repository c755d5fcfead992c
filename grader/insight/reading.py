"""What is known about a run beside its findings, read from gradebook and folder in a few questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, select

from grader import evidence as kept
from grader.assignments import Assignment, find
from grader.errors import AuthorError
from grader.filenames import EVIDENCE
from grader.gradebook.engine import reading
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS, MEMBERS, RUNS, STUDENTS, SUBMITTERS
from grader.insight.model import About, Flip, Overview
from grader.insight.overview import overview
from grader.model import Verdict

if TYPE_CHECKING:
    from grader.classes.policy import Policy
    from grader.gradebook.book import Gradebook


def of_run(
    book: Gradebook,
    rules: Policy | None = None,
    *,
    noticed: Collection[str] = (),
    unmatched: Iterable[str] = (),
    sizes: bool = True,
) -> Overview:
    """Return the class of a gradebook at a glance; `noticed` are folders to look at, `unmatched` students whom nobody knows.

    Of several attempts of somebody the one is shown that counts for `Gradebook.finals`, by these `rules` or else by those in the
    run's folder. With `sizes`, it is looked how much evidence each has left.
    """
    known = about(book, noticed=noticed, unmatched=unmatched, sizes=sizes)
    return overview(book.standings(), known, book.weighing(rules))


def about(
    book: Gradebook, *, noticed: Collection[str] = (), unmatched: Iterable[str] = (), sizes: bool = True
) -> About:
    """Return what a gradebook and its folder know of a run beside what was found."""
    with reading(book.engine) as connection:
        run = connection.scalar(select(RUNS.c.id).where(RUNS.c.key == book.key))
        assert run is not None, "a gradebook that is open has its run"
        graded = connection.execute(_gradings(run)).all()
        flips = tuple(_flips(connection, run))
        missing = tuple(connection.scalars(_missing(run)))
    seconds = {row.folder: row.seconds for row in graded}
    return About(
        title=_title({row.assignment for row in graded}),
        when=datetime.now(UTC).strftime("%-d %B %Y, %H:%M UTC"),
        missing=missing,
        unmatched=tuple(unmatched),
        seconds=seconds,
        sizes=_sizes(book.folder, seconds) if sizes else {},
        noticed=frozenset(noticed),
        builds_on=_builds_on({row.assignment for row in graded}),
        flips=flips,
    )


def _gradings(run: int) -> Select[Any]:
    around = SUBMITTERS.join(ATTEMPTS).join(GRADINGS)
    told = select(ATTEMPTS.c.folder, GRADINGS.c.seconds, GRADINGS.c.assignment).select_from(around)
    return told.where(SUBMITTERS.c.run == run, GRADINGS.c.current.is_(True), GRADINGS.c.state == "graded")


def _missing(run: int) -> Select[Any]:
    """Ask for the names of those who are on the roster and belong to nobody who has handed in."""
    alone = STUDENTS.c.id.not_in(select(MEMBERS.c.student))
    return select(STUDENTS.c.name).where(STUDENTS.c.run == run, alone).order_by(STUDENTS.c.name)


def _flips(connection: Connection, run: int) -> Iterator[Flip]:
    """Yield what came to other verdicts, though the same files were judged by the same rubric."""
    again = (
        select(GRADINGS.c.attempt, GRADINGS.c.digest, GRADINGS.c.rubric_digest)
        .select_from(SUBMITTERS.join(ATTEMPTS).join(GRADINGS))
        .where(SUBMITTERS.c.run == run, GRADINGS.c.state == "graded")
        .group_by(GRADINGS.c.attempt, GRADINGS.c.digest, GRADINGS.c.rubric_digest)
        .having(func.count() > 1)
    ).subquery()
    same = (
        (GRADINGS.c.attempt == again.c.attempt)
        & (GRADINGS.c.digest == again.c.digest)
        & (GRADINGS.c.rubric_digest == again.c.rubric_digest)
    )
    chosen = (
        select(GRADINGS.c.attempt, FINDINGS.c.item, FINDINGS.c.check, FINDINGS.c.verdict)
        .select_from(GRADINGS.join(again, same).join(FINDINGS, FINDINGS.c.grading == GRADINGS.c.id))
        .where(FINDINGS.c.verdict.in_((Verdict.PASSED, Verdict.FAILED)))
        .order_by(GRADINGS.c.attempt, FINDINGS.c.place, GRADINGS.c.serial)
    )
    verdicts: dict[tuple[int, str, str], dict[str, None]] = {}
    for row in connection.execute(chosen):
        verdicts.setdefault((row.attempt, row.item, row.check), {})[row.verdict] = None
    for (attempt, item, check), found in verdicts.items():
        if len(found) > 1:
            yield Flip(attempt, item, check, tuple(found))


def _title(assignments: Collection[str]) -> str:
    found = (_found(each) for each in sorted(assignments))
    return " and ".join(each.title for each in found if each) or "The class"


def _builds_on(assignments: Collection[str]) -> dict[str, tuple[str, ...]]:
    found = (_found(each) for each in assignments)
    return {check.name: check.builds_on for each in found if each for check in each.checks}


def _found(assignment: str) -> Assignment | None:
    # a course's package may not be installed where its results are read
    with suppress(AuthorError):
        return find(assignment)
    return None


def _sizes(run: Path, folders: Iterable[str]) -> dict[str, int]:
    found = {}
    for folder in folders:
        with suppress(OSError):
            found[folder] = (run / folder / EVIDENCE / kept.FILE).stat().st_size
    return found
