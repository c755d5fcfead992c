"""What every part of a gradebook stands on: its database, its run, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from grader.gradebook import auditing
from grader.gradebook.engine import writing
from grader.gradebook.tables import RUNS


def _now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """The database of the run called `key`, whose engine is its own to close; `folder` is the run's, `now` tells the time."""

    def __init__(self, engine: Engine, key: str, folder: Path, *, now: Callable[[], datetime] = _now) -> None:
        self.engine, self.key, self.folder = engine, key, folder
        self._now = now
        with writing(engine) as connection:
            self._run = _run(connection, key, now())

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _audit(self, connection: Connection, changes: Iterable[auditing.Change], author: str) -> None:
        auditing.keep(connection, self._run, changes, author=author, now=self._now())


def _run(connection: Connection, key: str, now: datetime) -> int:
    known: int | None = connection.scalar(select(RUNS.c.id).where(RUNS.c.key == key))
    if known is not None:
        return known
    added: int = connection.execute(insert(RUNS).values(key=key, made=now).returning(RUNS.c.id)).scalar_one()
    return added
