"""Who marks: each with a link of their own, of which only a digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from grader.errors import AuthorError
from grader.gradebook.auditing import Change
from grader.gradebook.columns import storable
from grader.gradebook.engine import lock
from grader.gradebook.nouns import Grader
from grader.gradebook.tables import GRADERS

BYTES = 32
SEEN_EVERY = timedelta(minutes=1)


def of_run(connection: Connection, run: int) -> tuple[Grader, ...]:
    """Return who marks, in the order in which they were named."""
    return tuple(map(_grader, _rows(connection, run)))


def name(
    connection: Connection, run: int, names: Sequence[str], *, author: str, now: datetime, renew: Collection[str] = ()
) -> tuple[dict[str, str], list[Change]]:
    """Let these mark and nobody else, `author` as the owner; return new tokens by name, and what changed.

    Who marks already keeps their token, unless they are to `renew` it. AuthorError where a name is empty or there twice.
    """
    lock(connection, run)
    wanted = [storable(each.strip()) for each in names]
    twice = sorted({each for each in wanted if wanted.count(each) > 1})
    if twice or not all(wanted):
        raise AuthorError(f"graders: '{twice[0]}' is there twice" if twice else "graders: a name is empty")
    there = {row.name: row for row in _rows(connection, run)}
    changes, tokens = [], {}
    for row in there.values():
        if row.name not in wanted or row.name in renew:
            connection.execute(update(GRADERS).where(GRADERS.c.id == row.id).values(digest=""))
            changes.append(Change("grader", row.name, before="has a link", after=""))
    for each in wanted:
        is_owner = each == storable(author)
        if each not in there or each in renew:
            tokens[each] = secrets.token_urlsafe(BYTES)
            about = {"run": run, "name": each, "owner": is_owner, "made": now}
            connection.execute(insert(GRADERS).values(digest=_digest(tokens[each]), **about))
            changes.append(Change("grader", each, before="", after="has a link"))
        elif there[each].owner != is_owner:
            connection.execute(update(GRADERS).where(GRADERS.c.id == there[each].id).values(owner=is_owner))
            words = ("", "owner") if is_owner else ("owner", "")
            changes.append(Change("grader", each, before=words[0], after=words[1]))
    return tokens, changes


def of_token(connection: Connection, run: int, token: str) -> Grader | None:
    """Return whose token it is, None for nobody's; how long that takes says nothing of the tokens there are."""
    digest, found = _digest(token), None
    for row in _rows(connection, run):
        if hmac.compare_digest(row.digest, digest):
            found = row
    return found and _grader(found)


def seen(connection: Connection, run: int, name: str, *, now: datetime) -> None:
    """Keep when somebody was here last."""
    active = GRADERS.c.run == run, GRADERS.c.name == name, GRADERS.c.digest != ""
    connection.execute(update(GRADERS).where(*active).values(last_seen=now))


def is_due(grader: Grader, now: datetime) -> bool:
    """Whether it is long enough ago that somebody was seen to keep that anew."""
    return grader.last_seen is None or now - grader.last_seen >= SEEN_EVERY


def _rows(connection: Connection, run: int) -> Sequence[Row[Any]]:
    active = select(GRADERS).where(GRADERS.c.run == run, GRADERS.c.digest != "")
    return connection.execute(active.order_by(GRADERS.c.id)).all()


def _grader(row: Row[Any]) -> Grader:
    return Grader(row.name, row.owner, row.made, row.last_seen)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
