"""Where attempts are in a gradebook: by a number that never changes, and how many there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from grader.gradebook.tables import ATTEMPTS, AUDIT, GRADINGS, SUBMITTERS

# no number of a row is larger, in any of the databases
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Place:
    """One attempt: its number in the gradebook, whose it is, and its folder in that of the run."""

    row: int
    student: str
    name: str
    attempt: int
    folder: str


@dataclass(frozen=True)
class Counts:
    """How many attempts there are, how many of them are graded or failed, and by what it is known that anything has changed."""

    attempts: int
    graded: int
    failed: int
    changes: int


def place(connection: Connection, run: int, row: int) -> Place | None:
    """Return the attempt of a number, None where there is none in this run."""
    found = connection.execute(_of(run).where(ATTEMPTS.c.id == row)).one_or_none() if row <= LARGEST else None
    return Place(*found) if found else None


def places(connection: Connection, run: int) -> tuple[Place, ...]:
    """Return every attempt of a run, by student and attempt."""
    found = connection.execute(_of(run).order_by(SUBMITTERS.c.key, ATTEMPTS.c.number))
    return tuple(Place(*row) for row in found)


def _of(run: int) -> Select[Any]:
    about = select(ATTEMPTS.c.id, SUBMITTERS.c.key, SUBMITTERS.c.name, ATTEMPTS.c.number, ATTEMPTS.c.folder)
    return about.select_from(SUBMITTERS.join(ATTEMPTS)).where(SUBMITTERS.c.run == run)


def counts(connection: Connection, run: int) -> Counts:
    """Return how many attempts there are of each kind."""
    around = SUBMITTERS.join(ATTEMPTS)
    attempts = select(func.count()).select_from(around).where(SUBMITTERS.c.run == run)
    states = (
        select(GRADINGS.c.state, func.count())
        .select_from(around.join(GRADINGS))
        .where(SUBMITTERS.c.run == run, GRADINGS.c.current.is_(True))
        .group_by(GRADINGS.c.state)
    )
    by_state = {row[0]: row[1] for row in connection.execute(states)}
    last = connection.scalar(select(func.max(AUDIT.c.id)).where(AUDIT.c.run == run))
    return Counts(connection.scalar(attempts) or 0, by_state.get("graded", 0), by_state.get("failed", 0), last or 0)
