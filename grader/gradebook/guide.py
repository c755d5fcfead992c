"""The guide of a check: entries with points that graders tick, add while they mark, and change so that old marks follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.types import Text

from grader.errors import AuthorError
from grader.gradebook import marks
from grader.gradebook.auditing import Change
from grader.gradebook.columns import UNIT, storable
from grader.gradebook.engine import lock
from grader.gradebook.nouns import Entry, EntryChanged, signed
from grader.gradebook.tables import ATTEMPTS, ENTRIES, FINDINGS, GRADINGS, MARKS, OPINIONS, SUBMITTERS
from grader.text import printable

MOST = 200


def guide(connection: Connection, run: int, item: str, check: str) -> tuple[Entry, ...]:
    """Return the entries for one check in their order, those that are retired as well."""
    used = _used(connection, run, item, check)
    return tuple(replace(each, uses=used[each.id]) for each in _of(connection, run, item, check))


def entries_of(connection: Connection, run: int) -> dict[int, Entry]:
    """Return all entries of a run by their numbers; how often they are used is not counted."""
    rows = connection.execute(select(ENTRIES).where(ENTRIES.c.run == run))
    return {row.id: _entry(row) for row in rows}


def add(
    connection: Connection, run: int, item: str, check: str, text: str, points: Decimal
) -> tuple[Entry, list[Change]]:
    """Add an entry at the end of a guide; the same once more is the one that is there. AuthorError says what is wrong."""
    lock(connection, run)
    there = _of(connection, run, item, check)
    text = _text(text)
    _in_range(points, _possible(connection, run, item, check))
    for each in there:
        if (each.text, each.points) == (text, points) and not each.retired:
            return replace(each, uses=_used(connection, run, item, check)[each.id]), []
    if len(there) >= MOST:
        raise AuthorError(
            f"the guide of '{printable(check)}' has {MOST} entries, and no more fit in; change one of them"
        )
    place = max((each.place for each in there), default=-1) + 1
    row = {"item": item, "check": check, "place": place, "text": text, "points": points, "version": 1, "retired": False}
    number = connection.execute(insert(ENTRIES).values(run=run, **row).returning(ENTRIES.c.id)).scalar_one()
    entry = Entry(number, item, check, place, text, points, 1)
    return entry, [Change("entry", "", None, item, check, "", in_words(entry))]


def change(
    connection: Connection,
    run: int,
    number: int,
    *,
    version: int,
    text: str | None = None,
    points: Decimal | None = None,
    retired: bool | None = None,
    place: int | None = None,
) -> tuple[EntryChanged, list[Change]]:
    """Change an entry, and with it all marks that tick it; return that with what went into the audit.

    Where the entry is of another `version`, nothing is changed and that is said. AuthorError says what is wrong.
    """
    lock(connection, run)
    entries = entries_of(connection, run)
    if number not in entries:
        raise AuthorError(f"there is no entry {number} in the guides of this run; load the page again")
    before = entries[number]
    item, check = before.item, before.check
    now = replace(
        before,
        text=before.text if text is None else _text(text),
        points=before.points if points is None else points,
        retired=before.retired if retired is None else retired,
    )
    if points is not None:
        _in_range(points, _possible(connection, run, item, check))
    moved = place is not None and place != before.place
    if before.version != version or (now == before and not moved):
        used = _used(connection, run, item, check)[number]
        return EntryChanged(replace(before, uses=used), conflict=before.version != version), []
    if place is not None and moved:
        now = replace(now, place=_move(connection, _of(connection, run, item, check), number, place))
    now = replace(now, version=version + 1)
    values = {name: getattr(now, name) for name in ("text", "points", "retired", "version")}
    connection.execute(update(ENTRIES).where(ENTRIES.c.id == number).values(**values))
    changes = [Change("entry", "", None, item, check, in_words(before), in_words(now))]
    follow = _follow(connection, before, entries, entries | {number: now})
    used = _used(connection, run, item, check)[number]
    return EntryChanged(replace(now, uses=used), len(follow)), changes + follow


def in_words(entry: Entry) -> str:
    """Return an entry in one line."""
    return f"{entry.text} ({signed(entry.points)}){', retired' if entry.retired else ''}"


def _follow(
    connection: Connection, changed: Entry, before: Mapping[int, Entry], now: Mapping[int, Entry]
) -> list[Change]:
    """Work out anew all marks and opinions that tick an entry, and return what of marks that changed."""
    of_check = OPINIONS.c.item == changed.item, OPINIONS.c.check == changed.check
    for row in connection.execute(select(OPINIONS).where(_ticks(OPINIONS.c.entries, changed.id), *of_check)).all():
        opinion = marks.recounted(marks.opinion_of(row, before), now)
        values = {"points": opinion.points, "version": row.version + 1}
        connection.execute(update(OPINIONS).where(OPINIONS.c.id == row.id).values(**values))
    around = MARKS.join(ATTEMPTS).join(SUBMITTERS)
    chosen = select(MARKS, SUBMITTERS.c.key, ATTEMPTS.c.number).select_from(around)
    which = MARKS.c.item == changed.item, MARKS.c.check == changed.check
    found = []
    ticked = _ticks(MARKS.c.entries, changed.id)
    for row in connection.execute(chosen.where(ticked, *which).order_by(MARKS.c.id)).all():
        was = marks.mark_of(row, before)
        mark = marks.recounted(was, now)
        said = marks.in_words(was), marks.in_words(mark)
        if said[0] != said[1]:
            change = Change("mark", row.key, row.number, mark.item, mark.check, *said)
            found.append((row.id, mark.points, change))
    if found:
        raised = update(MARKS).where(MARKS.c.id == bindparam("number"))
        raised = raised.values(points=bindparam("given"), version=MARKS.c.version + 1)
        connection.execute(raised, [{"number": number, "given": points} for number, points, _ in found])
    return [change for _, _, change in found]


def _move(connection: Connection, there: tuple[Entry, ...], number: int, place: int) -> int:
    order = [each for each in there if each.id != number]
    at = min(max(place, 0), len(order))
    order.insert(at, next(each for each in there if each.id == number))
    for k, each in enumerate(order):
        if each.place != k:
            connection.execute(update(ENTRIES).where(ENTRIES.c.id == each.id).values(place=k))
    return at


def _of(connection: Connection, run: int, item: str, check: str) -> tuple[Entry, ...]:
    of_check = ENTRIES.c.run == run, ENTRIES.c.item == item, ENTRIES.c.check == check
    rows = connection.execute(select(ENTRIES).where(*of_check).order_by(ENTRIES.c.place, ENTRIES.c.id))
    return tuple(map(_entry, rows))


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.id, row.item, row.check, row.place, row.text, row.points, row.version, row.retired)


def _used(connection: Connection, run: int, item: str, check: str) -> Counter[int]:
    around = MARKS.join(ATTEMPTS).join(SUBMITTERS)
    of_check = SUBMITTERS.c.run == run, MARKS.c.item == item, MARKS.c.check == check
    ticked = select(MARKS.c.entries, func.count().label("times")).select_from(around).where(*of_check)
    found: Counter[int] = Counter()
    for row in connection.execute(ticked.group_by(MARKS.c.entries)):
        found.update(dict.fromkeys(row.entries, row.times))
    return found


def _ticks(column: Any, number: int) -> Any:
    return type_coerce(column, Text).like(f"%,{number},%")


def _possible(connection: Connection, run: int, item: str, check: str) -> Decimal:
    around = SUBMITTERS.join(ATTEMPTS).join(GRADINGS).join(FINDINGS)
    of_check = SUBMITTERS.c.run == run, GRADINGS.c.current.is_(True), FINDINGS.c.item == item, FINDINGS.c.check == check
    worth = select(func.max(FINDINGS.c.possible)).select_from(around).where(*of_check)
    most: Decimal | None = connection.scalar(worth)
    if most is None:
        raise AuthorError(f"there is no check '{printable(check)}' in an item '{printable(item)}' of this run")
    return most


def _in_range(points: Decimal, possible: Decimal) -> None:
    if not points.is_finite() or abs(points) > possible:
        raise AuthorError(f"{points} points; the check is worth {possible:f}, so give {-possible:f} to {possible:f}")
    if (points * UNIT) % 1:
        raise AuthorError(f"{points} points; give at most six digits after the point")


def _text(text: str) -> str:
    kept = storable(text.strip())
    if not kept:
        raise AuthorError("an entry of a guide says what it is for; give a few words")
    return kept
