"""Students, groups and what they handed in, as a platform tells of them, taken into the gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from grader.classes.model import HandIn, Joined
from grader.gradebook.auditing import Change
from grader.gradebook.columns import storable
from grader.gradebook.engine import lock
from grader.gradebook.tables import ATTEMPTS, MEMBERS, STUDENTS, SUBMITTERS
from grader.model import Person

FIELDS = {
    "platform_id": "id", "name": "name", "login": "login", "mail": "mail", "sis": "sis", "section": "section",
    "group_name": "group",
}  # fmt: skip
# by the first of these that is known, somebody is the same person the next time
KNOWN_BY = ("id", "sis", "mail", "login", "name")
# columns in which two who are one person say the same
SURE = ("platform_id", "sis", "login", "mail")
UNMATCHED = "not in the roster"


def identity(person: Person) -> str:
    """Return by what a person is known again."""
    kind = next((kind for kind in KNOWN_BY if getattr(person, kind)), "")
    value = getattr(person, kind) if kind else ""
    return storable(f"{kind}:{value.casefold() if kind in ('mail', 'login') else value}")


def take_in(connection: Connection, run: int, joined: Joined, folder_of: Callable[[str, int], str]) -> list[Change]:
    """Take a class in, as often as it comes, and return what changed; nothing that was known is forgotten."""
    lock(connection, run)
    hand_ins = sorted(joined.hand_ins, key=lambda each: (each.student, each.attempt))
    latest = {each.student: each for each in hand_ins}
    submitters = _submitters(connection, run, latest.values())
    people = {key: _people(each) for key, each in latest.items()}
    listed = {identity(each) for each in joined.missing}
    everybody = {identity(each): each for each in (*(p for found in people.values() for p in found), *joined.missing)}
    students = _students(connection, run, everybody, listed)
    changes = [*_members(connection, run, submitters, students, people), *_unmatched(connection, run, joined)]
    _forget(connection, run, set(everybody))
    changes += _attempts(connection, run, submitters, hand_ins, folder_of)
    return changes


def _people(hand_in: HandIn) -> tuple[Person, ...]:
    return hand_in.members or (Person(id=hand_in.student, name=hand_in.name),)


def _submitters(connection: Connection, run: int, hand_ins: Iterable[HandIn]) -> dict[str, int]:
    wanted = {storable(each.student): storable(each.name or each.student) for each in hand_ins}
    table = SUBMITTERS
    known = {row.key: row for row in connection.execute(select(table).where(table.c.run == run))}
    for key, name in wanted.items():
        if key in known and known[key].name != name:
            connection.execute(update(table).where(table.c.id == known[key].id).values(name=name))
    _add(
        connection, table, [{"run": run, "key": key, "name": name} for key, name in wanted.items() if key not in known]
    )
    return {row.key: row.id for row in connection.execute(select(table.c.key, table.c.id).where(table.c.run == run))}


def _students(connection: Connection, run: int, everybody: Mapping[str, Person], listed: set[str]) -> dict[str, int]:
    table = STUDENTS
    known = {row.identity: row for row in connection.execute(select(table).where(table.c.run == run))}
    new = []
    for key, person in everybody.items():
        told = {column: storable(getattr(person, name)) for column, name in FIELDS.items()}
        before = known.get(key)
        rostered = key in listed or bool(before and before.rostered)
        if before is None:
            new.append({"run": run, "identity": key, **told, "rostered": rostered})
        else:
            # what is not told any more stays known
            kept = {column: value or getattr(before, column) for column, value in told.items()} | {"rostered": rostered}
            if any(getattr(before, column) != value for column, value in kept.items()):
                connection.execute(update(table).where(table.c.id == before.id).values(**kept))
    _add(connection, table, new)
    ids = select(table.c.identity, table.c.id).where(table.c.run == run)
    return {row.identity: row.id for row in connection.execute(ids)}


def _members(
    connection: Connection,
    run: int,
    submitters: Mapping[str, int],
    students: Mapping[str, int],
    people: Mapping[str, Sequence[Person]],
) -> Iterator[Change]:
    wanted = {submitters[storable(key)]: {students[identity(each)] for each in found} for key, found in people.items()}
    keys = {submitters[storable(key)]: key for key in people}
    known: dict[int, set[int]] = {}
    of_run = select(SUBMITTERS.c.id).where(SUBMITTERS.c.run == run)
    for row in connection.execute(select(MEMBERS).where(MEMBERS.c.submitter.in_(of_run))):
        known.setdefault(row.submitter, set()).add(row.student)
    new = []
    for submitter, members in wanted.items():
        before = known.get(submitter, set())
        for student in before - members:
            connection.execute(delete(MEMBERS).where(MEMBERS.c.submitter == submitter, MEMBERS.c.student == student))
        new += [{"submitter": submitter, "student": student} for student in sorted(members - before)]
        if before and before != members:
            yield Change("members", keys[submitter], before=f"{len(before)} members", after=f"{len(members)} members")
    _add(connection, MEMBERS, new)


def _unmatched(connection: Connection, run: int, joined: Joined) -> Iterator[Change]:
    """Keep whom the roster does not know; without one, what was known of that stays."""
    if not joined.has_roster:
        return
    table, unmatched = SUBMITTERS, set(map(storable, joined.unmatched))
    handed_in = {storable(each.student) for each in joined.hand_ins}
    for row in connection.execute(select(table).where(table.c.run == run)).all():
        now = row.key in unmatched
        if row.key in handed_in and row.unmatched != now:
            connection.execute(update(table).where(table.c.id == row.id).values(unmatched=now))
            words = ("", UNMATCHED) if now else (UNMATCHED, "")
            yield Change("roster", row.key, before=words[0], after=words[1])


def _forget(connection: Connection, run: int, told: set[str]) -> None:
    """Leave out who is nobody's member and was known by less before; who stood on a roster stays until they hand in."""
    table = STUDENTS
    known: dict[tuple[str, str], Row[Any]] = {}
    in_run = select(table).where(table.c.run == run)
    for row in connection.execute(in_run.where(table.c.id.in_(select(MEMBERS.c.student)))):
        known.update(dict.fromkeys(_marks_of(row), row))
    alone = connection.execute(in_run.where(table.c.id.not_in(select(MEMBERS.c.student)))).all()
    for row in alone:
        others = (known[mark] for mark in _marks_of(row) if mark in known)
        if row.identity not in told and (not row.rostered or any(_is_same(row, each) for each in others)):
            connection.execute(delete(table).where(table.c.id == row.id))


def _marks_of(row: Row[Any]) -> Iterator[tuple[str, str]]:
    """Yield by what somebody may be known again."""
    yield from ((kind, value.casefold()) for kind in SURE if (value := getattr(row, kind)))
    yield "name", row.name


def _is_same(one: Row[Any], other: Row[Any]) -> bool:
    """Tell whether two are one person: by a number or an address, by the name only where nothing else can be compared."""
    pairs = [(getattr(one, kind).casefold(), getattr(other, kind).casefold()) for kind in SURE]
    both = [pair for pair in pairs if all(pair)]
    return any(a == b for a, b in both) if both else one.name == other.name


def _attempts(
    connection: Connection,
    run: int,
    submitters: Mapping[str, int],
    hand_ins: Sequence[HandIn],
    folder_of: Callable[[str, int], str],
) -> Iterator[Change]:
    table = ATTEMPTS
    of_run = select(SUBMITTERS.c.id).where(SUBMITTERS.c.run == run)
    rows = connection.execute(select(table).where(table.c.submitter.in_(of_run)))
    known = {(row.submitter, row.number): row for row in rows}
    new = []
    for each in hand_ins:
        told = {
            "handed_in": each.handed_in,
            "late": each.late,
            "submission": storable(each.submission),
            "folder": storable(folder_of(each.student, each.attempt)),
        }
        place = submitters[storable(each.student)], each.attempt
        before = known.get(place)
        if before is None:
            new.append({"submitter": place[0], "number": place[1], **told})
            continue
        now = {name: getattr(before, name) if value in (None, "") else value for name, value in told.items()}
        if any(getattr(before, name) != value for name, value in now.items()):
            connection.execute(update(table).where(table.c.id == before.id).values(**now))
        if before.handed_in and before.handed_in != now["handed_in"]:
            yield Change(
                "handed in", each.student, each.attempt, before=f"{before.handed_in}", after=f"{now['handed_in']}"
            )
    _add(connection, table, new)


def _add(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
