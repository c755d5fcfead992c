"""Comments on a whole group of the same mistake, which reach every student who made it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from grader.errors import AuthorError
from grader.gradebook.auditing import Change
from grader.gradebook.columns import storable
from grader.gradebook.engine import lock
from grader.gradebook.nouns import Remark
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS, REMARKS, SUBMITTERS

MISTAKE = ("check", "diagnosis", "pattern")


def of_run(connection: Connection, run: int) -> tuple[Remark, ...]:
    """Return all of them, oldest first."""
    rows = connection.execute(select(REMARKS).where(REMARKS.c.run == run).order_by(REMARKS.c.id))
    return tuple(Remark(row.check, row.diagnosis, row.pattern, row.text, row.author, row.made) for row in rows)


def remark(
    connection: Connection, run: int, check: str, diagnosis: str, pattern: str, text: str, *, author: str, now: datetime
) -> list[Change]:
    """Say something on one mistake, or nothing any more where the text is empty; return what changed.

    AuthorError where it is said of no mistake.
    """
    if not check or not (diagnosis or pattern):
        raise AuthorError(
            "a comment on a group needs a check, and a diagnosis or a pattern by which its members are known"
        )
    lock(connection, run)
    mistake = {name: storable(value) for name, value in zip(MISTAKE, (check, diagnosis, pattern), strict=True)}
    same = (REMARKS.c.run == run, *(REMARKS.c[name] == value for name, value in mistake.items()))
    before = connection.execute(select(REMARKS.c.id, REMARKS.c.text).where(*same)).first()
    said, text = before.text if before else "", storable(text.strip())
    if said == text:
        return []
    if not before:
        connection.execute(insert(REMARKS).values(run=run, **mistake, text=text, author=author, made=now))
    elif text:
        said_now = {"text": text, "author": author, "made": now}
        connection.execute(update(REMARKS).where(REMARKS.c.id == before.id).values(**said_now))
    else:
        connection.execute(delete(REMARKS).where(REMARKS.c.id == before.id))
    of = diagnosis or pattern
    return [
        Change("remark", "", check=check, before=f"{of}: {said}" if said else "", after=f"{of}: {text}" if text else "")
    ]


def students(connection: Connection, run: int, told: Iterable[Remark]) -> set[str]:
    """Return whose findings, in any attempt, some of these may be on."""
    checks = {each.check for each in told}
    if not checks:
        return set()
    around = SUBMITTERS.join(ATTEMPTS).join(GRADINGS).join(FINDINGS)
    is_on = FINDINGS.c.check.in_(checks), FINDINGS.c.verdict == "failed", GRADINGS.c.current.is_(True)
    chosen = select(SUBMITTERS.c.key).select_from(around).where(SUBMITTERS.c.run == run, *is_on).distinct()
    return set(connection.scalars(chosen))
