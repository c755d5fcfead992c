"""The audit of a gradebook: every change stands there with who made it, when, from what, and to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select

from grader.gradebook.columns import storable
from grader.gradebook.tables import AUDIT


@dataclass(frozen=True)
class Change:
    """One change: `what` of whom went from `before` to `after`, in words; empty where there was or is nothing."""

    what: str
    student: str
    attempt: int | None = None
    item: str = ""
    check: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Audited:
    """A change with who made it, and when (UTC)."""

    change: Change
    author: str
    made: datetime


def keep(connection: Connection, run: int, changes: Iterable[Change], *, author: str, now: datetime) -> None:
    """Add changes to the audit."""
    rows = [{"run": run, "made": now, "author": author, **vars(each)} for each in changes]
    if rows:
        connection.execute(insert(AUDIT), rows)


def read(connection: Connection, run: int) -> tuple[Audited, ...]:
    """Return all of it, oldest first."""
    return _read(connection, AUDIT.c.run == run)


def of_attempt(connection: Connection, run: int, student: str, attempt: int) -> tuple[Audited, ...]:
    """Return what changed of one attempt, and of the student as a whole, oldest first."""
    of_whole = AUDIT.c.attempt.is_(None) | (AUDIT.c.attempt == attempt)
    return _read(connection, AUDIT.c.run == run, AUDIT.c.student == storable(student), of_whole)


def _read(connection: Connection, *which: ColumnElement[bool]) -> tuple[Audited, ...]:
    names = ("what", "student", "attempt", "item", "check", "before", "after")
    rows = connection.execute(select(AUDIT).where(*which).order_by(AUDIT.c.id))
    return tuple(Audited(Change(*(getattr(row, name) for name in names)), row.author, row.made) for row in rows)
