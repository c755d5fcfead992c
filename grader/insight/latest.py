"""The latest attempt of everybody as arrays, person by check, with marks of people joined in; and what came before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from grader.gradebook.joining import waits
from grader.gradebook.nouns import Found, Mark, Why
from grader.gradebook.standing import Standing
from grader.insight.model import Places
from grader.model import Array, Verdict

CODES = {each: code for code, each in enumerate(Verdict)}
ABSENT = -1
PASSED, FAILED, BLOCKED = (CODES[each] for each in (Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED))
GRADED = "graded"


@dataclass(frozen=True)
class Column:
    """One check of an item, as the rubric has it."""

    item: str
    item_title: str
    check: str
    title: str
    place: int


@dataclass(frozen=True)
class Overturned:
    """What a person gave for a check that was decided, and what the machine had found: points."""

    place: int
    found: Found
    given: float


@dataclass
class Latest:
    """Everybody's latest attempt. Arrays are (people, checks): `earned` and `possible` points, `verdicts` as `CODES`.

    `decided` says where the points say something of what was handed in: a check that passed or failed, or what a person gave.
    `earlier` are pairs of attempts, one after the other, each with its person.
    """

    standings: list[Standing]
    columns: list[Column]
    verdicts: Array
    earned: Array
    possible: Array
    decided: Array
    margins: Array
    waiting: list[dict[Why, int]]
    overturned: list[Overturned]
    earlier: list[tuple[int, Standing, Standing]]
    whole: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.standings)

    @property
    def is_graded(self) -> Array:
        """Of whom (n,) there is a grading."""
        return np.array([each.state == GRADED for each in self.standings], dtype=bool)

    @property
    def is_settled(self) -> Array:
        """Of whom (n,) everything is decided."""
        nothing_waits = np.array([not each for each in self.waiting], dtype=bool)
        return np.asarray(self.is_graded & nothing_waits)

    @property
    def totals(self) -> Array:
        """The points (n,) of everybody; what a person adds to the whole is in them, and never takes them below 0."""
        return np.asarray(np.maximum(self.earned.sum(axis=1) + self.whole, 0.0))

    @property
    def open(self) -> Array:
        """The points (n,) of everybody of which nothing is decided yet."""
        settled = self.decided | (self.verdicts == BLOCKED)
        return np.asarray(np.where(settled, 0.0, self.possible - self.earned).sum(axis=1))

    def by_item(self) -> Iterator[tuple[str, str, list[int]]]:
        """Yield every item with its title and the columns of its checks, in the order of the rubric."""
        of: dict[str, list[int]] = {}
        for index, column in enumerate(self.columns):
            of.setdefault(column.item, []).append(index)
        for item, columns in of.items():
            yield item, self.columns[columns[0]].item_title, columns


def places(chosen: Array) -> Places:
    """Return who is chosen, of flags (n,)."""
    return tuple(np.flatnonzero(chosen).tolist())


def latest(standings: Iterable[Standing]) -> Latest:
    """Return the latest attempts, of standings in the order of students and attempts."""
    found: list[Standing] = []
    earlier: list[tuple[int, Standing, Standing]] = []
    for each in standings:
        if found and found[-1].student == each.student:
            if found[-1].findings and each.findings:
                earlier.append((len(found) - 1, found[-1], each))
            found[-1] = each
        else:
            found.append(each)
    return _arrays(found, earlier)


def _arrays(standings: list[Standing], earlier: list[tuple[int, Standing, Standing]]) -> Latest:
    columns = _columns(standings)
    at = {(column.item, column.check): index for index, column in enumerate(columns)}
    shape = len(standings), len(columns)
    made = Latest(
        standings,
        columns,
        verdicts=np.full(shape, ABSENT, dtype=np.int8),
        earned=np.zeros(shape),
        possible=np.zeros(shape),
        decided=np.zeros(shape, dtype=bool),
        margins=np.full(shape, np.nan),
        waiting=[{} for _ in standings],
        overturned=[],
        earlier=earlier,
        whole=np.zeros(len(standings)),
    )
    for place, standing in enumerate(standings):
        given = {(mark.item, mark.check): mark for mark in standing.marks if mark.is_there}
        whole = given.get(("", ""))
        made.whole[place] = float(whole.points) if whole and whole.points is not None else 0.0
        for each in standing.findings:
            _enter(made, place, at[each.item, each.check], each, given, standing.digest)
    return made


def _columns(standings: Iterable[Standing]) -> list[Column]:
    """Return all checks; those of an older rubric stand where it had them."""
    found: dict[tuple[str, str], Column] = {}
    for standing in standings:
        for each in standing.findings:
            if (each.item, each.check) not in found:
                column = Column(each.item, each.item_title, each.check, each.title, each.place)
                found[each.item, each.check] = column
    return sorted(found.values(), key=lambda column: column.place)


def _enter(
    made: Latest, place: int, column: int, found: Found, given: Mapping[tuple[str, str], Mark], digest: str
) -> None:
    mark = given.get((found.item, found.check)) if given else None
    why = waits(found, mark, digest)
    verdict = CODES[found.verdict]
    made.verdicts[place, column] = verdict
    made.possible[place, column] = found.possible
    if found.margin is not None:
        made.margins[place, column] = found.margin
    if why:
        made.waiting[place][why] = made.waiting[place].get(why, 0) + 1
        made.earned[place, column] = 0.0 if why is Why.STALE else found.earned
        return
    points: Decimal | None = mark.points if mark else None
    made.earned[place, column] = found.earned if points is None else points
    made.decided[place, column] = points is not None or verdict in (PASSED, FAILED)
    if points is not None and points != found.earned and verdict in (PASSED, FAILED, BLOCKED):
        made.overturned.append(Overturned(place, found, float(points)))
