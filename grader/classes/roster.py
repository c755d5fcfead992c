"""Who is in a class: the tables that platforms export of their people, and hand-ins joined with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path

from grader.classes import tables
from grader.classes.model import Double, HandIn, Joined
from grader.classes.names import visible
from grader.classes.times import in_words, instant
from grader.errors import AuthorError
from grader.model import Person
from grader.text import listed, printable

Row = Mapping[str, str]
NAMED = 8
_MODIFIED = "Last modified (submission)"
_NO_LETTERS = r"[\W_]"
# the names that columns of a plain table may have
_PLAIN = {
    "id": ("id", "user id", "student id", "canvas_user_id"),
    "name": ("name", "full name", "student", "student name"),
    "login": ("login", "username", "user name", "login_id", "login id", "github_username", "github username"),
    "mail": ("mail", "email", "e-mail", "email address", "e-mail address", "mail address"),
    "sis": (
        "sis",
        "sid",
        "sis id",
        "student number",
        "id number",
        "matriculation number",
        "orgdefinedid",
        "student_id",
    ),
    "section": ("section", "sections", "class"),
    "group": ("group", "group name", "group_name", "team"),
    "handed in": ("handed in", "handed_in", "submitted", "submitted at", "submission time", "submission_timestamp"),
}
_FIRST, _LAST = (
    ("first name", "first_name", "firstname", "given name"),
    ("last name", "last_name", "lastname", "surname"),
)


@dataclass(frozen=True)
class Roster:
    """The people of a class, and the kind of table that they come from; `groups` maps the name of a group to its members.

    `times` are those at which people handed in, by what each is known by first and as they are written, where the table has any.
    """

    kind: str
    people: tuple[Person, ...]
    groups: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    times: Mapping[tuple[str, str], str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read(path: Path) -> Roster:
    """Read the people of a class from a platform's table or a plain one; AuthorError says what it lacks."""
    table = tables.read(path)
    return of_table(table, path.name)


def of_table(table: tables.Table, name: str) -> Roster:
    """Return the people in a table called `name`."""
    header = set(table.header)
    kind = next((kind for kind, (fits, _) in _KINDS.items() if fits(header)), "plain")
    columns = _columns(table.header)
    if kind == "plain" and not columns.keys() & {"id", "name", "login", "mail", "sis"}:
        seen = listed([printable(each) for each in table.header], NAMED)
        raise AuthorError(
            f"{name}: is no list of people as far as can be seen: its columns are {seen}; give the gradebook of Canvas, the "
            "grading worksheet of Moodle, the grades of Gradescope, or a table with columns such as id, name, login, mail"
        )
    made = _KINDS[kind][1] if kind in _KINDS else lambda row: _plain(row, columns)
    found = [(person, row) for row in table.rows if (person := made(row)) and _known(person)]
    people = _merged(person for person, _ in found)
    if not people:
        raise AuthorError(f"{name}: holds nobody; export it again")
    groups: dict[str, tuple[Person, ...]] = {}
    for person in people:
        for group in _several(person.group):
            groups[group] = (*groups.get(group, ()), person)
    column = _MODIFIED if kind == "moodle" else columns.get("handed in", "") if kind == "plain" else ""
    times = {_key(person): row[column] for person, row in found if row.get(column)}
    return Roster(kind, people, groups, times, table.warnings)


def _merged(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return people, each once: somebody in two sections or groups has a row for each."""
    found: dict[object, Person] = {}
    for person in people:
        # whoever has no id is known by a number or an address together with the name: families share addresses
        known = next((each for each in _identities(person) if each[0] != "name"), None)
        same = person.id or ((known, person.name) if known else person)
        if before := found.get(same):
            sections = dict.fromkeys(filter(None, (before.section, person.section)))
            groups = dict.fromkeys(filter(None, (before.group, person.group)))
            found[same] = replace(before, section=" and ".join(sections), group=";".join(groups))
        else:
            found[same] = person
    return tuple(found.values())


def joined(hand_ins: Sequence[HandIn], roster: Roster, *, zone: tzinfo | None = None) -> Joined:
    """Join hand-ins with the people of the roster: by id, then by mail, then by exact name, and never by a guess.

    A hand-in of one person goes by the name in the roster, one of a group gets all of its members. Where several people fit
    there is a double, where nobody fits the student is unmatched; the hand-in stays as it is. Where the download has no times
    and the roster does, on the clock of `zone`, that of the last attempt is taken from there.
    """
    finder, everybody = _Finder(roster), set(roster.people)
    doubles: list[Double] = []
    unmatched: list[str] = []
    odd: list[str] = []
    made = []
    handed: set[Person] = set()
    for hand_in in hand_ins:
        members = list(finder.group(hand_in))
        for person in () if members else hand_in.members or (Person(name=hand_in.name),):
            found = finder.find(person)
            if len(found) == 1 and _differ(person, found[0]):
                names = f"'{visible(person.name)}' in the download, '{visible(found[0].name)}' in the roster"
                odd.append(f"{hand_in.student}: {names}")
            members.append(found[0] if len(found) == 1 else person)
            # of several nobody can be said to be missing
            handed.update(found)
            if len(found) > 1:
                doubles.append(Double(hand_in.student, person, found))
            elif not found and hand_in.student not in unmatched:
                unmatched.append(hand_in.student)
        handed.update(members)
        at = hand_in.handed_in or next(
            (time for each in members if (time := _instant(roster.times.get(_key(each), ""), zone))), None
        )
        known = [person for person in members if person in everybody and person.name]
        name = known[0].name if len(members) == len(known) == 1 else hand_in.name
        made.append(replace(hand_in, name=visible(name), members=tuple(dict.fromkeys(members)), handed_in=at))
    missing = tuple(person for person in roster.people if person not in handed)
    asked = tuple(dict.fromkeys(doubles)), tuple(dict.fromkeys(odd))
    return Joined(tuple(made), missing, tuple(unmatched), *asked, has_roster=True)


def _key(person: Person) -> tuple[str, str]:
    return next(_identities(person), ("", ""))


def _instant(text: str, zone: tzinfo | None) -> datetime | None:
    return instant(text, zone) or in_words(text, zone)


class _Finder:
    """Finds people of a roster by what a platform knows of them."""

    def __init__(self, roster: Roster) -> None:
        self._groups = {
            form: people for name, people in roster.groups.items() for form in (_folded(name), _in_canvas(name))
        }
        self._by: dict[tuple[str, str], list[Person]] = {}
        for person in roster.people:
            for known in _identities(person):
                self._by.setdefault(known, []).append(person)

    def find(self, person: Person) -> tuple[Person, ...]:
        """Return the people who fit by the first thing that anybody fits by: one, when it is sure."""
        return next((tuple(found) for known in _identities(person) if (found := self._by.get(known))), ())

    def group(self, hand_in: HandIn) -> tuple[Person, ...]:
        """Return the members of the group that a hand-in is called after, if it is, and nobody is called so."""
        names = ("name", _spaced(hand_in.name)), ("name", _squeezed(hand_in.name))
        if len(hand_in.members) > 1 or any(name in self._by for name in names):
            return ()
        return self._groups.get(_folded(hand_in.name)) or self._groups.get(f"canvas:{_folded(hand_in.name)}", ())


def _differ(one: Person, other: Person) -> bool:
    """Tell whether two who were joined have names of other letters: in which order, and what is between, says nothing."""
    letters = [sorted(re.sub(_NO_LETTERS, "", _folded(each.name))) for each in (one, other)]
    return bool(one.name and other.name) and one.name != one.login and letters[0] != letters[1]


def _identities(person: Person) -> Iterator[tuple[str, str]]:
    """Yield what a person is known by, the surest first: a number is compared with numbers of its own kind alone."""
    for kind in ("id", "sis", "login", "mail"):
        if value := _folded(getattr(person, kind)):
            yield kind, value
    if person.name:
        yield "name", _spaced(person.name)
        yield "name", _squeezed(person.name)
        # the name in a Canvas file is this form already
        yield "name", f"canvas:{_folded(person.name)}"


def _spaced(name: str) -> str:
    """Return a name in which capitals, spaces and the order around a comma make no difference."""
    last, comma, first = name.partition(",")
    return " ".join(_folded(f"{first} {last}" if comma else name).split())


def _squeezed(name: str) -> str:
    """Return a name as Canvas writes it in the names of files: the sortable one, in small letters, letters and digits alone."""
    last, comma, first = name.partition(",")
    if not comma:
        *firsts, last = name.split() or [""]
        first = " ".join(firsts)
    return _in_canvas(last + first)


def _in_canvas(name: str) -> str:
    return f"canvas:{re.sub(_NO_LETTERS, '', _folded(name))}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()


def _known(person: Person) -> bool:
    return bool(person.id or person.name or person.login or person.mail or person.sis)


def _several(groups: str) -> Iterator[str]:
    yield from (each.strip() for each in groups.split(";") if each.strip())


def _of_canvas(row: Row) -> Person | None:
    name = row.get("Student") or row.get("LastName,FirstName", "")
    if not row.get("ID", "").isdecimal() or name == "Student, Test":
        # the lines about points, and the student that Canvas makes to try things
        return None
    return Person(
        id=row["ID"],
        name=name,
        login=row.get("SIS Login ID", ""),
        sis=row.get("SIS User ID", ""),
        section=row.get("Section", ""),
    )


def _of_canvas_groups(row: Row) -> Person | None:
    return Person(
        id=row.get("canvas_user_id", ""),
        name=row.get("name", ""),
        login=row.get("login_id", ""),
        sis=row.get("user_id", ""),
        section=row.get("sections", ""),
        group=row.get("group_name", ""),
    )


def _of_moodle(row: Row) -> Person | None:
    found = re.search(r"(\d+)\s*$", row.get("Identifier", ""))
    return Person(
        id=found[1] if found else "",
        name=row.get("Full name", ""),
        mail=row.get("Email address", ""),
        sis=row.get("ID number", ""),
        group=row.get("Group", ""),
    )


def _of_gradescope(row: Row) -> Person | None:
    name = row.get("Name") or f"{row.get('First Name', '')} {row.get('Last Name', '')}".strip()
    return Person(name=name, mail=row.get("Email", ""), sis=row.get("SID", ""), section=row.get("Sections", ""))


# what a platform's table is known by, and what a row of it says
_KINDS: Mapping[str, tuple[Callable[[set[str]], bool], Callable[[Row], Person | None]]] = {
    "canvas": (
        lambda header: {"ID", "Section"} <= header and bool({"Student", "LastName,FirstName"} & header),
        _of_canvas,
    ),
    "canvas-groups": (lambda header: {"canvas_user_id", "group_name"} <= header, _of_canvas_groups),
    "moodle": (lambda header: {"Identifier", "Full name"} <= header, _of_moodle),
    "gradescope": (
        lambda header: (
            {"SID", "Email"} <= header and bool({"Submission ID", "Submission Time", "Total Score", "Status"} & header)
        ),
        _of_gradescope,
    ),
}


def _columns(header: Iterable[str]) -> Mapping[str, str]:
    """Return which column of a plain table says what; where two could say the same, the first one does."""
    found: dict[str, str] = {}
    for column in header:
        name = column.casefold().strip().lstrip("#")
        for what, names in {**_PLAIN, "first": _FIRST, "last": _LAST}.items():
            if name in names:
                found.setdefault(what, column)
    if {"first", "last"} <= found.keys():
        found.setdefault("name", "")
    return found


def _plain(row: Row, columns: Mapping[str, str]) -> Person | None:
    told = {what: row.get(column, "").removeprefix("#") for what, column in columns.items()}
    if not told.get("name"):
        told["name"] = f"{told.get('first', '')} {told.get('last', '')}".strip()
    return Person(**{name: value for name, value in told.items() if name not in ("first", "last", "handed in")})
