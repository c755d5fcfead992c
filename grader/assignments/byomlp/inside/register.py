"""All networks that a notebook creates, in order, each with what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from numpy import array, errstate, ndarray

from grader.assignments.byomlp.inside.known_images import KnownImages
from grader.assignments.byomlp.inside.training_log import Event, TrainingLog

Array = ndarray[Any, Any]

KEPT, KEPT_FIRST, KEPT_LATEST = 40, 10, 15
MISSING = 20
CURVE, CURVE_LEAST = 120, 0.5
SNAPSHOTS = 12


@dataclass
class Layer:
    """A layer as it was asked for: width, nonlinearity, its derivative, name."""

    width: int
    f: Any
    slope: Any
    name: str | None


@dataclass
class Network:
    """One network, held so that it outlives its variable."""

    index: int
    net: Any
    cell: int
    log: TrainingLog
    copied_from: int = -1
    inputs: int = 0
    loss: Any = None
    layers: list[Layer] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    fault: str = ""
    curve_at: int = 0
    no_curve: bool = False
    calls: int = 0
    busy: bool = False

    def lacks(self, what: str) -> None:
        """Note something that the engine does not have."""
        if what not in self.missing and len(self.missing) < MISSING:
            self.missing.append(what[:200])


# loss and accuracy of a network on images X with labels, or None when there are none; may not disturb the network
Measure = Callable[[Network, Array, Array], tuple[float, float] | None]


class Register:
    """Networks by the order of their creation, forgotten only when there are very many; `measure` fills their curves."""

    def __init__(self, images: KnownImages, cell: Callable[[], int], measure: Measure) -> None:
        self.images, self.cell, self._measure = images, cell, measure
        self.created = 0
        self.paused = False
        self.quiet_after = -1
        # lets everything that a network was called for be in its log
        self.settle: Callable[[Network], None] = lambda _: None
        self._known: dict[int, Network] = {}
        self._snapshots: dict[int, tuple[int, TrainingLog]] = {}
        self._snapshots_taken = 0
        size = images.train_size
        count = min(500, size)
        self._sample = [index * size // count for index in range(count)]

    def __iter__(self) -> Any:
        return iter(sorted(self._known.values(), key=lambda each: each.index))

    def add(self, net: Any) -> Network | None:
        """Begin to watch a network; None while quiet."""
        if self.quiet:
            return None
        known = Network(self.created, net, self.cell(), TrainingLog(self.images))
        self.created += 1
        self._known[id(net)] = known
        if len(self._known) > KEPT:
            self._let_go()
        return known

    def of(self, net: Any) -> Network | None:
        """Return what is known of a network, None when it is not watched (any more)."""
        return None if self.quiet else self._known.get(id(net))

    @property
    def quiet(self) -> bool:
        """Whether what happens now is the grader's doing: in the midst of a measure, or after the cell last looked at."""
        return self.paused or self.cell() == self.quiet_after

    def snapshot(self, network: Network) -> list[int]:
        """Keep what a network has seen for copies that are made of it now; the answer is for `copied`."""
        self._snapshots_taken += 1
        self._snapshots[self._snapshots_taken] = (network.index, network.log.copied())
        if len(self._snapshots) > SNAPSHOTS:
            del self._snapshots[min(self._snapshots)]
        return [network.index, self._snapshots_taken]

    def copied(self, network: Network, origin: Any) -> None:
        """Let the log of a copy begin with what its original had seen when it was copied."""
        index, number = origin
        first = next((each for each in self._known.values() if each.index == index), None)
        log = self._snapshots[number][1] if number in self._snapshots else first.log if first else network.log
        network.copied_from, network.log = index, log.copied()
        if first is not None:
            network.inputs, network.loss, network.layers = first.inputs, first.loss, list(first.layers)
            network.missing, network.no_curve = list(first.missing), first.no_curve
        network.curve_at = network.log.examples

    def block(self, network: Network, X: Array, Y: Array | None, events: list[Event]) -> None:
        """Tell the log of a network what happened; whatever goes wrong in here is no concern of student code."""
        if network.fault:
            return
        try:
            if network.log.block(X, Y, events, self.cell()):
                self.measure(network)
        except Exception as error:  # noqa: BLE001 - a fault of ours may not show in the notebook
            network.fault = f"{type(error).__name__}: {error}"[:300]

    def measure(self, network: Network, *, at_last: bool = False) -> None:
        """Add a point to the curve of a network, when enough has happened since the last."""
        log, size = network.log, self.images.train_size
        enough = 1 if at_last else CURVE_LEAST * size
        scale = log.rescaling
        if network.no_curve or scale is None or log.examples - network.curve_at < enough:
            return
        ids = array(self._sample)
        self.paused = True
        try:
            with errstate(all="ignore"):
                X = scale[0] * self.images.paper(ids) + scale[1]
                measured = self._measure(network, X, self.images.labels[ids])
        finally:
            self.paused = False
        if measured is None:
            network.no_curve = True
            return
        network.curve_at = log.examples
        log.curve.append((float(log.examples), *measured))
        if len(log.curve) > CURVE:
            # every other point, the first and the last among them
            log.curve[:] = log.curve[::2] if len(log.curve) % 2 else [*log.curve[::2], log.curve[-1]]

    def _let_go(self) -> None:
        by_age = list(self)
        for each in by_age:
            self.settle(each)
        least = min(by_age[KEPT_FIRST:-KEPT_LATEST], key=lambda each: each.log.examples)
        del self._known[id(least.net)]
