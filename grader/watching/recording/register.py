"""The networks of a notebook in the order in which they were met, each held so that it outlives its variable."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Generic, Protocol, TypeVar


class Watched(Protocol):
    """What is known of a network: at the least the object, and its place in the order."""

    net: Any
    index: int


W = TypeVar("W", bound=Watched)


class Register(Generic[W]):
    """Networks by their identity; held, so that no other object can get it.

    `met(net, index, cell)` returns what is to be known of a new one. When there are more than `most`, the one that
    `least(networks)` names is forgotten; without `least`, a network too many raises RuntimeError.
    """

    def __init__(
        self,
        cell: Callable[[], int],
        met: Callable[[Any, int, int], W],
        *,
        most: int,
        least: Callable[[list[W]], W] | None = None,
    ) -> None:
        self.cell, self.paused, self.quiet_after = cell, False, -1
        self._met, self._most, self._least = met, most, least
        self._known: dict[int, W] = {}
        self._count = 0

    def __iter__(self) -> Iterator[W]:
        return iter(sorted(self._known.values(), key=lambda each: each.index))

    @property
    def quiet(self) -> bool:
        """Whether what happens now is the grader's doing: while paused, or after the cell last looked at."""
        return self.paused or self.cell() == self.quiet_after

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """Let what happens meanwhile be the grader's doing."""
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before

    def of(self, net: Any) -> W | None:
        """Return what is known of a network; None when it is not watched (any more), and while quiet."""
        return None if self.quiet else self._known.get(id(net))

    def known(self, net: Any) -> W | None:
        """Return what is known of a network, also while quiet; None when it is not watched (any more)."""
        return self._known.get(id(net))

    def add(self, net: Any) -> W:
        """Begin to watch a network."""
        if self._least is None and len(self._known) >= self._most:
            raise RuntimeError("more networks than can be followed")
        known = self._known[id(net)] = self._met(net, self._count, self.cell())
        self._count += 1
        if self._least is not None and len(self._known) > self._most:
            del self._known[id(self._least(list(self)).net)]
        return known

    def at(self, index: int) -> W | None:
        """Return the network with that place in the order, or None when it was forgotten."""
        return next((each for each in self._known.values() if each.index == index), None)
