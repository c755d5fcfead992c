"""Marks and opinions as they are kept: read, and written with what they were before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, delete, insert, or_, select, update

from grader.gradebook import ticks
from grader.gradebook.columns import storable
from grader.gradebook.nouns import Entry, Mark, signed
from grader.gradebook.tables import ASSIGNED, EARLIER, MARKS, OPINIONS

GIVEN = ("points", "comment", "author", "made", "version", "basis", "entries", "adjustment", "possible")
# of a row of marks or opinions: what it is about, and what was given
ALL = slice(2, 4 + len(GIVEN))
ABOUT = ("digest", "rubric_digest", "group_key")
Place = tuple[int, str, str]


def mark_of(row: Row[Any], entries: Mapping[int, Entry]) -> Mark:
    """Return the mark of a row that begins with the columns of one."""
    given: Sequence[Any] = (*row[ALL], row.group_key, ticks.told(row.entries, entries))
    return Mark(*given)


def opinion_of(row: Row[Any], entries: Mapping[int, Entry]) -> Mark:
    """Return the opinion of a row that begins with the columns of one."""
    given: Sequence[Any] = (*row[ALL], "", ticks.told(row.entries, entries))
    return Mark(*given)


def recounted(mark: Mark, entries: Mapping[int, Entry]) -> Mark:
    """Return a mark as it is by what the entries of the guide are now."""
    told = ticks.told(mark.entries, entries)
    if not mark.entries or mark.possible is None:
        return replace(mark, told=told)
    points = [each.points for each in ticks.of(mark.entries, entries)]
    return replace(mark, points=ticks.worth(points, mark.adjustment, mark.possible), told=told)


def in_words(mark: Mark | None) -> str:
    """Return what a mark says in one line, empty for none."""
    if mark is None or not mark.is_there:
        return ""
    points = "" if mark.points is None else signed(mark.points)
    said = points.removeprefix("+") if mark.check else points
    ticked = [*mark.told, *([f"adjusted by {signed(mark.adjustment)}"] if mark.adjustment else [])]
    parts = said, f"[{'; '.join(ticked)}]" if ticked else "", f'"{mark.comment}"' if mark.comment else ""
    return " ".join(part for part in parts if part)


def write(connection: Connection, attempt: int, mark: Mark, *, digest: str, rubric_digest: str) -> None:
    """Write a mark, and keep what it was before."""
    values = _values(mark) | {"digest": digest, "rubric_digest": rubric_digest, "group_key": mark.group}
    if mark.version > 1:
        is_it = _is(MARKS, (attempt, mark.item, mark.check))
        names = (*GIVEN, *ABOUT)
        was = select(MARKS.c.id, *(MARKS.c[name] for name in names)).where(is_it)
        connection.execute(insert(EARLIER).from_select(["mark", *names], was))
        connection.execute(update(MARKS).where(is_it).values(**values))
    else:
        connection.execute(insert(MARKS).values(attempt=attempt, item=mark.item, check=mark.check, **values))


def before(connection: Connection, place: Place, entries: Mapping[int, Entry]) -> Mark | None:
    """Return what the mark at a place was before its last change, by what the guide says now; None where it was not there."""
    about = MARKS.c.id, MARKS.c.attempt, MARKS.c.item, MARKS.c.check
    chosen = select(*about, *(EARLIER.c[name] for name in (*GIVEN, *ABOUT))).join(EARLIER).where(_is(MARKS, place))
    row = connection.execute(chosen.order_by(EARLIER.c.version.desc()).limit(1)).first()
    return recounted(mark_of(row, entries), entries) if row else None


def write_opinion(connection: Connection, attempt: int, mark: Mark, *, of: str) -> None:
    """Write what somebody gave as their opinion; who gave the mark of another one back has none."""
    author = storable(of)
    mine = _is(OPINIONS, (attempt, mark.item, mark.check)) & (OPINIONS.c.author == author)
    if mark.author != of:
        connection.execute(delete(OPINIONS).where(mine))
        return
    values = _values(mark)
    known = connection.scalar(select(OPINIONS.c.id).where(mine))
    if known is None:
        connection.execute(insert(OPINIONS).values(attempt=attempt, item=mark.item, check=mark.check, **values))
    else:
        connection.execute(update(OPINIONS).where(OPINIONS.c.id == known).values(**values))


def seconds(connection: Connection, chosen: Select[Any], grader: str) -> set[Place]:
    """Return which checks of these attempts somebody only gives an opinion on."""
    given = ASSIGNED.c.attempt.in_(chosen), ASSIGNED.c.grader == grader, ASSIGNED.c.second.is_(True)
    rows = connection.execute(select(ASSIGNED.c.attempt, ASSIGNED.c.item, ASSIGNED.c.check).where(*given))
    return {(row.attempt, row.item, row.check) for row in rows}


def opinions(
    connection: Connection, chosen: Select[Any], grader: str, entries: Mapping[int, Entry]
) -> dict[Place, Mark]:
    """Return what somebody gave to these attempts."""
    rows = connection.execute(select(OPINIONS).where(OPINIONS.c.attempt.in_(chosen), OPINIONS.c.author == grader))
    return {(row.attempt, row.item, row.check): opinion_of(row, entries) for row in rows}


def is_at(table: Table, places: Iterable[tuple[str, str]]) -> Any:
    """Return the condition that a row is about one of these items with their checks."""
    return or_(*(and_(table.c.item == item, table.c.check == check) for item, check in sorted(set(places))))


def _is(table: Table, place: Place) -> Any:
    attempt, item, check = place
    return (table.c.attempt == attempt) & (table.c.item == item) & (table.c.check == check)


def _values(mark: Mark) -> dict[str, Any]:
    return {name: getattr(mark, name) for name in GIVEN}
