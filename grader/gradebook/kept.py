"""What every part of a gradebook stands on: its database, its run, and the clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

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
            self._run, self._secret = _run(connection, key, now())

    @property
    def secret(self) -> str:
        """What names that browsers see are made with: drawn once for each run, and shown to nobody."""
        return self._secret

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _audit(self, connection: Connection, changes: Iterable[auditing.Change], author: str) -> None:
        auditing.keep(connection, self._run, changes, author=author, now=self._now())


def _run(connection: Connection, key: str, now: datetime) -> tuple[int, str]:
    known = connection.execute(select(RUNS.c.id, RUNS.c.secret).where(RUNS.c.key == key)).one_or_none()
    if known and known.secret:
        return known.id, known.secret
    secret = secrets.token_hex(32)
    if known:
        connection.execute(update(RUNS).where(RUNS.c.id == known.id).values(secret=secret))
        return known.id, secret
    values = {"key": key, "made": now, "secret": secret}
    return connection.execute(insert(RUNS).values(values).returning(RUNS.c.id)).scalar_one(), secret
