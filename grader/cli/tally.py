"""What became of how many submissions of a run, and how much time is left."""

from __future__ import annotations

import math
from collections.abc import Callable


class Tally:
    """What became of how many, and how long the rest will take if it goes on so."""

    def __init__(self, total: int, clock: Callable[[], float], began: float) -> None:
        self.total, self.count = total, 0
        self._became: dict[str, int] = {}
        self._clock, self._began = clock, began

    def add(self, became: str) -> None:
        """Count one."""
        self.count += 1
        self._became[became] = self._became.get(became, 0) + 1

    @property
    def left(self) -> str:
        """How much time is left, in words; empty where that cannot be told."""
        if not 0 < self.count < self.total:
            return ""
        seconds = (self._clock() - self._began) / self.count * (self.total - self.count)
        return f"about {in_time(seconds)} left"

    @property
    def words(self) -> str:
        """What became of how many, and the time that is left."""
        counted = [f"{count} {word}" for word, count in self._became.items()]
        return ", ".join([*counted, *([self.left] if self.left else [])])


def in_time(seconds: float) -> str:
    """Return a length of time as people say it when it need not be exact.

    >>> in_time(40), in_time(200), in_time(9000)
    ('1 min', '4 min', '2 h 30 min')
    """
    minutes = max(1, math.ceil(seconds / 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
