"""Reading a class once: of each finding its numbers, and nothing else of what passed, so that a class of any size fits in memory.

Half a million findings that are kept would be looked at by the garbage collector over and over, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby, pairwise

import numpy as np

from grader import causes
from grader.gradebook.counting import LATEST, Weighing
from grader.gradebook.joining import NOTHING, waits
from grader.gradebook.nouns import Found, Mark, Why
from grader.gradebook.standing import Standing
from grader.insight.attempts import Again, judged_again
from grader.insight.latest import ABSENT, CODES, Column, Latest, Overturned
from grader.model import Array, Verdict

JUDGED = (Verdict.PASSED, Verdict.FAILED)
# what is kept of a finding behind its person and its column
NUMBERS = 6


def latest(standings: Iterable[Standing], weighing: Weighing = LATEST) -> Latest:
    """Return the attempts that count, of standings in the order of students and attempts."""
    gathered = _Gathered(weighing)
    for _, attempts in groupby(standings, key=lambda each: each.student):
        gathered.take(list(attempts))
    return gathered.as_arrays()


@dataclass
class _Gathered:
    """What is kept of those who were read so far, and in `numbers` of each finding its person, its column and `NUMBERS`."""

    weighing: Weighing
    standings: list[Standing] = field(default_factory=list)
    columns: dict[tuple[str, str], int] = field(default_factory=dict)
    titles: list[Column] = field(default_factory=list)
    numbers: list[float | Decimal] = field(default_factory=list)
    waiting: list[dict[Why, int]] = field(default_factory=list)
    overturned: list[Overturned] = field(default_factory=list)
    lost: list[tuple[Found, ...]] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    def take(self, attempts: list[Standing]) -> None:
        """Take the attempts of one student, in their order."""
        standing, place = attempts[self.weighing.counting(attempts)], len(self.standings)
        for before, after in pairwise(attempts):
            self.again += judged_again(place, before.findings, after.findings)
        given = {(mark.item, mark.check): mark for mark in standing.marks if mark.is_there}
        whole = given.get(("", ""))
        self.whole.append(float(whole.points) if whole and whole.points is not None else 0.0)
        self.waiting.append({})
        self.lost.append(tuple(self._lost(place, standing, given)))
        late = self.weighing.is_late(standing)
        self.standings.append(replace(standing, late=late, findings=(), marks=(), remarks=()))

    def as_arrays(self) -> Latest:
        """Return all of it; checks of an older rubric stand where it had them."""
        order = sorted(range(len(self.titles)), key=lambda column: self.titles[column].place)
        column = np.argsort(order)
        rows = np.array(self.numbers, dtype=float).reshape(-1, 2 + NUMBERS)
        at = rows[:, 0].astype(int), column[rows[:, 1].astype(int)]

        def spread(number: int, nothing: float) -> Array:
            made = np.full((len(self.standings), len(order)), nothing)
            made[at] = rows[:, 2 + number]
            return made

        return Latest(
            self.standings,
            [self.titles[each] for each in order],
            verdicts=spread(0, ABSENT).astype(np.int8),
            earned=spread(1, 0.0),
            possible=spread(2, 0.0),
            undecided=spread(3, 0.0),
            decided=spread(4, 0.0).astype(bool),
            margins=spread(5, np.nan),
            waiting=self.waiting,
            overturned=self.overturned,
            lost=self.lost,
            again=self.again,
            whole=np.array(self.whole),
        )

    def _lost(self, place: int, standing: Standing, given: Mapping[tuple[str, str], Mark]) -> Iterator[Found]:
        """Keep the numbers of all findings, and yield those that failed or are blocked with the points that count."""
        for found in standing.findings:
            mark = given.get((found.item, found.check)) if given else None
            why = waits(found, mark, standing.digest)
            points = None if mark is None or why else mark.points
            earned, undecided = found.earned, found.pending + found.withheld
            if why:
                self.waiting[place][why] = self.waiting[place].get(why, 0) + 1
            if why is Why.STALE:
                earned, undecided = NOTHING, found.possible
            elif points is not None:
                earned, undecided = points, NOTHING
                if points != found.earned and not found.is_open:
                    self.overturned.append(Overturned(place, found, float(points)))
            self._keep(
                place, found, earned, undecided, decided=not why and (points is not None or found.verdict in JUDGED)
            )
            if found.verdict in causes.LOST:
                yield replace(found, earned=earned, pending=undecided, withheld=NOTHING) if mark else found

    def _keep(self, place: int, found: Found, earned: Decimal, undecided: Decimal, *, decided: bool) -> None:
        column = self.columns.setdefault((found.item, found.check), len(self.titles))
        if column == len(self.titles):
            self.titles.append(Column(found.item, found.item_title, found.check, found.title, found.place))
        margin = np.nan if found.margin is None else found.margin
        numbers = CODES[found.verdict], earned, found.possible, undecided, decided, margin
        self.numbers.extend((place, column, *numbers))
