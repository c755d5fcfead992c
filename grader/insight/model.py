"""The nouns of the class page: every number with the people behind it, as places in the table of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.insight.statistics import Estimate

# people, as places in the table of all
Places = tuple[int, ...]


@dataclass(frozen=True)
class Who:
    """A row of the table: one student or group with the attempt that counts.

    `row` is its number in the gradebook. `points` are None where it was not graded; `open` says how many are pending or withheld.
    `items` are the points earned by item, None where nothing of it was judged.
    """

    row: int
    student: str
    name: str
    folder: str
    attempt: int
    late: bool | None
    points: float | None
    possible: float
    open: float
    items: tuple[float | None, ...]
    waits: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Need:
    """Something that needs a person: what it is, whom it concerns, and names of those who are not in the table."""

    kind: str
    title: str
    told: str
    places: Places = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """The people whose shares lie from `low` on and below `high`; in the last bar that is included."""

    low: float
    high: float
    places: Places


@dataclass(frozen=True)
class Distribution:
    """Which share of the points that are decided was earned, by those of whom some are; of `settled` all are.

    `dots` are (share, place) of each, in a small class alone.
    """

    n: int
    settled: int
    mean: float = 0.0
    median: float = 0.0
    deviation: float = 0.0
    bars: tuple[Bar, ...] = ()
    dots: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True)
class Part:
    """One check of an item: who passed, who failed, and of whom it was not judged."""

    check: str
    title: str
    possible: float
    passed: Places
    failed: Places
    blocked: Places
    open: Places


@dataclass(frozen=True)
class Item:
    """An item: which share of its points was earned by those of whom something was judged, and how it goes with the rest.

    `difficulty` is that share with its interval. `discrimination`, `best` and `last` (the shares of the best and last 27 %) are
    there in classes that are large enough.
    """

    item: str
    title: str
    possible: float
    n: int
    difficulty: Estimate | None
    discrimination: Estimate | None
    best: float | None
    last: float | None
    full: Places
    partly: Places
    nothing: Places
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Mistake:
    """A mistake that was recognised: by which name, where it is told, and what it costs with all that waits for it."""

    name: str
    check: str
    title: str
    diagnosis: str
    places: Places
    lost: float
    message: str


@dataclass(frozen=True)
class Group:
    """People whose numbers are wrong in the same way, for which there is no name yet."""

    check: str
    title: str
    pattern: str
    places: Places
    lost: float
    message: str
    stub: str


@dataclass(frozen=True)
class Suspect:
    """A reason to doubt a check."""

    kind: str
    check: str
    title: str
    told: str
    places: Places


@dataclass(frozen=True)
class Extreme:
    """One of those that took longest, or left most, in seconds or bytes."""

    place: int
    value: float


@dataclass(frozen=True)
class Repaired:
    """What became of a finding from one attempt to the next: `places` had it in the earlier one, of which so many repaired it."""

    check: str
    title: str
    diagnosis: str
    places: Places
    repaired: Places


@dataclass(frozen=True)
class Flip:
    """A check that came to other verdicts when the same files were judged again, with the attempt's row in the gradebook."""

    row: int
    item: str
    check: str
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """What is known about a run: what the assignment is called, who is missing or unknown, how long each took.

    By folder are `seconds` of grading and `sizes` of evidence in bytes; `noticed` are folders that a person may want to look at.
    `builds_on` says of each check on which others it builds. `missing` are names, `unmatched` keys of students.
    """

    title: str = "The class"
    when: str = ""
    missing: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    noticed: frozenset[str] = frozenset()
    builds_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flips: tuple[Flip, ...] = ()


@dataclass(frozen=True)
class Overview:
    """A class at a glance. Items are in the order of the rubric, all else with what counts most in front."""

    title: str
    when: str
    rows: tuple[Who, ...]
    needs: tuple[Need, ...]
    distribution: Distribution
    items: tuple[Item, ...]
    alpha: float | None
    mistakes: tuple[Mistake, ...]
    groups: tuple[Group, ...]
    suspects: tuple[Suspect, ...]
    slowest: tuple[Extreme, ...]
    median_seconds: float
    largest: tuple[Extreme, ...]
    repaired: tuple[Repaired, ...]
    graded: int = 0

    @property
    def is_large(self) -> bool:
        """Whether there are enough people for coefficients."""
        return self.graded >= LARGE


# below that number dots and names tell more than coefficients
LARGE = 20
