"""Classroom 50: points into the ``scores.json`` of a classroom, as what a teacher has entered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from grader.errors import AuthorError
from grader.exports.final import Final
from grader.exports.platforms import numbers
from grader.exports.platforms.filling import MORE, NEGATIVE, points_of, worth
from grader.exports.platforms.made import Change, Merged
from grader.exports.release import LeftOut, Released, name_of
from grader.text import listed, printable

FILE = "scores.json"
SCHEMA = "classroom50/scores/v1"
# what a teacher enters is a record of its own in front of what was collected
OURS = "submit/manual-mlpgrader"
NO_ENTRY = "has no entry there: nothing was collected of them"
BY_HAND = "has a score there that was entered by hand, which was left"
NAMED = 8
NOT_ONE = "is no scores.json of Classroom 50; give the file of that name in the folder of the classroom"

Entry = dict[str, Any]


def merged(download: bytes, finals: Released, *, title: str = "", file: str = FILE) -> Merged:
    """Return the scores with a record of ours in front for each who is released; `title` is the assignment's short name.

    Scores are whole numbers there: where the class has others, points are written in tenths or hundredths, with the maximum, for
    all alike. AuthorError where it is no such file, or has no such assignment.
    """
    scores = _read(download, file)
    entries = _entries(scores, title.strip(), file)
    possible = worth(finals.finals)
    parts = _parts(finals.finals)
    changes: list[Change] = []
    left_out = list(finals.held)
    for final in finals.finals:
        entry = entries.get(final.who.login.casefold())
        reason = NO_ENTRY if entry is None else _reason(entry, final)
        if entry is None or reason:
            left_out.append(LeftOut(name_of(final), reason))
            continue
        was = _score(entry)
        _enter(entry, int(points_of(final) * parts), int(final.possible * parts))
        changes.append(Change(name_of(final), was, _score(entry)))
    content = json.dumps(scores, indent=2, ensure_ascii=False) + "\n"
    most = possible or Decimal(0)
    told = f"Scores are whole numbers there: a maximum of {numbers.written(most)} is written as {int(most * parts)}."
    return Merged(
        content.encode(errors="backslashreplace"), tuple(changes), tuple(left_out), (told,) if parts > 1 else ()
    )


def _read(download: bytes, file: str) -> dict[str, Any]:
    try:
        scores = json.loads(download)
    except (ValueError, RecursionError) as error:
        raise AuthorError(f"{file}: {NOT_ONE}") from error
    if (
        not isinstance(scores, dict)
        or scores.get("schema") != SCHEMA
        or not isinstance(scores.get("assignments"), dict)
    ):
        raise AuthorError(f"{file}: {NOT_ONE}")
    return scores


def _entries(scores: Mapping[str, Any], title: str, file: str) -> dict[str, Entry]:
    """Return the entries of the assignment by every login that they are of, in small letters."""
    known: Mapping[str, Any] = scores["assignments"]
    name = title or (next(iter(known)) if len(known) == 1 else "")
    if name not in known:
        there = listed([f"'{printable(each)}'" for each in known], NAMED) or "none"
        called = f"no assignment is called '{title}'" if title else "it holds several assignments"
        raise AuthorError(f"{file}: {called}; there are {there}; say which with --title")
    try:
        return {login.casefold(): entry for entry in known[name]["entries"] for login in _logins(entry)}
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise AuthorError(f"{file}: {NOT_ONE}") from error


def _logins(entry: Entry) -> Iterator[str]:
    # a record is made of the latest one
    dict(entry["submissions"][0])
    yield from (entry["owner"], *entry.get("member_usernames", ()))


def _parts(finals: Sequence[Final]) -> int:
    """Return into how many parts a point is cut so that everybody has whole ones."""
    every = [each for final in finals for each in (points_of(final), final.possible)]
    return next((parts for parts in (1, 10) if all((each * parts) % 1 == 0 for each in every)), 100)


def _reason(entry: Entry, final: Final) -> str:
    """Return why points are not written, or nothing."""
    points = points_of(final)
    if entry.get("override") is True and entry["submissions"][0].get("submission") != OURS:
        return BY_HAND
    if points < 0:
        return NEGATIVE
    if points > final.possible:
        return MORE.format(points=numbers.written(points), possible=numbers.written(final.possible))
    return ""


def _enter(entry: Entry, score: int, most: int) -> None:
    collected = [each for each in entry["submissions"] if each.get("submission") != OURS]
    latest = collected[0] if collected else entry["submissions"][0]
    test = {"test-name": "mlpgrader", "passed": score == most, "score": score, "max-score": most}
    ours = {**latest, "submission": OURS, "score": score, "max-score": most, "tests": [test]}
    entry |= {"submissions": [ours, *collected], "override": True}


def _score(entry: Entry) -> str:
    latest = entry["submissions"][0]
    return f"{latest.get('score')} of {latest.get('max-score')}"
