"""Steps, and how many examples were accumulated for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Event = tuple[Any, ...]
Group = tuple[int, bool, float]

GROUPS, LISTED, RATES = 2000, 50, 400


@dataclass(frozen=True)
class Repeat:
    """What a block of events came to that were all alike: the next one like it comes to the same.

    Positions are relative to where the block begins.
    """

    events: list[Event]
    start: tuple[Any, ...]
    group: Group
    counted: int
    zeros: int
    came_to: tuple[int, float, float]
    waiting: tuple[int, float] | None
    stepped_at: int
    began_at: int


class Batches:
    """Counts groups of steps that are alike: examples before the step, cleared before the next example or not, rate."""

    def __init__(self) -> None:
        self.steps = self.zeros = 0
        self._counts: dict[Group, int] = {}
        self._run: Group | None = None
        self._run_length = 0
        self._rates: list[list[float]] = []
        # positions, in examples: of the last step, and where counting began (the last step or clearing)
        self._stepped_at = self._began_at = 0
        self._waiting: tuple[int, float] | None = None
        self._repeat: Repeat | None = None

    def add(self, events: list[Event], position: int) -> tuple[int, float, float]:
        """Take in ("step", examples, rate) and ("zero", examples) in order, examples counted from `position`.

        Returns the number of steps, and the smallest and the largest rate.
        """
        start = (self._waiting, self._stepped_at - position, self._began_at - position)
        repeat = self._repeat
        if repeat and repeat.group == self._run and repeat.start == start and repeat.events == events:
            self._run_length += repeat.counted
            self._rates[-1][1] += repeat.came_to[0]
            self.steps += repeat.came_to[0]
            self.zeros += repeat.zeros
            self._waiting = repeat.waiting
            self._stepped_at, self._began_at = position + repeat.stepped_at, position + repeat.began_at
            return repeat.came_to
        run, counted, zeros = self._run, self._run_length, self.zeros
        came_to = self._add_one_by_one(events, position)
        self._repeat = None
        if run is not None and run is self._run and len(self._rates) < RATES and came_to[1] == came_to[2] == run[2]:
            self._repeat = Repeat(
                list(events),
                start,
                run,
                self._run_length - counted,
                self.zeros - zeros,
                came_to,
                self._waiting,
                self._stepped_at - position,
                self._began_at - position,
            )
        return came_to

    def _add_one_by_one(self, events: list[Event], position: int) -> tuple[int, float, float]:
        steps, least, most = 0, math.inf, -math.inf
        for event in events:
            at = position + event[1]
            if event[0] == "step":
                alpha = event[2]
                if self._waiting is not None:
                    self._count(cleared=False)
                self._waiting = (at - self._began_at, alpha)
                self._stepped_at = self._began_at = at
                steps += 1
                if self._rates and self._rates[-1][0] == alpha:
                    self._rates[-1][1] += 1
                else:
                    self._new_rate(alpha)
                least, most = min(least, alpha), max(most, alpha)
            else:
                self.zeros += 1
                if self._waiting is not None:
                    self._count(cleared=at == self._stepped_at)
                self._began_at = at
        self.steps += steps
        return steps, least, most

    def _new_rate(self, alpha: float) -> None:
        if len(self._rates) < RATES:
            self._rates.append([alpha, 1])
        else:
            # the last entry stands for all later ones
            self._rates[-1] = [alpha, self._rates[-1][1] + 1]

    def _count(self, *, cleared: bool) -> None:
        assert self._waiting is not None
        group = (self._waiting[0], cleared, self._waiting[1])
        self._waiting = None
        if group == self._run:
            self._run_length += 1
            return
        self._keep_run(self._counts)
        self._run, self._run_length = group, 1

    def _keep_run(self, counts: dict[Group, int]) -> None:
        if self._run is None:
            return
        group = self._run
        if group not in counts and len(counts) >= GROUPS:
            group = (group[0] if len(counts) < 2 * GROUPS else -1, group[1], 0.0)
        counts[group] = counts.get(group, 0) + self._run_length

    def groups(self, position: int) -> list[list[Any]]:
        """Return [examples, cleared, rate, steps], the most frequent first; after `position` examples in all.

        What is too much for the list is put together: the rate of such a group is NaN, its examples may be -1.
        """
        counts = dict(self._counts)
        self._keep_run(counts)
        if self._waiting is not None:
            last = (self._waiting[0], position == self._stepped_at, self._waiting[1])
            counts[last] = counts.get(last, 0) + 1
        ordered = sorted(counts.items(), key=lambda item: -item[1])
        listed = [[*group, count] for group, count in ordered[: LISTED - 10]]
        rest: dict[tuple[int, bool], int] = {}
        for (size, cleared, _), count in ordered[LISTED - 10 :]:
            key = (size if (size, cleared) in rest or len(rest) < 8 else -1, cleared)
            rest[key] = rest.get(key, 0) + count
        return listed + [[size, cleared, math.nan, count] for (size, cleared), count in rest.items()]

    def rates(self) -> list[list[float]]:
        """Return [rate, steps] in order; the last entry stands for all later ones when there were too many."""
        return [list(each) for each in self._rates]
