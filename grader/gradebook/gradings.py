"""What came of attempts, as the run notes it: the last grading of each is the current one, those before are its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from grader import __version__
from grader.filenames import ATTEMPTS as EARLIER
from grader.gradebook.auditing import Change
from grader.gradebook.columns import UNIT, exact, storable
from grader.gradebook.engine import lock
from grader.gradebook.nouns import Found, Noted
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS, SUBMITTERS
from grader.text import points

TOGETHER = 200
# of a finding, what may be told better later
EXPLAINED = ("item_title", "title", "diagnosis", "pattern", "margin")


@dataclass(frozen=True)
class Place:
    """An attempt that is in the gradebook: its row, whose it is, and where its reports are."""

    attempt: int
    student: str
    number: int
    folder: str


def note(connection: Connection, run: int, noted: Iterable[Noted], now: datetime) -> list[Change]:
    """Note what came of attempts, and return what changed; what is noted already changes nothing.

    An attempt is found by its folder, else by student and number; one that is not there yet is added.
    """
    changes: list[Change] = []
    lock(connection, run)
    for some in _batches(noted):
        places = _places(connection, run, some)
        before = _current(connection, [place.attempt for place in places])
        gradings: list[dict[str, Any]] = []
        for each, place in zip(some, places, strict=True):
            known = before.get(place.attempt)
            if known is not None and known.content == each.content:
                if (known.evidence_key, known.stamp) != (each.key, each.stamp):
                    values = {"evidence_key": each.key, "stamp": each.stamp}
                    connection.execute(update(GRADINGS).where(GRADINGS.c.id == known.id).values(**values))
                    _explain(connection, known.id, each)
                continue
            gradings.append({**_row(each, now), "attempt": place.attempt, "serial": known.serial + 1 if known else 1})
            said = in_words(known) if known else ""
            changes.append(Change("grading", place.student, place.number, before=said, after=_said(each)))
        _write(connection, gradings, {place.attempt: each for each, place in zip(some, places, strict=True)}, before)
    return changes


def in_words(row: Row[Any]) -> str:
    """Return what a grading came to, as the audit says it."""
    return row.error if row.state == "failed" else f"{row.rubric_digest[:19]}: {row.earned_in_words}"


def _said(noted: Noted) -> str:
    return noted.error if noted.result is None else f"{noted.result.rubric_digest[:19]}: {_earned(noted)}"


def _earned(noted: Noted) -> str:
    if noted.result is None:
        return ""
    marks = noted.result.marks
    open_ones = ((marks.pending, "pending"), (marks.withheld, "withheld"))
    rest = "".join(f", {points(value)} {word}" for value, word in open_ones if value)
    return f"{points(marks.earned)} of {points(marks.possible)}{rest}"


def _batches(noted: Iterable[Noted]) -> Iterator[tuple[Noted, ...]]:
    waiting = iter(noted)
    while some := tuple(islice(waiting, TOGETHER)):
        yield some


def _places(connection: Connection, run: int, noted: Sequence[Noted]) -> list[Place]:
    """Return the attempts that these are about, added where they are not there."""
    folders, students = ({storable(getattr(each, name)) for each in noted} for name in ("folder", "student"))
    known = (
        select(ATTEMPTS.c.id, ATTEMPTS.c.number, ATTEMPTS.c.folder, SUBMITTERS.c.key)
        .join(SUBMITTERS, ATTEMPTS.c.submitter == SUBMITTERS.c.id)
        .where(SUBMITTERS.c.run == run, or_(ATTEMPTS.c.folder.in_(folders - {""}), SUBMITTERS.c.key.in_(students)))
    )
    found = [Place(row.id, row.key, row.number, row.folder) for row in connection.execute(known)]
    by_folder = {place.folder: place for place in found if place.folder}
    by_number = {(place.student, place.number): place for place in found}
    places = []
    for each in noted:
        place = by_number.get((storable(each.student), each.attempt))
        at = by_folder.get(storable(each.folder))
        # a folder that is named after somebody else is a later attempt of theirs
        if at is not None and (at.student != storable(each.student) or at.number == each.attempt):
            place = at
        if place is None:
            place = _added(connection, run, each, at)
            by_folder[place.folder] = by_number[place.student, place.number] = place
        places.append(place)
    return places


def _added(connection: Connection, run: int, noted: Noted, at: Place | None) -> Place:
    key, folder = storable(noted.student), storable(noted.folder)
    submitter = connection.scalar(select(SUBMITTERS.c.id).where(SUBMITTERS.c.run == run, SUBMITTERS.c.key == key))
    if submitter is None:
        new = insert(SUBMITTERS).values(run=run, key=key, name=key)
        submitter = connection.execute(new.returning(SUBMITTERS.c.id)).scalar_one()
    if at is not None:
        # what lay there was put aside when it was handed in again
        moved = f"{folder}/{EARLIER}/{at.number}"
        connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == at.attempt).values(folder=moved))
    values = {"submitter": submitter, "number": noted.attempt, "submission": "", "folder": folder}
    attempt = connection.execute(insert(ATTEMPTS).values(values).returning(ATTEMPTS.c.id)).scalar_one()
    return Place(attempt, key, noted.attempt, folder)


def _current(connection: Connection, attempts: Sequence[int]) -> dict[int, Row[Any]]:
    table = GRADINGS
    rows = connection.execute(select(table).where(table.c.attempt.in_(attempts), table.c.current.is_(True)))
    return {row.attempt: row for row in rows}


def _row(noted: Noted, now: datetime) -> dict[str, Any]:
    result = noted.result
    return {
        "current": True,
        "state": noted.state,
        "error": storable(noted.error),
        "assignment": result.assignment if result else "",
        "digest": result.digest if result else "",
        "evidence_key": noted.key,
        "rubric_digest": result.rubric_digest if result else "",
        "seed": str(result.seed) if result else "",
        "sandbox": result.sandbox if result else "",
        "size": result.size if result else "",
        "data": result.data if result else "",
        "grader_version": __version__,
        "seconds": round(result.seconds, 3) if result else 0.0,
        "earned_in_words": _earned(noted),
        "content": noted.content,
        "stamp": noted.stamp,
        "noted": now,
    }


def _write(
    connection: Connection,
    gradings: Sequence[Mapping[str, Any]],
    noted: Mapping[int, Noted],
    before: Mapping[int, Row[Any]],
) -> None:
    if not gradings:
        return
    replaced = [before[row["attempt"]].id for row in gradings if row["attempt"] in before]
    if replaced:
        connection.execute(update(GRADINGS).where(GRADINGS.c.id.in_(replaced)).values(current=False))
    added = insert(GRADINGS).returning(GRADINGS.c.id, sort_by_parameter_order=True)
    ids = connection.scalars(added, gradings).all()
    findings = [
        {"grading": grading, **vars(found), "verdict": str(found.verdict), "basis": _basis(found, row["digest"])}
        for grading, row in zip(ids, gradings, strict=True)
        for found in noted[row["attempt"]].found
    ]
    if findings:
        connection.execute(insert(FINDINGS), findings)


def _explain(connection: Connection, grading: int, noted: Noted) -> None:
    """Bring up to date how the same findings are explained and called, which makes no other grading of them."""
    told = select(FINDINGS.c.place, *(FINDINGS.c[name] for name in EXPLAINED)).where(FINDINGS.c.grading == grading)
    before = {row.place: tuple(row)[1:] for row in connection.execute(told)}
    for found in noted.found:
        now = tuple(getattr(found, name) for name in EXPLAINED)
        if now != before[found.place]:
            is_it = FINDINGS.c.grading == grading, FINDINGS.c.place == found.place
            connection.execute(update(FINDINGS).where(*is_it).values(**dict(zip(EXPLAINED, now, strict=True))))


def _basis(found: Found, digest: str) -> str:
    """Return by what an open finding is known again when it is read; of others that is worked out when it is asked for."""
    if not found.is_open:
        return ""
    item, check, message = storable(found.item), storable(found.check), storable(found.message)
    possible = exact(round(found.possible * UNIT))
    return replace(found, item=item, check=check, message=message, possible=possible).basis(storable(digest))
