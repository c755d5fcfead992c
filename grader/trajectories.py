"""What all replays of training share: how far parameters depart from where they should go, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Where = TypeVar("Where")

# measured (docs/decisions/0012-trajectory.md): right code departs by 1e-11 at most, by 8e-7 where only gradients are collected
# in float32, by 1.4e-5 where parameters are float32, and the mildest mistake by 1e-3
RIGHT = 1e-5
RIGHT_SINGLE = 2e-4
# before this step single precision is not judged: rounding is large beside so short a way
SETTLED = 10


@dataclass(frozen=True)
class Departure(Generic[Where]):
    """Where parameters leave the way that they should go: which of them, and the looks between which it happens.

    `size` is relative to the way gone since the beginning. `step` is the number of steps after which it is seen, `before`
    that of the look before.
    """

    where: Where
    size: float
    before: int
    step: int

    @property
    def when(self) -> str:
        """Say after how many steps it is seen, and until when all was right."""
        until = f" (after {in_words(self.before)} all was right)" if self.before else ""
        return f"after {in_words(self.step)}{until}"


@dataclass(frozen=True)
class Followed(Generic[Where]):
    """What became of one training: the departure at every look, and whether parameters are kept in single precision."""

    departures: tuple[Departure[Where], ...]
    single: bool

    @property
    def first(self) -> Departure[Where] | None:
        """The first departure that right code does not show."""
        bound, from_step = (RIGHT_SINGLE, SETTLED) if self.single else (RIGHT, 1)
        return next((each for each in self.departures if each.size > bound and each.step >= from_step), None)

    @property
    def most(self) -> float:
        """The largest departure, as a part of the way gone."""
        return max((each.size for each in self.departures), default=0.0)


def in_words(steps: int) -> str:
    """Return a number of steps as it is said."""
    return f"{steps} step{'s' * (steps != 1)}"
