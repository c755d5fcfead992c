"""What is graded to calibrate: right solutions and planted bugs, and what came of grading one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from grader.model import Verdict

LOST = (Verdict.FAILED, Verdict.BLOCKED)


class Group(StrEnum):
    """What kind of submission it is."""

    REFERENCE = "reference"
    TEMPLATE = "template"
    RIGHT = "right"
    PLANTED = "planted"
    GENERATED = "generated"


RIGHT = (Group.REFERENCE, Group.RIGHT)
WRONG = (Group.PLANTED, Group.GENERATED)


@dataclass(frozen=True)
class Trial:
    """One submission, and what is known of it beforehand.

    `source` is the path of a submission, or its files. `fails` are the checks that it must fail or block, None where
    nobody has said; `may_fail` those that are a matter of luck. `diagnosis` is what some finding must name, if anything,
    and `may_name` what is true of it besides.
    `items` are the rubric items in one of which it must lose points; empty for any. `equivalent` says why no check can
    tell it from right code, if none can. `asked` are the items that it is graded by, empty for those without notebooks;
    `size` is at which its notebooks are run, and `numbers` are those of the rubric's numbers of that size that are others.
    """

    name: str
    group: Group
    source: Path | Mapping[str, bytes]
    story: str = ""
    fails: frozenset[str] | None = None
    may_fail: frozenset[str] = frozenset()
    diagnosis: str = ""
    may_name: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()
    equivalent: str = ""
    asked: tuple[str, ...] = ()
    size: str = "quick"
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Margin:
    """How far one grading is from the threshold `name` of `check`, with the rubric's `value`.

    `turning` is where the verdict turns: the strictest value that it would have passed, or the mildest one that it would
    not have failed. `stricter` is 1 where larger values are stricter, else -1.
    """

    check: str
    name: str
    value: float
    turning: float
    stricter: int
    passed: bool


@dataclass(frozen=True)
class Tried:
    """What came of grading a trial from one seed.

    `verdicts`, `diagnoses` and `messages` are by check; `lost` are the points lost by item. `failure` says why it could
    not be graded. `kept` says that it was judged from evidence that an earlier run had kept.
    """

    trial: Trial
    seed: int
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    diagnoses: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, float] = field(default_factory=dict)
    earned: float = 0.0
    withheld: float = 0.0
    margins: tuple[Margin, ...] = ()
    seconds: float = 0.0
    failure: str = ""
    kept: bool = False

    @property
    def lost_checks(self) -> frozenset[str]:
        """The checks that failed or were blocked."""
        return frozenset(check for check, verdict in self.verdicts.items() if verdict in LOST)

    @property
    def undecided(self) -> frozenset[str]:
        """The checks that could not be judged."""
        return frozenset(check for check, verdict in self.verdicts.items() if verdict is Verdict.UNDECIDED)

    @property
    def caught(self) -> bool:
        """Whether it lost a check, or points in one of the items where it must lose some."""
        if not self.trial.items:
            return bool(self.lost_checks)
        return any(self.lost.get(item, 0.0) > 0 for item in self.trial.items)
