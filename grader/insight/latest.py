"""The attempt of everybody that counts, as arrays, person by check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.gradebook.nouns import Found, Why
from grader.gradebook.standing import Standing
from grader.insight.attempts import Again
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
    """The attempt of everybody that counts. Arrays are (people, checks): `verdicts` as `CODES`, and points that are `earned`,
    `possible` and `undecided`.

    `decided` says where the points say something of what was handed in: a check that passed or failed, or what a person gave.
    The `standings` are without findings and marks. Of these, `lost` has what failed or is blocked with the points that count,
    `again` what failed in one attempt and was judged again in the next, `whole` (people,) what people added to the sums.
    """

    standings: list[Standing]
    columns: list[Column]
    verdicts: Array
    earned: Array
    possible: Array
    undecided: Array
    decided: Array
    margins: Array
    waiting: list[dict[Why, int]]
    overturned: list[Overturned]
    lost: list[tuple[Found, ...]]
    again: list[Again]
    whole: Array

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
        return np.asarray(self.undecided.sum(axis=1))

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
