"""One network as the engine holds it: its layers by the functions that they are known for, and what it was called for."""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader import functions
from grader.watching import frames
from grader.watching.frames import Frame, Reader

try:
    from grader.replay import Layer, Network, Program
except ImportError:  # what students install has no engine
    Network = None  # type: ignore[assignment,misc]

HAS_ENGINE = Network is not None
Array = np.ndarray[Any, Any]
# asks the notebook's process to evaluate a function of its own, and returns the payload of the result
Consult = Callable[[Frame], bytes]

# that of a last layer is never asked for
NO_SLOPE = "none"
PROGRAMS = 16
MISSING = 20


@dataclass(frozen=True)
class Given:
    """A function that a notebook has passed: carried out as ours where it is known and gets what is usual, else asked for."""

    ours: Callable[..., Any] | None
    ask: Callable[..., Any]

    def __call__(self, *given: Any) -> Any:
        """Return what it makes of an array, or of two."""
        first = given[0]
        usual = type(first) is np.ndarray and first.dtype == np.float64 and first.ndim == 1
        usual = usual and all(np.shape(each) in (first.shape, ()) and np.isrealobj(each) for each in given[1:])
        return self.ours(*given) if self.ours and usual else self.ask(*given)


@dataclass
class LayerFacts:
    """A layer as it was asked for."""

    width: int
    name: str | None
    activation: str
    slope: str


@dataclass
class Held:
    """A network by its number. There is none of ours where the engine is not installed, or before it was built."""

    index: int
    cell: int
    copied_from: int = -1
    inputs: int = 0
    loss: str = ""
    layers: list[LayerFacts] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    network: Any = None
    # why what it began with does not look drawn
    begun: str = ""
    has_begun: bool = False
    # counts what changes it, so that a second copy of the same is none
    changes: int = 0
    snapshot: tuple[int, int] = (-1, 0)
    last: Any = None
    _programs: OrderedDict[Any, Any] = field(default_factory=OrderedDict)

    def build(self, inputs: int, loss: str, consult: Consult) -> None:
        """Begin the network: its inputs, and the derivative of its loss by name."""
        self.inputs, self.loss = inputs, loss
        if HAS_ENGINE:
            self.network = Network(inputs, self._given(frames.LOSS, 0, functions.LOSS_SLOPES.get(loss), consult), loss)

    def add(self, facts: LayerFacts, W: Array, b: Array, consult: Consult) -> None:
        """Add a layer with these parameters, W (m, n) and b (m,)."""
        number = len(self.layers)
        self.layers.append(facts)
        self.changes += 1
        if self.network is not None:
            f = self._given(frames.VALUE, number, functions.VALUES.get(facts.activation), consult)
            slope: Any = self._given(frames.SLOPE, number, functions.SLOPES.get(facts.slope), consult)
            self.network.add(
                Layer(facts.name, f, None if facts.slope == NO_SLOPE else slope, W, b, facts.activation, facts.slope)
            )

    def _given(self, role: int, layer: int, ours: Callable[..., Any] | None, consult: Consult) -> Given:
        def ask(*given: Any) -> Any:
            values = b"".join(frames.value_bytes(each) or _unfit(each) for each in given)
            payload = struct.pack("<BHB", role, layer, len(given)) + values
            return Reader(consult(Frame(frames.APPLY, self.index, payload))).value()

        return Given(ours, ask)

    def taken_from(self, original: Held, network: Any) -> None:
        """Become a copy of a network, with what it was at that moment."""
        self.copied_from, self.network = original.index, network
        self.inputs, self.loss, self.layers = original.inputs, original.loss, list(original.layers)
        self.missing, self.begun = list(original.missing), original.begun
        self.changes += 1

    def program(self, count: int, places: Sequence[int], rates: Sequence[float | None]) -> Any:
        """Return what so many examples with these steps amount to; a loop does the same again and again."""
        key = (count, tuple(places), tuple(rates))
        found = self._programs.get(key)
        if found is None:
            calls = [each for pair in zip(places, rates, strict=True) for each in pair]
            found = self._programs[key] = Program(count, calls) if HAS_ENGINE else Events(places, rates)
            if len(self._programs) > PROGRAMS:
                self._programs.popitem(last=False)
        self.last = (count, found)
        return found

    def lacks(self, what: str) -> None:
        """Note something that the notebook asked for and the engine has not."""
        if what not in self.missing and len(self.missing) < MISSING:
            self.missing.append(what[:200])

    @property
    def unknown(self) -> str:
        """Which function of the network is not known, "" when all that it needs are."""
        for number, layer in enumerate(self.layers, start=1):
            last = number == len(self.layers)
            if not layer.activation:
                return f"layer {number} uses a function that we do not know"
            if not last and layer.slope not in functions.SLOPES:
                return f"layer {number} was given a derivative that we do not know"
        return "" if self.loss else "the derivative of its loss is one that we do not know"

    @property
    def size(self) -> int:
        """How many bytes its parameters take."""
        return sum(layer.W.nbytes + layer.b.nbytes for layer in self.network.layers) if self.network is not None else 0


class Events:
    """The steps of a block, where there is no engine to take them."""

    def __init__(self, places: Sequence[int], rates: Sequence[float | None]) -> None:
        self.events: list[tuple[Any, ...]] = [
            ("zero", before) if rate is None else ("step", before, rate)
            for before, rate in zip(places, rates, strict=True)
        ]


def _unfit(value: Any) -> bytes:
    raise TypeError(f"a function is asked for what {type(value).__name__} gives")
