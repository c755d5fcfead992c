"""Answers spread among graders, at random and evenly, and how far each of them is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from grader.errors import AuthorError
from grader.gradebook import agreement, graders
from grader.gradebook.answers import answers, to_mark
from grader.gradebook.auditing import Change
from grader.gradebook.engine import lock
from grader.gradebook.nouns import Answered, GraderProgress
from grader.gradebook.tables import ASSIGNED, ATTEMPTS, SUBMITTERS

WHOLE = 100


def spread(
    connection: Connection, run: int, *, double: int, seed: int, which: ColumnElement[bool]
) -> tuple[int, list[Change]]:
    """Give each answer that waits and is nobody's to a grader, and `double` percent of these to a second one as well.

    What somebody who still marks has stays theirs. The owner gets none where there are others. Return how many were given, with
    what changed. AuthorError where there are too few graders.
    """
    lock(connection, run)
    everybody = graders.of_run(connection, run)
    names = [each.name for each in everybody if not each.owner] or [each.name for each in everybody]
    if not 0 <= double <= WHOLE:
        raise AuthorError(f"{double} percent of answers for two; give 0 to {WHOLE}")
    if len(names) < (2 if double else 1):
        raise AuthorError(f"answers are spread among {'two or more graders' if double else 'graders'}; name them first")
    rows = _rows(connection, run)
    _take_back(connection, run, names)
    draw = random.Random(seed)  # noqa: S311  nothing secret: the same seed spreads the same way
    places = [answers(connection, run, each.item, each.check, which=which) for each in to_mark(connection, run, which)]
    waiting = [[each for each in place if each.why] for place in places]
    loads = Counter(name for place in waiting for each in place for name in (each.assigned, each.second))
    given: list[tuple[Answered, str, bool]] = []
    for found in waiting:
        free = [each for each in found if each.assigned not in names]
        here = Counter(each.assigned for each in found)
        draw.shuffle(free)
        twice = round(len(free) * double / WHOLE)
        for k, each in enumerate(free):
            first = _least(names, here, loads, draw)
            given.append((each, first, False))
            if k < twice:
                given.append((each, _least([name for name in names if name != first], here, loads, draw), True))
    new = [
        {"attempt": rows[each.student, each.attempt], "item": each.found.item, "check": each.found.check}
        | {"grader": name, "second": second}
        for each, name, second in given
    ]
    if new:
        connection.execute(insert(ASSIGNED), new)
    changes = [
        Change("second" if second else "assigned", each.student, each.attempt, *_place(each), each.assigned, name)
        for each, name, second in given
    ]
    return sum(not second for _, _, second in given), changes


def progress(connection: Connection, run: int, which: ColumnElement[bool]) -> tuple[GraderProgress, ...]:
    """Return of each grader how many answers are theirs, and how many of these do not wait for them any more."""
    assigned: Counter[str] = Counter({each.name: 0 for each in graders.of_run(connection, run)})
    marked: Counter[str] = Counter()
    for place in to_mark(connection, run, which):
        opinions = agreement.opinions(connection, run, place.item, place.check)
        for each in answers(connection, run, place.item, place.check, which=which):
            if each.assigned:
                assigned[each.assigned] += 1
                marked[each.assigned] += each.why is None
            if each.second:
                basis = each.found.basis(each.digest)
                given = opinions.get((each.student, each.attempt), ())
                assigned[each.second] += 1
                marked[each.second] += any(mark.author == each.second and mark.basis == basis for mark in given)
    return tuple(GraderProgress(name, several, marked[name]) for name, several in assigned.items())


def _rows(connection: Connection, run: int) -> dict[tuple[str, int], int]:
    about = select(SUBMITTERS.c.key, ATTEMPTS.c.number, ATTEMPTS.c.id).select_from(SUBMITTERS.join(ATTEMPTS))
    return {(row.key, row.number): row.id for row in connection.execute(about.where(SUBMITTERS.c.run == run))}


def _take_back(connection: Connection, run: int, names: Sequence[str]) -> None:
    """Take away what belongs to somebody who marks no longer."""
    of_run = select(ATTEMPTS.c.id).select_from(ATTEMPTS.join(SUBMITTERS)).where(SUBMITTERS.c.run == run)
    connection.execute(delete(ASSIGNED).where(ASSIGNED.c.attempt.in_(of_run), ASSIGNED.c.grader.not_in(names)))


def _least(names: Sequence[str], here: Counter[str], loads: Counter[str], draw: random.Random) -> str:
    """Return who has the fewest of a check, then of all, and count one more for them."""
    name = min(names, key=lambda each: (here[each], loads[each], draw.random()))
    here[name] += 1
    loads[name] += 1
    return name


def _place(answered: Answered) -> tuple[str, str]:
    return answered.found.item, answered.found.check
