"""Training replayed step by step on the trusted side: how far it departs from where it should go, and how that is said."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from grader.checks import failed
from grader.model import Array, Finding, Problem
from grader.numerics import Tolerance, departure
from grader.text import counted, in_digits

Where = TypeVar("Where")

# measured (docs/decisions/0012-trajectory.md): right code departs by 1e-11 at most, by 8e-7 where only gradients are collected
# in float32, by 1.4e-5 where parameters are float32, and the mildest mistake by 1e-3
TOLERANCE = Tolerance(1e-5, single=2e-4)
# before this step single precision is not judged: after so few steps its rounding errors are large beside the distance moved
SETTLED = 10


@dataclass(frozen=True)
class Compared(Generic[Where]):
    """Some of the parameters at one look: what they are, where they should be, and where they were at the beginning.

    `got` is None where they cannot be read any more.
    """

    where: Where
    got: Array | None
    want: Array
    start: Array

    @property
    def departure(self) -> float:
        """How far they have departed, relative to the way that they should have gone."""
        if self.got is None or self.got.shape != self.want.shape:
            return math.inf
        return departure(self.got, self.want, self.start)


@dataclass(frozen=True)
class Departure(Generic[Where]):
    """Where parameters leave the way that they should go: which of them, and the looks between which it happens.

    `size` is relative to the way gone since the beginning. `step` is the number of steps after which it is seen, `before`
    that of the look before. `alike` are those that are off by more than right code is,
    unless all of them are.
    """

    where: Where
    size: float
    before: int
    step: int
    alike: tuple[Where, ...] = field(default=(), compare=False)

    def pattern(self, role: Callable[[Where], str]) -> str:
        """Return what departs and from which step on, as a name: `role` says what is the same at every seed."""
        roles = " and ".join(sorted({role(each) for each in self.alike}))
        return f"{roles or 'all'} {'lost' if self.size == math.inf else 'off'} from step {self.before + 1}"

    @property
    def when(self) -> str:
        """Say after how many steps it is seen, and until when all was right."""
        until = f" (after {in_words(self.before)} all was right)" if self.before else ""
        return f"after {in_words(self.step)}{until}"

    def told(self, what: str, *, many: bool = False) -> str:
        """Say what is seen of `what`; `many` says that it is a plural."""
        if self.size == math.inf:
            holds = "hold" if many else "holds"
            return f"{what} {holds} NaN, or cannot be read any more, after {in_words(self.step)}"
        is_off, it = ("are off", "they") if many else ("is off", "it")
        return f"{what} {is_off} by {in_digits(100 * self.size)} % of the distance that {it} should have moved, {self.when}"


@dataclass(frozen=True)
class Comparison(Generic[Where]):
    """What became of one training: the departure at every look, and whether parameters are kept in single precision."""

    departures: tuple[Departure[Where], ...]
    single: bool

    @property
    def first(self) -> Departure[Where] | None:
        """The first departure that right code does not show."""
        bound = TOLERANCE.bound(single=self.single)
        return next((each for each in self._settled if each.size > bound), None)

    @property
    def most(self) -> float:
        """The largest departure, as a part of the way gone."""
        return max((each.size for each in self.departures), default=0.0)

    @property
    def margin(self) -> float:
        """The largest departure that is judged, as a part of what right code may show."""
        return max((each.size for each in self._settled), default=0.0) / TOLERANCE.bound(single=self.single)

    @property
    def _settled(self) -> tuple[Departure[Where], ...]:
        from_step = SETTLED if self.single else 1
        return tuple(each for each in self.departures if each.step >= from_step)

    @property
    def steps(self) -> int:
        """The number of steps until the last look."""
        return self.departures[-1].step


def compare(looks: Iterable[tuple[int, Sequence[Compared[Where]]]], *, single: bool) -> Comparison[Where]:
    """Compare a training with its replay: for every look the steps since the look before, and all blocks of parameters.

    A look is told by the block that departs most, the first of those that depart as much.
    """
    departures, before, bound = [], 0, TOLERANCE.bound(single=single)
    for steps, blocks in looks:
        worst = max(blocks, key=lambda block: block.departure)
        off = [block.where for block in blocks if block.departure > bound]
        alike = tuple(off) if len(off) < len(blocks) else ()
        departures.append(Departure(worst.where, worst.departure, before, before + steps, alike))
        before += steps
    return Comparison(tuple(departures), single)


# nothing can have been carried along yet
AT_ONCE = (
    "Each method by itself was right. Call them one after the other, as training does, and look at what each is given."
)


@dataclass(frozen=True)
class Stretch:
    """The steps between two looks: how many were asked for, what went wrong, and whether all of them were taken in time."""

    steps: int
    problem: Problem | None
    whole: bool = True


def wrong_training(
    name: str,
    stretches: Iterable[Stretch],
    training: Comparison[Where],
    *,
    hint: str,
    explain: Callable[[Departure[Where]], Finding],
) -> Finding | None:
    """Return what is wrong first: the training of `name` breaks off, is too slow, or departs, which `explain` says."""
    found, steps = training.first, 0
    for stretch in stretches:
        if found and found.step <= steps:
            break
        if stretch.problem and not steps:
            return failed(f"{name}: training fails in the first steps: {stretch.problem}", hint=AT_ONCE)
        if stretch.problem:
            return failed(f"{name}: training fails after {in_words(steps)}: {stretch.problem}", hint=hint)
        if not stretch.whole:
            message = f"{name}: training is too slow to be tested after {in_words(steps)}"
            return failed(message, hint="A step on so small a network should take far less than a millisecond.")
        steps += stretch.steps
    return explain(found) if found else None


def agreement(trainings: Sequence[Comparison[Where]]) -> str:
    """Say how many steps were replayed, and how far the parameters are off."""
    *first, last = (training.steps for training in trainings)
    steps = " and ".join([*map(str, first), counted(last, "step")])
    in_single = ", in single precision (float32)" if any(training.single for training in trainings) else ""
    most = max(training.most for training in trainings)
    near = f"agree to {counted(math.floor(-math.log10(most)), 'digit')}" if most else "agree exactly"
    return f"{steps} {'was' if steps == '1 step' else 'were'} replayed{in_single}: the parameters {near}"


def in_words(steps: int) -> str:
    """Return a number of steps as it is said."""
    return counted(steps, "step")
