"""What a network had learned when it was met, and the way that a few of its numbers go while it is trained.

Nothing here says whether a training happened: arrays and numbers are handed on, and outside they are made sense of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

from numpy import concatenate, float32, float64, ndarray, zeros

from grader.watching.logs.followed import ENTRIES, followed, places
from grader.watching.recording.looking import arrays_in
from grader.worker.alarm import Overtime

Array = ndarray[Any, Any]
# arrays of a layer, numbers of an array and of all arrays of a network that are kept
ARRAYS, LARGE, ROOM = 6, 600_000, 700_000
# places that are kept of the way
PLACES = 96
# a step is a leap when it is so many times as long as the last ones, and goes so far in relation to all numbers
TIMES, FAR, LEAPS = 10.0, 0.3, 5
# what a layer keeps of a pass is nothing that it has learned
PASSING = frozenset({"output", "gradInput", "input"})


def arrays_by(net: Any, method: str) -> list[Array]:
    """Return the arrays that a method of a network or a layer gives; none where it fails."""
    try:
        return list(arrays_in(getattr(net, method)()))
    except Overtime:
        raise
    except BaseException:  # noqa: BLE001 - its methods are the student's
        return []


def arrays_of(leaf: Any) -> list[Array]:
    """Return the arrays that a layer has learned as it gives them, else those that it holds."""
    given = arrays_by(leaf, "getParameters")
    if not given:
        held = getattr(leaf, "__dict__", {})
        given = [value for name, value in held.items() if type(value) is ndarray and name not in PASSING]
    return [each for each in given if each.dtype.kind in "fiu" and each.ndim in (1, 2)][:ARRAYS]


def copies(leaf: Any, room: int) -> list[Array]:
    """Return copies of the arrays of a layer as float32; none where they need more than `room` numbers."""
    found = arrays_of(leaf)
    size = sum(each.size for each in found)
    return [each.astype(float32) for each in found] if size <= min(room, LARGE) else []


class Looks:
    """What one network had learned when it was met and after each leap, and the way in between."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        # layers with their arrays, in the order in which they were met
        self._met: list[tuple[Any, list[Array], int]] = []
        self._names: tuple[int, ...] = ()
        self._room = ROOM
        self._where: list[Array] = []
        self._shapes: list[tuple[int, ...]] = []
        self._x: Array | None = None
        self._fresh = False
        self._usual = 0.0
        self.steps, self.way, self.leaps = 0, 0.0, 0
        self.every, self._noted = 1, 0
        self.places: list[Array] = []
        # what was learned after a leap, by layer, where that was, and after how many places
        self.landed: list[list[list[Array]]] = []
        self.landed_at: list[Array] = []
        self.landed_after: list[int] = []

    def meet(self, modules: list[Any], origin: Callable[[Array], int], parameters: Callable[[], list[Array]]) -> None:
        """Keep the arrays of layers that were not met before; `origin(weights)` says in which network such were seen, or -1."""
        names = tuple(map(id, modules))
        if names == self._names:
            return
        self._names = names
        # what layers that were added bring along is looked at as theirs
        self._x, self._fresh = self._followed(parameters()), True
        for leaf in modules:
            if not any(each is leaf for each, _, _ in self._met):
                kept = copies(leaf, self._room)
                self._room -= sum(each.size for each in kept)
                weights = [each for each in arrays_of(leaf) if each.ndim == 2 and each.size >= ENTRIES]
                self._met.append((leaf, kept, max((origin(each) for each in weights), default=-1)))

    def first(self, leaf: Any) -> tuple[list[Array], int]:
        """Return the arrays of a layer when it was met, and the number of the network that it comes from, or -1."""
        return next(((kept, origin) for each, kept, origin in self._met if each is leaf), ([], -1))

    def step(
        self, parameters: list[Array], net: Any, leaves: Callable[[Any], Iterable[Any]]
    ) -> tuple[Array | None, Array | None]:
        """Note where the numbers that are followed are now; returns where they were at the step before, and where they are."""
        x = self._followed(parameters)
        if x is None:
            return None, None
        before, self._x = self._x, x
        if before is None:
            self._keep(x)
            return None, x
        moved = x - before
        size = sqrt(float(moved @ moved) / len(x))
        self.way += size
        self.steps += size > 0
        # what costs little is asked first
        unusual = self._fresh or (self.steps > 3 and size > TIMES * self._usual)
        leapt = unusual and size > FAR * float(x.std())
        self._fresh = False
        if leapt:
            self.leaps += 1
            if self.leaps <= LEAPS:
                self.landed.append([copies(leaf, ROOM) for leaf in leaves(net)])
                self.landed_at.append(x)
                self.landed_after.append(self._noted)
            return before, x
        self._usual = 0.9 * self._usual + 0.1 * size
        self._keep(x)
        return before, x

    def _keep(self, x: Array) -> None:
        self._noted += 1
        if (self._noted - 1) % self.every:
            return
        self.places.append(x)
        if len(self.places) > PLACES:
            self.places, self.every = self.places[::2], 2 * self.every

    def _followed(self, parameters: list[Array]) -> Array | None:
        flat = [each for each in parameters if each.ndim == 2 and each.size and each.dtype.kind in "fiu"]
        flat = followed(flat)
        shapes = [each.shape for each in flat]
        if not flat:
            return None
        if shapes != self._shapes:
            self._where = places(shapes, self._seed)
            self._shapes, self._x = shapes, None
        return concatenate([each.take(where) for each, where in zip(flat, self._where, strict=True)], dtype=float32)

    def described(self, modules: list[Any], parameters: list[Array]) -> dict[str, Any]:
        """Return everything as plain data."""
        here, end = self._x, self._followed(parameters)
        nowhere = zeros(0, dtype=float32)
        return {
            "first": [self.first(leaf)[0] for leaf in modules],
            "origins": [self.first(leaf)[1] for leaf in modules],
            "last": [copies(leaf, ROOM) for leaf in modules],
            "landed": self.landed,
            "landed_at": self.landed_at,
            "landed_after": self.landed_after,
            "leaps": self.leaps,
            "here": nowhere if here is None else here,
            "end": nowhere if end is None else end,
            "places": self.places[:PLACES],
            "every": self.every,
            "steps": int(self.steps),
            "way": float(float64(self.way)),
        }
