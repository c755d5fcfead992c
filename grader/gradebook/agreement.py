"""How far two people agree who have marked the same answers, neither knowing what the other one gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, select

from grader.gradebook import guide, marks
from grader.gradebook.answers import answers, to_mark
from grader.gradebook.nouns import Agreement, Answered, Mark, Pair, ToMark
from grader.gradebook.tables import ATTEMPTS, OPINIONS, SUBMITTERS

MOST_PAIRS = 50


def of_run(connection: Connection, run: int, which: ColumnElement[bool]) -> tuple[Agreement, ...]:
    """Return how far two agree on each check of which they were given the same answers, in the order of the rubric.

    Who changes the mark of another one has seen it: that says nothing of how far they agree, and is not counted.
    """
    found = []
    for place in to_mark(connection, run, which):
        given = opinions(connection, run, place.item, place.check)
        every = answers(connection, run, place.item, place.check, which=which) if given else ()
        if pairs := [pair for each in every if (pair := _pair(each, given.get((each.student, each.attempt), ())))]:
            found.append(_agreement(place, pairs))
    return tuple(found)


def opinions(connection: Connection, run: int, item: str, check: str) -> dict[tuple[str, int], list[Mark]]:
    """Return by student and attempt the points that people gave to one check, the earliest first."""
    entries = guide.entries_of(connection, run)
    around = SUBMITTERS.join(ATTEMPTS).join(OPINIONS)
    of_check = SUBMITTERS.c.run == run, OPINIONS.c.item == item, OPINIONS.c.check == check
    chosen = select(OPINIONS, SUBMITTERS.c.key, ATTEMPTS.c.number).select_from(around)
    chosen = chosen.where(*of_check, OPINIONS.c.points.is_not(None)).order_by(OPINIONS.c.made, OPINIONS.c.id)
    found: dict[tuple[str, int], list[Mark]] = {}
    for row in connection.execute(chosen):
        found.setdefault((row.key, row.number), []).append(marks.opinion_of(row, entries))
    return found


def weighted_kappa(given: Sequence[tuple[float, float]]) -> float | None:
    """Return Cohen's kappa with quadratic weights of pairs of points, None where nobody ever gave anything else.

    Two pairs at least are needed.
    """
    count = len(given)
    firsts, seconds = (Counter(pair[k] for pair in given) for k in (0, 1))
    seen = sum((one - other) ** 2 for one, other in given) * count
    by_chance = sum(
        (one - other) ** 2 * often * times for one, often in firsts.items() for other, times in seconds.items()
    )
    return 1 - seen / by_chance if count > 1 and by_chance else None


def _pair(answered: Answered, given: Iterable[Mark]) -> Pair | None:
    """Return what two gave who had the same before them, and did not know of each other: those whose it is."""
    basis = answered.found.basis(answered.digest)
    of = {mark.author: mark for mark in given if mark.basis == basis}
    one, other = of.get(answered.assigned), of.get(answered.second)
    if one is None or other is None:
        return None
    difference = abs((one.points or Decimal(0)) - (other.points or Decimal(0)))
    return Pair(answered.student, answered.name, answered.attempt, answered.folder, one, other, difference)


def _agreement(place: ToMark, pairs: Sequence[Pair]) -> Agreement:
    apart = sorted((pair for pair in pairs if pair.difference), key=lambda pair: (-pair.difference, pair.student))
    points = [(float(pair.first.points or 0), float(pair.second.points or 0)) for pair in pairs]
    return Agreement(
        place.item,
        place.check,
        place.title,
        place.possible,
        len(pairs),
        1 - len(apart) / len(pairs),
        float(sum(pair.difference for pair in pairs)) / len(pairs),
        weighted_kappa(points),
        tuple(apart[:MOST_PAIRS]),
    )
