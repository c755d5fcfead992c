"""What people decide: which checks, and how each answer to one of them stands, in the attempts that are offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, select

from grader.gradebook import guide, marks
from grader.gradebook.columns import storable
from grader.gradebook.joining import waits
from grader.gradebook.nouns import Answered, Mark, ToMark, Why
from grader.gradebook.offering import LATEST
from grader.gradebook.standing import found_of
from grader.gradebook.tables import ASSIGNED, ATTEMPTS, FINDINGS, GRADINGS, MARKS, NOTES, OPEN, OPINIONS, SUBMITTERS

TOGETHER = 500
GRADED = SUBMITTERS.join(ATTEMPTS, ATTEMPTS.c.submitter == SUBMITTERS.c.id).join(
    GRADINGS, (GRADINGS.c.attempt == ATTEMPTS.c.id) & GRADINGS.c.current.is_(True)
)
ANSWERED = GRADED.join(FINDINGS, FINDINGS.c.grading == GRADINGS.c.id)


@dataclass
class Beside:
    """What people keep beside the answers to one check, by the row of the attempt."""

    marks: dict[int, Mark] = field(default_factory=dict)
    notes: dict[int, Row[Any]] = field(default_factory=dict)
    first: dict[int, str] = field(default_factory=dict)
    second: dict[int, str] = field(default_factory=dict)

    @property
    def said(self) -> set[int]:
        """The attempts on which somebody said something."""
        return {row for row, mark in self.marks.items() if mark.is_there} | {
            row for row, note in self.notes.items() if note.text or note.flagged
        }


def answers(
    connection: Connection,
    run: int,
    item: str,
    check: str,
    *,
    grader: str = "",
    which: ColumnElement[bool] = LATEST,
) -> tuple[Answered, ...]:
    """Return how the answers to one check stand, by student: those that people decide, or have said something on.

    `which` attempts are offered is a condition. To a `grader` who gives a second opinion, that is the mark; what the first one
    gave stays hidden.
    """
    beside = _beside(connection, run, item, check, grader=grader)
    mine = select(FINDINGS, *_ABOUT).select_from(ANSWERED)
    mine = mine.where(SUBMITTERS.c.run == run, FINDINGS.c.item == item, FINDINGS.c.check == check, which)
    rows = {row.attempt: row for row in connection.execute(mine.where(OPEN)).all()}
    more = sorted(beside.said - set(rows))
    for start in range(0, len(more), TOGETHER):
        some = ATTEMPTS.c.id.in_(more[start : start + TOGETHER])
        rows |= {row.attempt: row for row in connection.execute(mine.where(some)).all()}
    found = (_answered(row, beside) for row in rows.values())
    return tuple(sorted(found, key=lambda each: (each.student, each.attempt)))


def answered(
    connection: Connection, run: int, student: str, attempt: int, item: str, check: str, *, grader: str = ""
) -> Answered | None:
    """Return how one answer stands, whether or not a person decides it, and of any attempt; None where there is none."""
    is_it = SUBMITTERS.c.run == run, SUBMITTERS.c.key == storable(student), ATTEMPTS.c.number == attempt
    chosen = select(FINDINGS, *_ABOUT).select_from(ANSWERED).where(*is_it)
    row = connection.execute(chosen.where(FINDINGS.c.item == item, FINDINGS.c.check == check)).first()
    if row is None:
        return None
    return _answered(row, _beside(connection, run, item, check, grader=grader, only=row.attempt))


_ABOUT = (
    SUBMITTERS.c.key,
    SUBMITTERS.c.name,
    ATTEMPTS.c.id.label("attempt"),
    ATTEMPTS.c.number,
    ATTEMPTS.c.folder,
    GRADINGS.c.digest,
)


def _answered(row: Row[Any], beside: Beside) -> Answered:
    found = found_of(row)
    mark, note = beside.marks.get(row.attempt), beside.notes.get(row.attempt)
    return Answered(
        row.key,
        row.name,
        row.number,
        row.folder,
        found,
        row.digest,
        mark,
        waits(found, mark, row.digest, row.basis),
        bool(note and note.flagged),
        note.text if note else "",
        beside.first.get(row.attempt, ""),
        beside.second.get(row.attempt, ""),
    )


def _beside(
    connection: Connection, run: int, item: str, check: str, *, grader: str = "", only: int | None = None
) -> Beside:
    entries = guide.entries_of(connection, run)
    around = SUBMITTERS.join(ATTEMPTS)

    def of(table: Any, *more: Any) -> Iterable[Row[Any]]:
        chosen = select(table).select_from(around.join(table, table.c.attempt == ATTEMPTS.c.id))
        chosen = chosen.where(SUBMITTERS.c.run == run, table.c.item == item, table.c.check == check, *more)
        return connection.execute(chosen if only is None else chosen.where(ATTEMPTS.c.id == only)).all()

    beside = Beside(
        {row.attempt: marks.mark_of(row, entries) for row in of(MARKS)}, {row.attempt: row for row in of(NOTES)}
    )
    for row in of(ASSIGNED):
        (beside.second if row.second else beside.first)[row.attempt] = row.grader
    if mine := [attempt for attempt, name in beside.second.items() if name == grader]:
        given = {row.attempt: row for row in of(OPINIONS, OPINIONS.c.author == grader)}
        for attempt in mine:
            beside.marks.pop(attempt, None)
            if attempt in given:
                beside.marks[attempt] = marks.opinion_of(given[attempt], entries)
    return beside


def to_mark(connection: Connection, run: int, which: ColumnElement[bool] = LATEST) -> tuple[ToMark, ...]:
    """Return the checks that people decide, or have said something on, in the order of the rubric, with how they stand.

    All that waits for a person is in them.
    """
    found: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(_open(run, which)):
        counts = [row.answers, row.unmarked, row.stale, 0]
        found[row.item, row.check] = [row.place, row.title, row.possible, *counts]
    for place, each in _others(connection, run, which):
        of = found.setdefault(place, [each.found.place, each.found.title, each.found.possible, 0, 0, 0, 0])
        of[3] += 1
        of[5] += each.why is Why.STALE
    for row in connection.execute(_flagged(run, which)):
        if (row.item, row.check) in found:
            found[row.item, row.check][6] = row.times
    order = sorted(found.items(), key=lambda each: (each[1][0], each[0]))
    return tuple(ToMark(*place, *told[1:]) for place, told in order)


_IS_MARK = (MARKS.c.attempt == ATTEMPTS.c.id) & (MARKS.c.item == FINDINGS.c.item) & (MARKS.c.check == FINDINGS.c.check)


def _open(run: int, which: ColumnElement[bool]) -> Select[Any]:
    """How what is open stands, counted by the database."""
    unmarked = MARKS.c.points.is_(None) & ((FINDINGS.c.pending > 0) | (FINDINGS.c.withheld > 0))
    stale = MARKS.c.points.is_not(None) & (MARKS.c.basis != FINDINGS.c.basis)
    return (
        select(
            FINDINGS.c.item,
            FINDINGS.c.check,
            func.min(FINDINGS.c.place).label("place"),
            func.max(FINDINGS.c.title).label("title"),
            func.max(FINDINGS.c.possible).label("possible"),
            func.count().label("answers"),
            func.sum(case((unmarked, 1), else_=0)).label("unmarked"),
            func.sum(case((stale, 1), else_=0)).label("stale"),
        )
        .select_from(ANSWERED.outerjoin(MARKS, _IS_MARK))
        .where(SUBMITTERS.c.run == run, which, OPEN)
        .group_by(FINDINGS.c.item, FINDINGS.c.check)
    )


def _said(table: Any, says: Any) -> Any:
    """What was said on attempts of which the machine has decided."""
    open_one = and_(
        FINDINGS.c.grading == GRADINGS.c.id, FINDINGS.c.item == table.c.item, FINDINGS.c.check == table.c.check, OPEN
    )
    around = GRADED.join(table, table.c.attempt == ATTEMPTS.c.id).outerjoin(FINDINGS, open_one)
    chosen = select(table.c.item, table.c.check).select_from(around)
    return chosen.where(table.c.check != "", says, FINDINGS.c.grading.is_(None)).distinct()


def _others(connection: Connection, run: int, which: ColumnElement[bool]) -> Iterator[tuple[tuple[str, str], Answered]]:
    """Yield how that stands on which people have said something though the machine has decided."""
    said = (
        (MARKS, MARKS.c.points.is_not(None) | (MARKS.c.comment != "")),
        (NOTES, NOTES.c.flagged | (NOTES.c.text != "")),
    )
    places = {
        (row.item, row.check)
        for table, says in said
        for row in connection.execute(_said(table, says).where(SUBMITTERS.c.run == run, which))
    }
    for item, check in sorted(places):
        for each in answers(connection, run, item, check, which=which):
            if not each.found.is_open:
                yield (item, check), each


def _flagged(run: int, which: ColumnElement[bool]) -> Select[Any]:
    around = SUBMITTERS.join(ATTEMPTS).join(NOTES)
    counted = select(NOTES.c.item, NOTES.c.check, func.count().label("times")).select_from(around)
    counted = counted.where(SUBMITTERS.c.run == run, which, NOTES.c.flagged.is_(True))
    return counted.group_by(NOTES.c.item, NOTES.c.check)
