"""The one switch that makes results visible to students, for each who handed in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from grader.gradebook.auditing import Change
from grader.gradebook.columns import storable
from grader.gradebook.engine import lock
from grader.gradebook.tables import RELEASES, SUBMITTERS


def release(
    connection: Connection, run: int, students: Collection[str], *, author: str, now: datetime, withdraw: bool = False
) -> list[Change]:
    """Release the results of these students, or `withdraw` them; return what changed."""
    lock(connection, run)
    keys = {storable(each) for each in students}
    rows = connection.execute(
        select(SUBMITTERS.c.id, SUBMITTERS.c.key, RELEASES.c.made).outerjoin(RELEASES).where(SUBMITTERS.c.run == run)
    ).all()
    meant = [row for row in rows if row.key in keys and (row.made is not None) is withdraw]
    ids = [row.id for row in meant]
    if withdraw:
        for each in ids:
            connection.execute(delete(RELEASES).where(RELEASES.c.submitter == each))
    elif ids:
        connection.execute(insert(RELEASES), [{"submitter": each, "author": author, "made": now} for each in ids])
    words = ("released", "") if withdraw else ("", "released")
    return [Change("release", row.key, before=words[0], after=words[1]) for row in meant]
