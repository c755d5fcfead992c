"""Whose the lines of a platform's file are: by number, login or mail, by name only where nothing speaks against it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.exports.final import Final
from grader.exports.release import LeftOut, name_of
from grader.model import Person
from grader.text import JOINERS, listed

NO_LINE = "no line of the file is theirs"
TWO_LINES = "fits more than one line of the file"
TWO_STUDENTS = "fits the same line of the file as"
OTHERS = "the line that fits by {kind} says another {other}"
KINDS = {"id": "id", "sis": "student number", "login": "login", "mail": "mail address", "name": "name"}

# what somebody is known by, and on which lines that stands
Where = Mapping[tuple[str, str], set[int]]


@dataclass(frozen=True)
class Matched:
    """Lines of a file with whose they are, and those for whom there is none."""

    lines: Mapping[int, Final]
    left_out: tuple[LeftOut, ...]


def matched(rows: Mapping[int, Person], finals: Sequence[Final]) -> Matched:
    """Return whose line is whose. Where more than one could be meant, nobody is: that is for a person to decide."""
    known = {line: _keys(who) for line, who in rows.items()}
    where: dict[tuple[str, str], set[int]] = defaultdict(set)
    for line, keys in known.items():
        for kind, value in keys.items():
            for form in forms_of(kind, value):
                where[kind, form].add(line)
    claims: dict[int, list[Final]] = defaultdict(list)
    left_out: list[LeftOut] = []
    for final in finals:
        found = _line(_keys(final.who), where, known)
        if isinstance(found, str):
            left_out.append(LeftOut(name_of(final), found))
        else:
            claims[found].append(final)
    for claimed in claims.values():
        if len(claimed) > 1:
            names = listed([name_of(final) for final in claimed], 3)
            left_out += [LeftOut(name_of(final), f"{TWO_STUDENTS} others: {names}") for final in claimed]
    return Matched({line: each[0] for line, each in claims.items() if len(each) == 1}, tuple(left_out))


def plain_name(name: str) -> str:
    """Return a name without what nobody sees: marks of direction, doubled blanks, and Canvas' way to write what begins with =."""
    name = re.sub(r'\A="(.*)"\Z', r"\1", name)
    seen = unicodedata.normalize("NFC", name)
    return " ".join("".join(each for each in seen if unicodedata.category(each) != "Cf" or each in JOINERS).split())


def forms_of(kind: str, value: str) -> set[str]:
    """Return the ways to write what somebody is known by: ``Doe, Jane`` is ``Jane Doe``."""
    last, comma, first = value.partition(",")
    return {value, " ".join(f"{first} {last}".split())} if kind == "name" and comma else {value}


def _keys(who: Person) -> dict[str, str]:
    """Return by what somebody is known, without what is empty."""
    sis = who.sis.strip()
    keys = {
        "id": who.id.strip(),
        # spreadsheets take zeros away
        "sis": sis.lstrip("0") if sis.isdecimal() else sis,
        "login": who.login.strip().casefold(),
        "mail": who.mail.strip().casefold(),
        "name": plain_name(who.name),
    }
    return {kind: value for kind, value in keys.items() if value}


def _line(keys: Mapping[str, str], where: Where, known: Mapping[int, Mapping[str, str]]) -> int | str:
    """Return the line of somebody, or why there is none."""
    hits = {kind: lines for kind, value in keys.items() if (lines := _lines(kind, value, where))}
    by = {kind: lines for kind, lines in hits.items() if kind != "name"} or hits
    found = set[int]().union(*by.values())
    if not found:
        return NO_LINE
    if len(found) > 1:
        return TWO_LINES
    (line,) = found
    # ids of another platform say nothing where a number of the university, a login or a mail fits
    compared = ("id", "sis", "login", "mail") if "name" in by else ("sis", "name")
    other = next((kind for kind in compared if not _agree(kind, keys.get(kind), known[line].get(kind))), "")
    return OTHERS.format(kind=KINDS[next(iter(by))], other=KINDS[other]) if other else line


def _lines(kind: str, value: str, where: Where) -> set[int]:
    # many logins are addresses
    kinds = ("login", "mail") if kind in ("login", "mail") and "@" in value else (kind,)
    return set().union(*(where.get((each, form), ()) for each in kinds for form in forms_of(kind, value)))


def _agree(kind: str, one: str | None, other: str | None) -> bool:
    if kind != "name" or not one or not other or one == other:
        return not one or not other or one == other
    # the same person may have a middle name in one place, or be written doejane
    words, others = _words(one), _words(other)
    return not words or not others or _some_is_in(words, others) or _some_is_in(others, words)


def _words(name: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return [word for word in words if len(word) > 1] or words


def _some_is_in(words: Sequence[str], others: Sequence[str]) -> bool:
    letters = "".join(others)
    return any(word in letters for word in words)
