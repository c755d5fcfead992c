"""The nouns of a gradebook: what was noted of an attempt, what a person gave, what waits, and what comes of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from grader.model import Result, Verdict
from grader.text import number


@dataclass(frozen=True)
class Found:
    """What the machine found by one check, with its points; `place` is its position in the rubric, from 0."""

    place: int
    item: str
    item_title: str
    check: str
    title: str
    verdict: Verdict
    earned: Decimal
    possible: Decimal
    pending: Decimal
    withheld: Decimal
    message: str = ""
    diagnosis: str = ""
    pattern: str = ""
    margin: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person decides it, or our own fault left it open."""
        return self.verdict in (Verdict.PENDING, Verdict.UNDECIDED)

    def basis(self, digest: str) -> str:
        """Return by what is known again what a person has before them: what was handed in, and what was found of it."""
        said = digest, self.item, self.check, str(self.verdict), str(self.possible), self.message
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True)
class Mark:
    """What a person gave: `points` for one check, or None for a comment alone.

    Where `item` and `check` are empty, it is about the whole, and the points are added to the sum. `version` counts the
    changes, from 1; `basis` stands for what the person had before them. `entries` are those of the guide that are ticked, and
    `told` what they say; `adjustment` was added to them when the check was worth `possible`. `group` is by what the answers are
    known that got it at once.
    """

    item: str
    check: str
    points: Decimal | None
    comment: str
    author: str
    made: datetime
    version: int
    basis: str = ""
    entries: tuple[int, ...] = ()
    adjustment: Decimal = Decimal(0)
    possible: Decimal | None = None
    group: str = ""
    told: tuple[str, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether it says anything: one that was deleted stays for its version alone."""
        return self.points is not None or bool(self.comment)


class Why(StrEnum):
    """Why something waits for a person."""

    PENDING = "pending"
    STALE = "stale"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Waiting:
    """One answer that waits for a person: why, whose it is, what it is worth.

    The mark, where there is one, was made on an earlier result, is a comment alone, or was deleted.
    """

    why: Why
    student: str
    name: str
    attempt: int
    folder: str
    found: Found
    mark: Mark | None = None

    @property
    def version(self) -> int:
        """The version of the mark, 0 where there was none yet."""
        return self.mark.version if self.mark else 0


@dataclass(frozen=True)
class Noted:
    """What came of one attempt: a result or an error, and what it stands on."""

    student: str
    attempt: int
    result: Result | None = None
    error: str = ""
    key: str = ""
    stamp: str = ""
    folder: str = ""

    @property
    def state(self) -> str:
        """In one word: graded, or failed."""
        return "graded" if self.result else "failed"

    @property
    def content(self) -> str:
        """By what it is known again: everything but when it was, and how long that took."""
        result = self.result
        about = (result.digest, result.assignment, result.rubric_digest, result.seed, result.sandbox) if result else ()
        found = [
            (each.item, each.check, str(each.verdict), *map(str, points_of(each)), each.message) for each in self.found
        ]
        return hashlib.sha256(json.dumps([self.state, self.error, about, found]).encode()).hexdigest()

    @property
    def found(self) -> tuple[Found, ...]:
        """What was found, in the order of the rubric."""
        return tuple(_found(self.result)) if self.result else ()


@dataclass(frozen=True)
class Scored:
    """Findings and marks together: earned + lost + pending + withheld = possible, but for what a person adds to the whole.

    `items` are the points earned by item; `waiting` says what keeps it from being final.
    """

    earned: Decimal
    possible: Decimal
    pending: Decimal
    withheld: Decimal
    items: Mapping[str, Decimal] = field(default_factory=dict)
    waiting: tuple[tuple[Why, Found, Mark | None], ...] = ()
    comment: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing of it waits."""
        return not self.waiting


@dataclass(frozen=True)
class Entry:
    """One entry of the guide by which a check is marked: what it says, and how many points it gives or takes.

    `place` is its position, from 0; `uses` says how many marks tick it. One that is `retired` is kept by those marks and offered
    for no others.
    """

    id: int
    item: str
    check: str
    place: int
    text: str
    points: Decimal
    version: int
    retired: bool = False
    uses: int = 0

    @cached_property
    def told(self) -> str:
        """What it says to students, with its points."""
        return f"{self.text} ({signed(self.points)})" if self.points else self.text


@dataclass(frozen=True)
class EntryChanged:
    """An entry as it is now, and how many marks followed the change; with `conflict` somebody else had changed it before."""

    entry: Entry
    marks: int = 0
    conflict: bool = False


@dataclass(frozen=True)
class ToMark:
    """One check that people decide: of how many `answers`, and how many of these nobody has marked, are stale, or flagged."""

    item: str
    check: str
    title: str
    possible: Decimal
    answers: int
    unmarked: int
    stale: int
    flagged: int


@dataclass(frozen=True)
class Answered:
    """What somebody answered to one check, as it stands: `why` says what it waits for, None where it does not.

    The mark is there as well when it was deleted, for its version. `assigned` is the grader who marks it, `second` who gives an
    opinion of their own, each empty for nobody.
    """

    student: str
    name: str
    attempt: int
    folder: str
    found: Found
    digest: str
    mark: Mark | None = None
    why: Why | None = None
    flagged: bool = False
    note: str = ""
    assigned: str = ""
    second: str = ""

    @property
    def version(self) -> int:
        """The version of the mark, 0 where there was none yet."""
        return self.mark.version if self.mark else 0


@dataclass(frozen=True)
class Remark:
    """A comment on all findings of one mistake in a check: of a diagnosis, of a pattern, or of both."""

    check: str
    diagnosis: str
    pattern: str
    text: str
    author: str
    made: datetime

    def is_on(self, found: Found) -> bool:
        """Whether a finding is one of them; what has a diagnosis is in no group of a pattern alone."""
        same = found.check == self.check and found.verdict is Verdict.FAILED and found.diagnosis == self.diagnosis
        return same and self.pattern in ("", found.pattern)


@dataclass(frozen=True)
class Grader:
    """Somebody who marks."""

    name: str
    owner: bool
    made: datetime
    last_seen: datetime | None = None


@dataclass(frozen=True)
class GraderProgress:
    """How many answers wait for a grader in all, and how many of them are done."""

    name: str
    assigned: int
    marked: int


@dataclass(frozen=True)
class Pair:
    """One answer that two have marked, what each of them gave, and by how many points they differ."""

    student: str
    name: str
    attempt: int
    folder: str
    first: Mark
    second: Mark
    difference: Decimal


@dataclass(frozen=True)
class Agreement:
    """How far two agree on one check: in how many `answers`, the share that got the same points, and the mean difference.

    `kappa` is Cohen's with quadratic weights, None where everybody always gave the same. `pairs` are those that differ, most
    first.
    """

    item: str
    check: str
    title: str
    possible: Decimal
    answers: int
    same: float
    difference: float
    kappa: float | None
    pairs: tuple[Pair, ...] = ()


def signed(points: Decimal) -> str:
    """Return points with their sign, and without zeros that say nothing."""
    return f"{(points + 0).normalize():+f}"


def called(name: str, student: str) -> str:
    """Return a student's name with the key beside it, where that is another one."""
    return f"{name} ({student})" if name != student else name


def points_of(found: Found) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return earned, possible, pending and withheld points."""
    return found.earned, found.possible, found.pending, found.withheld


def exactly(points: float) -> Decimal:
    """Return points as people write them."""
    return Decimal(str(number(points)))


def _found(result: Result) -> Iterator[Found]:
    place = 0
    for item in result.items:
        for scored in item.findings:
            finding, marks = scored.finding, scored.marks
            earned, possible = exactly(marks.earned), exactly(marks.possible)
            points = earned, possible, exactly(marks.pending), exactly(marks.withheld)
            about = item.id, item.title, finding.check, finding.title, finding.verdict
            why = finding.message, finding.diagnosis, finding.pattern, finding.margin
            yield Found(place, *about, *points, *why)
            place += 1
