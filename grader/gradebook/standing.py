"""How attempts stand: what was found, what was given, read in one pass so that a class of any size fits in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from grader.gradebook import guide, marks, remarks
from grader.gradebook.columns import storable
from grader.gradebook.joining import joined
from grader.gradebook.nouns import Found, Mark, Noted, Remark, Scored
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS, MARKS, SUBMITTERS
from grader.model import Result, Verdict

# rows of findings that are in memory at a time
ROWS = 2_000
# the columns of a finding that are its fields, in their order
FOUND = slice(1, 1 + len(fields(Found)))
VERDICTS = {str(each): each for each in Verdict}


@dataclass(frozen=True)
class Standing:
    """One attempt with its current grading and its marks. `state` is graded, failed, or empty where it was not graded yet."""

    row: int
    student: str
    name: str
    attempt: int
    folder: str
    submission: str
    handed_in: datetime | None
    late: bool | None
    state: str
    error: str
    digest: str
    rubric_digest: str
    findings: tuple[Found, ...]
    marks: tuple[Mark, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def score(self) -> Scored:
        """Findings and marks, joined."""
        return joined(self.findings, self.marks, self.digest, self.remarks)


def standings(
    connection: Connection,
    run: int,
    students: Collection[str] | None = None,
    places: Collection[tuple[str, str]] | None = None,
) -> Iterator[Standing]:
    """Yield every attempt of these students, of all where none are given, by student and attempt.

    Of findings and marks only those of these `places` are read, each an item and a check, where some are given.
    """
    chosen = [SUBMITTERS.c.run == run]
    if students is not None:
        chosen.append(SUBMITTERS.c.key.in_({storable(each) for each in students}))
    grading = (GRADINGS.c.attempt == ATTEMPTS.c.id) & GRADINGS.c.current.is_(True)
    around = SUBMITTERS.join(ATTEMPTS, ATTEMPTS.c.submitter == SUBMITTERS.c.id).outerjoin(GRADINGS, grading)
    order = SUBMITTERS.c.key, ATTEMPTS.c.number
    about = select(
        ATTEMPTS,
        SUBMITTERS.c.key,
        SUBMITTERS.c.name,
        GRADINGS.c.id.label("grading"),
        *(GRADINGS.c[name] for name in ("state", "error", "digest", "rubric_digest")),
    )
    rows = connection.execute(about.select_from(around).where(*chosen).order_by(*order)).all()
    given = _marks(connection, run, select(ATTEMPTS.c.id).select_from(around).where(*chosen), places)
    told = remarks.of_run(connection, run)
    found = _findings(connection, around, chosen, order, places)
    ahead = next(found, None)
    for row in rows:
        findings = []
        while ahead is not None and ahead[0] == row.grading:
            findings.append(ahead[1])
            ahead = next(found, None)
        yield _standing(row, tuple(findings), tuple(given.get(row.id, ())), told)


def on(standing: Standing, result: Result) -> Scored:
    """Return the score of an attempt with its marks if this was what is found of it."""
    found = Noted(standing.student, standing.attempt, result).found
    return joined(found, standing.marks, result.digest, standing.remarks)


def _standing(
    row: Row[Any], findings: tuple[Found, ...], given: tuple[Mark, ...], told: tuple[Remark, ...]
) -> Standing:
    about = row.id, row.key, row.name, row.number, row.folder, row.submission, row.handed_in, row.late
    graded = row.state or "", row.error or "", row.digest or "", row.rubric_digest or ""
    return Standing(*about, *graded, findings, given, told)


def found_of(row: Row[Any]) -> Found:
    """Return what the machine found, of a row that begins with the columns of a finding."""
    place, item, item_title, check, title, verdict, *rest = row[FOUND]
    return Found(place, item, item_title, check, title, VERDICTS[verdict], *rest)


def _findings(
    connection: Connection, around: Any, chosen: Any, order: Any, places: Collection[tuple[str, str]] | None
) -> Iterator[tuple[int, Found]]:
    joined = around.join(FINDINGS, FINDINGS.c.grading == GRADINGS.c.id)
    found = select(FINDINGS).select_from(joined).where(*chosen).order_by(*order, FINDINGS.c.place)
    if places is not None:
        found = found.where(marks.is_at(FINDINGS, places))
    for row in connection.execute(found.execution_options(yield_per=ROWS)):
        yield row[0], found_of(row)


def _marks(
    connection: Connection, run: int, attempts: Select[Any], places: Collection[tuple[str, str]] | None
) -> dict[int, list[Mark]]:
    chosen = select(MARKS).where(MARKS.c.attempt.in_(attempts)).order_by(MARKS.c.id)
    if places is not None:
        chosen = chosen.where(marks.is_at(MARKS, places))
    entries = guide.entries_of(connection, run)
    found: dict[int, list[Mark]] = {}
    for row in connection.execute(chosen):
        found.setdefault(row.attempt, []).append(marks.mark_of(row, entries))
    return found
