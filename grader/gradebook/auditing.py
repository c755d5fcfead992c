"""The audit of a gradebook: every change stands there with who made it, when, from what, and to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

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
    names = ("what", "student", "attempt", "item", "check", "before", "after")
    rows = connection.execute(select(AUDIT).where(AUDIT.c.run == run).order_by(AUDIT.c.id))
    return tuple(Audited(Change(*(getattr(row, name) for name in names)), row.author, row.made) for row in rows)
