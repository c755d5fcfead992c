"""Looking at what student code holds: arrays in nested lists, and a number that goes by one of certain names."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Container, Iterator
from types import FrameType
from typing import Any

from numpy import ndarray

DEPTH, FRAMES, ENTRIES = 12, 6, 10_000
NAMES_MOST, ENTRIES_MOST = 400, 20
OURS = "<grader/"
RATES = frozenset({"learning_rate", "lr", "rate", "eta", "alpha", "step_size", "learningrate"})

Array = ndarray[Any, Any]


def arrays_in(nested: Any) -> Iterator[Array]:
    """Yield the arrays in nested lists, in order; what lies beyond ENTRIES entries is left out, for lists may hold themselves."""
    return _arrays_in(nested, 0, itertools.count())


def _arrays_in(nested: Any, depth: int, looked_at: Iterator[int]) -> Iterator[Array]:
    if next(looked_at) > ENTRIES:
        return
    if type(nested) is ndarray:
        yield nested
    elif type(nested) in (list, tuple) and depth < DEPTH:
        for each in nested[:ENTRIES]:
            yield from _arrays_in(each, depth + 1, looked_at)


def rate_in_frames() -> float | None:
    """Return a number that the code which called us calls a learning rate, or None."""
    frame: FrameType | None = sys._getframe(1)
    looked = 0
    while frame is not None and looked < FRAMES:
        if not frame.f_code.co_filename.startswith(OURS):
            looked += 1
            names = list(frame.f_locals.items())[:NAMES_MOST]
            # what is kept in one place changes in time; a plain name may be what it began with
            tables = [value if type(value) is dict else getattr(value, "__dict__", None) for _, value in names]
            inside = [pair for table in tables if type(table) is dict for pair in list(table.items())[:ENTRIES_MOST]]
            for name, value in [*inside, *names]:
                if (found := _positive(name, value, RATES)) is not None:
                    return found
        frame = frame.f_back
    return None


def _positive(name: object, value: Any, names: Container[str]) -> float | None:
    called_so = isinstance(name, str) and name.casefold() in names
    return float(value) if called_so and isinstance(value, float | int) and 0 < value < 100 else None
