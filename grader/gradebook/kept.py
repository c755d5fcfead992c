"""What every part of a gradebook stands on: its database, its run, and the clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

from grader.classes import policy
from grader.classes.policy import Policy
from grader.errors import AuthorError
from grader.filenames import CLASS
from grader.gradebook import auditing
from grader.gradebook.engine import reading, writing
from grader.gradebook.tables import RUNS


def _now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """The database of the run called `key`, whose engine is its own to close; `folder` is the run's, `now` tells the time."""

    def __init__(self, engine: Engine, key: str, folder: Path, *, now: Callable[[], datetime] = _now) -> None:
        self.engine, self.key, self.folder = engine, key, folder
        self._now = now
        # whoever only reads waits for nobody who writes
        with reading(engine) as connection:
            known = _known(connection, key)
        if known is None:
            with writing(engine) as connection:
                known = _known(connection, key) or _made(connection, key, now())
        self._run, self._secret = known

    @property
    def secret(self) -> str:
        """What names that browsers see are made with: drawn once for each run, and shown to nobody."""
        return self._secret

    def rules(self) -> Policy | None:
        """Return the rules of the class in the run's folder, None where there are none; AuthorError when they are wrong."""
        path = self.folder / CLASS
        return policy.load(path) if path.is_file() else None

    def _rules_if_right(self) -> Policy | None:
        """Return the rules where they can be read: nobody is kept from marking while they are being written."""
        with suppress(AuthorError):
            return self.rules()
        return None

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _audit(self, connection: Connection, changes: Iterable[auditing.Change], author: str) -> None:
        auditing.keep(connection, self._run, changes, author=author, now=self._now())


def _known(connection: Connection, key: str) -> tuple[int, str] | None:
    """Return the number and the secret of a run, None where it has not both yet."""
    row = connection.execute(
        select(RUNS.c.id, RUNS.c.secret).where(RUNS.c.key == key, RUNS.c.secret != "")
    ).one_or_none()
    return row and (row.id, row.secret)


def _made(connection: Connection, key: str, now: datetime) -> tuple[int, str]:
    secret = secrets.token_hex(32)
    without = update(RUNS).where(RUNS.c.key == key).values(secret=secret).returning(RUNS.c.id)
    number = connection.scalar(without)
    if number is None:
        new = insert(RUNS).values(key=key, made=now, secret=secret).returning(RUNS.c.id)
        number = connection.execute(new).scalar_one()
    return number, secret
