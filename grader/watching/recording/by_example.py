"""Noting the calls of a class that is trained example by example: they do what they did, and are told of in blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from numpy import array, asarray, empty, float64, nan, ndarray

from grader.watching.recording.classes import Method, Methods, first_arguments, note

Array = ndarray[Any, Any]
BLOCK = 256


class Called(Protocol):
    """What is noted of a network while its methods are running: how many were noted, and whether one is under way."""

    index: int
    calls: int
    busy: bool


class Told(Protocol):
    """What is told of blocks: the number of a network, its examples with their targets, steps and clearings between them."""

    def __call__(self, network: int, X: Array, Y: Array | None, events: list[tuple[Any, ...]], /) -> None: ...


class Examples:
    """Notes what networks are called with; `tell` gets it a block at a time, `went_forward` a number of rows.

    `known(net)` returns what is known of a network, None when it is not to be watched now; `begin(net, number)` is called
    before the first of the calls that train one.
    """

    def __init__(
        self,
        known: Callable[[Any], Called | None],
        tell: Told,
        went_forward: Callable[[int, int], None],
        begin: Callable[[Any, int], None] = lambda _net, _network: None,
    ) -> None:
        self._known, self._tell, self._went_forward, self._begin = known, tell, went_forward, begin
        self._begun: set[int] = set()
        self._open: dict[int, _Block] = {}

    def watch(self, kind: type, methods: Methods) -> None:
        """Let a class note its calls from now on."""
        roles = (
            (methods.backward, self._noting_backward),
            (methods.step, self._noting_step),
            (methods.clear, self._noting_clear),
            (methods.forward, self._noting_forward),
        )
        for names, noting in roles:
            for name in names:
                note(kind, name, noting)

    def settle(self, network: int) -> None:
        """Tell of what waits in the block of a network."""
        block = self._open.pop(network, None)
        if block is not None and (block.count or block.events):
            self._tell(network, block.X[: block.count], block.targets(), block.events)

    def _block(self, network: int, width: int) -> _Block:
        """Return the open block of a network, for rows of that width."""
        block = self._open.get(network)
        if block is None or (block.X.shape[1] != width and width):
            self.settle(network)
            block = self._open[network] = _Block(empty((BLOCK, width)))
        return block

    def _noting_backward(self, original: Method) -> Method:
        def backward(net: Any, *args: Any, **kwargs: Any) -> Any:
            found = self._known(net)
            if found is None:
                return original(net, *args, **kwargs)
            x, y = args if len(args) == 2 else first_arguments(original, (net, *args), kwargs, 2)
            self._before_first(net, found)
            # before the call: student code may change what it is given
            X, Y = _numbers(x), _numbers(y)
            calls, outer, found.busy = found.calls, found.busy, True
            try:
                result = original(net, *args, **kwargs)
            finally:
                found.busy = outer
            # a method of a subclass that hands on to this one has nothing to add
            if found.calls == calls:
                found.calls += 1
                self._keep_rows(found.index, X, Y)
            return result

        return backward

    def _before_first(self, net: Any, found: Called) -> None:
        if found.index not in self._begun:
            self._begun.add(found.index)
            self._begin(net, found.index)

    def _keep_rows(self, network: int, X: Array, Y: Array) -> None:
        for index, row in enumerate(X if X.size else ()):
            block = self._block(network, X.shape[1])
            block.X[block.count] = row
            block.Y.append(Y[index] if len(Y) == len(X) else Y.ravel())
            block.count += 1
            if block.full:
                self.settle(network)

    def _noting_step(self, original: Method) -> Method:
        def step(net: Any, *args: Any, **kwargs: Any) -> Any:
            found = self._known(net)
            if found is None:
                return original(net, *args, **kwargs)
            self._before_first(net, found)
            calls = found.calls
            block = self._block(found.index, 0)
            at = len(block.events)
            # what a step of the student's clears itself comes after the step
            result = original(net, *args, **kwargs)
            if found.calls == calls:
                found.calls += 1
                (alpha,) = args if len(args) == 1 else first_arguments(original, (net, *args), kwargs, 1)
                block.events.insert(at, ("step", block.count, _rate(alpha)))
                if block.full:
                    self.settle(found.index)
            return result

        return step

    def _noting_clear(self, original: Method) -> Method:
        def clear(net: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(net, *args, **kwargs)
            found = self._known(net)
            if found is not None:
                block = self._block(found.index, 0)
                if not block.events or block.events[-1] != ("zero", block.count):
                    block.events.append(("zero", block.count))
            return result

        return clear

    def _noting_forward(self, original: Method) -> Method:
        def forward(net: Any, *args: Any, **kwargs: Any) -> Any:
            found = self._known(net)
            if found is None or found.busy:
                return original(net, *args, **kwargs)
            found.busy = True
            try:
                return original(net, *args, **kwargs)
            finally:
                found.busy = False
                self._went_forward(found.index, 1)

        return forward


class _Block:
    def __init__(self, X: Array) -> None:
        self.X = X
        self.Y: list[Array] = []
        self.events: list[tuple[Any, ...]] = []
        self.count = 0

    @property
    def full(self) -> bool:
        return self.count >= BLOCK or len(self.events) >= 8 * BLOCK

    def targets(self) -> Array | None:
        try:
            return array(self.Y, dtype=float64).reshape(self.count, -1)
        except (TypeError, ValueError):
            return None


def _numbers(value: Any) -> Array:
    """Return a copy of numbers as one row, or as several when there are two axes; a row of NaN for what are none."""
    try:
        copy = array(value, dtype=float64)
    except (TypeError, ValueError):
        return asarray([[nan]])
    return copy.reshape(1, -1) if copy.ndim != 2 or 1 in copy.shape else copy


def _rate(alpha: Any) -> float:
    try:
        return float(alpha)
    except (TypeError, ValueError):
        return nan
