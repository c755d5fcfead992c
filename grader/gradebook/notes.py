"""What graders keep for themselves: notes and flags on answers, and comments to use again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from grader.errors import AuthorError
from grader.gradebook.auditing import Change
from grader.gradebook.columns import storable
from grader.gradebook.engine import lock
from grader.gradebook.tables import ATTEMPTS, COMMENTS, MARKS, NOTES, SUBMITTERS
from grader.text import printable

MOST = 200


def note(
    connection: Connection,
    run: int,
    student: str,
    attempt: int,
    item: str,
    check: str,
    *,
    text: str | None = None,
    flagged: bool | None = None,
) -> list[Change]:
    """Write a note, or flag an answer; what is None stays as it is. AuthorError where there is no such attempt."""
    lock(connection, run)
    is_it = SUBMITTERS.c.run == run, SUBMITTERS.c.key == storable(student), ATTEMPTS.c.number == attempt
    row = connection.scalar(select(ATTEMPTS.c.id).select_from(ATTEMPTS.join(SUBMITTERS)).where(*is_it))
    if row is None:
        raise AuthorError(f"there is no attempt {attempt} of '{printable(student)}'")
    place = {"attempt": row, "item": storable(item), "check": storable(check)}
    which = [NOTES.c[name] == value for name, value in place.items()]
    before = connection.execute(select(NOTES).where(*which)).first()
    was = (before.text, before.flagged) if before else ("", False)
    now = was[0] if text is None else storable(text.strip()), was[1] if flagged is None else flagged
    if now == was:
        return []
    values: dict[str, Any] = {"text": now[0], "flagged": now[1]}
    if before:
        connection.execute(update(NOTES).where(*which).values(**values))
    else:
        connection.execute(insert(NOTES).values(**place, **values))
    words = [
        ("note", *(each[0] for each in (was, now))),
        ("flag", *("flagged" if each[1] else "" for each in (was, now))),
    ]
    return [Change(what, student, attempt, item, check, *said) for what, *said in words if said[0] != said[1]]


def written(connection: Connection, run: int, student: str, attempt: int, item: str, check: str) -> str:
    """Return the note on an answer, or on the whole attempt where `item` and `check` are empty; empty where there is none."""
    around = SUBMITTERS.join(ATTEMPTS).join(NOTES)
    is_it = SUBMITTERS.c.run == run, SUBMITTERS.c.key == storable(student), ATTEMPTS.c.number == attempt
    chosen = select(NOTES.c.text).select_from(around).where(*is_it, NOTES.c.item == item, NOTES.c.check == check)
    return connection.scalar(chosen) or ""


def bank(connection: Connection, run: int, item: str, check: str) -> tuple[tuple[str, int], ...]:
    """Return the comments on one check with how often each is used, the commonest first; then those that were saved for it."""
    around = MARKS.join(ATTEMPTS).join(SUBMITTERS)
    used = select(MARKS.c.comment, func.count().label("times")).select_from(around)
    used = used.where(SUBMITTERS.c.run == run, MARKS.c.item == item, MARKS.c.check == check, MARKS.c.comment != "")
    order = func.count().desc(), MARKS.c.comment
    rows = connection.execute(used.group_by(MARKS.c.comment).order_by(*order).limit(MOST))
    found = {row.comment: row.times for row in rows}
    saved = select(COMMENTS.c.text).where(*_of(run, item, check)).order_by(COMMENTS.c.id).limit(MOST)
    return *found.items(), *((each, 0) for each in connection.scalars(saved) if each not in found)


def save(connection: Connection, run: int, item: str, check: str, text: str) -> list[Change]:
    """Keep a comment to use again."""
    lock(connection, run)
    kept = storable(text.strip())
    if not kept or connection.scalar(select(COMMENTS.c.id).where(*_of(run, item, check), COMMENTS.c.text == kept)):
        return []
    connection.execute(insert(COMMENTS).values(run=run, item=item, check=check, text=kept))
    return [Change("comment", "", None, item, check, "", kept)]


def drop(connection: Connection, run: int, item: str, check: str, text: str) -> list[Change]:
    """Keep a comment no longer; where it was given, it stays."""
    lock(connection, run)
    kept = storable(text.strip())
    gone = connection.execute(delete(COMMENTS).where(*_of(run, item, check), COMMENTS.c.text == kept)).rowcount
    return [Change("comment", "", None, item, check, kept, "")] if gone else []


def _of(run: int, item: str, check: str) -> tuple[Any, ...]:
    return COMMENTS.c.run == run, COMMENTS.c.item == item, COMMENTS.c.check == check
