"""The nouns of a class: what its people handed in, and what did not fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from grader.model import Person


@dataclass(frozen=True)
class Taken:
    """One file of a hand-in: its `name` as it is graded, and the path at which it is `stored` in the download."""

    name: str
    stored: str


@dataclass(frozen=True)
class HandIn:
    """What one student, or one group, handed in at one time.

    `student` is the key of who that is, fit for a folder's name and equal from download to download; `name` is how the platform
    writes them. Attempts count from 1, by time. `handed_in` is an instant in UTC as the platform tells it, None where it does
    not; `late` is the platform's own word. `submission` is how the platform names it, for files that go back up.
    """

    student: str
    name: str
    attempt: int
    handed_in: datetime | None
    late: bool | None
    members: tuple[Person, ...]
    files: tuple[Taken, ...]
    submission: str = ""


@dataclass(frozen=True)
class Unread:
    """Something in a download that is nobody's hand-in, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Found:
    """What was found in the download at `path`: what it was taken for, lines that say so, hand-ins, what is left over,
    and how many bytes of files it has.
    """

    layout: str
    said: tuple[str, ...]
    hand_ins: tuple[HandIn, ...]
    unread: tuple[Unread, ...] = ()
    path: Path = Path()
    required: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True)
class Double:
    """A hand-in's member who could be several people of the roster: somebody has to say which."""

    student: str
    person: Person
    could_be: tuple[Person, ...]


@dataclass(frozen=True)
class Joined:
    """A class with its roster, where there is one: members are filled in where exactly one person fits.

    `missing` are the people of the roster who handed in nothing, `unmatched` the students (keys) of whom the roster knows nobody,
    `doubles` those for whom several people fit, `odd` says who is called otherwise in the download than in the roster.
    """

    hand_ins: tuple[HandIn, ...]
    missing: tuple[Person, ...] = ()
    unmatched: tuple[str, ...] = ()
    doubles: tuple[Double, ...] = ()
    odd: tuple[str, ...] = ()
    has_roster: bool = False


@dataclass(frozen=True)
class Lateness:
    """How late something is: whole seconds after what was due, the days (or hours) that count, and the share taken off."""

    seconds: int = 0
    days: int = 0
    share: Decimal = Decimal(0)
    words: str = ""

    @property
    def is_late(self) -> bool:
        """Whether anything is said against the time."""
        return self.seconds > 0
