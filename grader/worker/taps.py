"""Functions that student code is given, with a switch: off they are what they were, on a visitor answers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.worker.problems import MISSING, RAISED, Refused
from grader.worker.values import as_array

Visitor = Callable[[Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]


class Taps:
    """The one switch of all tapped functions of the process."""

    def __init__(self) -> None:
        self.visitor: Visitor | None = None

    def tapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return a real function with name, docstring and signature of `original`, to stand in its place."""

        @functools.wraps(original)
        def with_switch(*args: Any, **kwargs: Any) -> Any:
            if self.visitor is None:
                return original(*args, **kwargs)
            return self.visitor(original, args, kwargs)

        return with_switch


@dataclass
class Visit:
    """What happens to tapped calls during one call of a method; `seen` keeps the argument of the one to record."""

    identity: bool
    force: int | None
    record: int | None
    row: np.ndarray[Any, Any]
    calls: int = 0
    seen: np.ndarray[Any, Any] | None = None

    def __call__(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        number, self.calls = self.calls, self.calls + 1
        given = args[0] if args else next(iter(kwargs.values()), None)
        argument = as_array(given)
        if argument is None:
            return original(*args, **kwargs)
        if number == self.record:
            self.seen = np.array(argument, dtype=np.float64)
        if number == self.force:
            if argument.size != self.row.size:
                raise Refused(
                    RAISED,
                    f"activation call {number + 1} gets {argument.size} numbers, the layer has {self.row.size} neurons",
                )
            return self.row.reshape(argument.shape).copy()
        return np.array(argument) if self.identity else original(*args, **kwargs)

    def count(self, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Visit that only counts."""
        self.calls += 1
        return original(*args, **kwargs)

    def recorded(self) -> np.ndarray[Any, Any]:
        """Return the argument of the call asked for; Refused when there were not as many."""
        if self.seen is None:
            raise Refused(MISSING, f"activation functions are called {self.calls} times only")
        return self.seen
