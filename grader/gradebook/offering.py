"""Which attempts people are asked to decide on: the latest of each, and an earlier one that counts, or could, by the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from grader.classes.policy import Counted, Policy, final
from grader.gradebook.counting import known_by
from grader.gradebook.tables import ATTEMPTS, FINDINGS, GRADINGS, MARKS, OPEN, SUBMITTERS

_OTHER = ATTEMPTS.alias()
_NEWEST = select(func.max(_OTHER.c.number)).where(_OTHER.c.submitter == SUBMITTERS.c.id).correlate(SUBMITTERS)
LATEST = ATTEMPTS.c.number == _NEWEST.scalar_subquery()


@dataclass(frozen=True)
class Bounds:
    """The points that an attempt has at least and at most once people have decided; None for what nobody can tell."""

    least: Decimal
    most: Decimal | None


def offered(connection: Connection, run: int, rules: Policy | None) -> ColumnElement[bool]:
    """Return the condition that the answers of an attempt are offered."""
    more = earlier(connection, run, rules)
    return or_(LATEST, ATTEMPTS.c.id.in_(sorted(more))) if more else LATEST


def earlier(connection: Connection, run: int, rules: Policy | None) -> frozenset[int]:
    """Return the rows of attempts that are not the latest and count by the rules, or could once people have decided."""
    if rules is None or rules.rule == "latest":
        return frozenset()
    names = known_by(connection, run)
    bounds = _bounds(connection, run) if rules.rule == "best" else {}
    found: set[int] = set()
    for key, rows in groupby(connection.execute(_several(run)), key=lambda row: row.key):
        attempts = list(rows)
        known = [rules.lateness([key, *names.get(key, ())], row.handed_in, row.late) for row in attempts]
        weighed = [Counted(lateness, None) for lateness in known]
        if rules.rule == "best":
            found.update(_best(attempts, weighed, bounds))
        else:
            found.add(attempts[rules.counting(weighed)].id)
        found.discard(attempts[-1].id)
    return frozenset(found)


def _best(attempts: Sequence[Row[Any]], weighed: Sequence[Counted], bounds: dict[int, Bounds]) -> Iterator[int]:
    """Yield the attempts that no other one is sure to be better than."""
    known = [
        (row.id, each.lateness, bounds[row.id]) for row, each in zip(attempts, weighed, strict=True) if row.id in bounds
    ]
    sure = max((final(each.least, lateness) for _, lateness, each in known), default=Decimal(0))
    yield from (row for row, late, each in known if each.most is None or final(each.most, late) >= sure)


def _several(run: int) -> Select[Any]:
    """Ask for the attempts of those who have more than one, in their order."""
    again = select(_OTHER.c.submitter).group_by(_OTHER.c.submitter).having(func.count() > 1)
    about = select(ATTEMPTS.c.id, ATTEMPTS.c.handed_in, ATTEMPTS.c.late, SUBMITTERS.c.key)
    chosen = about.select_from(SUBMITTERS.join(ATTEMPTS)).where(SUBMITTERS.c.run == run, SUBMITTERS.c.id.in_(again))
    return chosen.order_by(SUBMITTERS.c.key, ATTEMPTS.c.number)


def _bounds(connection: Connection, run: int) -> dict[int, Bounds]:
    around = SUBMITTERS.join(ATTEMPTS).join(GRADINGS).join(FINDINGS)
    sums = (func.sum(FINDINGS.c[name]).label(name) for name in ("earned", "pending", "withheld"))
    chosen = (
        select(ATTEMPTS.c.id, *sums).select_from(around).where(SUBMITTERS.c.run == run, GRADINGS.c.current.is_(True))
    )
    found = {
        row.id: Bounds(row.earned, row.earned + row.pending + row.withheld)
        for row in connection.execute(chosen.group_by(ATTEMPTS.c.id))
    }
    # what people gave where the grader had decided, or to the whole, may come to anything
    for attempt in connection.scalars(_overruled(run)):
        found[attempt] = Bounds(Decimal(0), None)
    return found


def _overruled(run: int) -> Select[Any]:
    grading = (GRADINGS.c.attempt == ATTEMPTS.c.id) & GRADINGS.c.current.is_(True)
    is_open = (FINDINGS.c.item == MARKS.c.item) & (FINDINGS.c.check == MARKS.c.check) & OPEN
    around = SUBMITTERS.join(ATTEMPTS).join(MARKS).join(GRADINGS, grading)
    around = around.outerjoin(FINDINGS, (FINDINGS.c.grading == GRADINGS.c.id) & is_open)
    chosen = select(ATTEMPTS.c.id).select_from(around).where(SUBMITTERS.c.run == run, MARKS.c.points.is_not(None))
    return chosen.where(FINDINGS.c.grading.is_(None)).distinct()
