"""Blocks of examples as they leave a notebook's process: images of the data sets by their numbers, other rows as they are."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from numpy import (
    arange,
    array,
    asarray,
    ascontiguousarray,
    count_nonzero,
    float64,
    int32,
    ndarray,
    uint8,
    uint16,
    uint32,
)

from grader.watching import frames
from grader.watching.logs.images import KnownImages
from grader.watching.recording.line import Line

Array = ndarray[Any, Any]

MOST_CLASSES = 255
# bytes of rows that are none of the images, which the other side keeps to know them again
KEPT = 128 * 2**20
# how far ahead of the engine calls may be, in multiplications, and in examples
AHEAD, LEAST_AHEAD, MOST_AHEAD = 4e8, 128, 8192


class Shipper:
    """Tells an engine of blocks of examples; `images` are those laid beside the notebook."""

    def __init__(self, line: Line, images: KnownImages) -> None:
        self.line, self.images = line, images
        self._strangers: dict[int, int] = {}
        self._kept = 0
        # of strangers that are told of now: they are known to the other side once they were
        self._new: dict[int, tuple[int, Array]] = {}
        self._last: dict[int, tuple[Any, ...]] = {}
        self._since: dict[int, int] = {}
        # of each network, how many there were
        self.examples: dict[int, int] = {}

    def block(
        self,
        network: int,
        X: Array,
        Y: Array | None,
        befores: Sequence[int],
        rates: Sequence[float | None],
        *,
        cell: int,
        work: int,
    ) -> None:
        """Tell of examples X (K, d) with targets Y (K, m), and of the steps between them.

        `befores` says of each how many examples came before it, `rates` with which rate, None for a clearing. `work` is the
        number of parameters that each example meets.
        """
        count = len(X)
        width = 0 if Y is None else Y.shape[1]
        said = (count, list(befores), list(rates))
        head = struct.pack("<IIII", cell, count, X.shape[1], width)
        events = struct.pack("<i", -1) if self._last.get(network) == said else _events(befores, rates)
        payload = b"".join([head, self._rows(X), _targets(X, Y), events])
        self.line.tell(frames.BLOCK, network, payload)
        self._told_rows()
        self._last[network] = said
        self.examples[network] = self.examples.get(network, 0) + count
        self._stay_near(network, count, work)

    def outputs(self, network: int, X: Array, first: int, stop: int) -> Array:
        """Return what the layers from number `first` to before `stop` make of rows X (K, n): (K, m)."""
        payload = struct.pack("<IIHH", *X.shape, first, stop) + self._rows(X)
        answer = self.line.ask(frames.FORWARD, network, payload)
        self._told_rows()
        return answer.array("<f8", len(X), *answer.numbers("I"))

    def forget(self, network: int) -> None:
        """Let the next block of a network say its steps again."""
        self._last.pop(network, None)

    def _stay_near(self, network: int, count: int, work: int) -> None:
        ahead = min(max(AHEAD / max(work, 1), LEAST_AHEAD), MOST_AHEAD)
        self._since[network] = self._since.get(network, 0) + max(count, 1)
        if self._since[network] >= ahead / 2:
            self._since[network] = 0
            self.line.sync(1)

    def _rows(self, X: Array) -> bytes:
        if not len(X):
            return bytes([frames.PLAIN])
        a, c, ids = self.images.exact(X)
        self._new = {}
        numbers = asarray(ids, dtype=int32)
        for row in (numbers < 0).nonzero()[0].tolist():
            number = self._stranger(X[row])
            if number < 0:
                return bytes([frames.PLAIN]) + ascontiguousarray(X, dtype=float64).tobytes()
            numbers[row] = -1 - number
        new = self._new.values()
        said = [struct.pack("<BddI", frames.NUMBERED, a, c, len(new)), numbers.tobytes()]
        if new:
            said += [array([number for number, _ in new], dtype=uint32).tobytes()]
            said += [ascontiguousarray(row, dtype=float64).tobytes() for _, row in new]
        return b"".join(said)

    def _stranger(self, row: Array) -> int:
        raw = row.tobytes()
        key = hash(raw)
        if key in self._strangers:
            return self._strangers[key]
        if key not in self._new:
            if self._kept + (len(self._new) + 1) * len(raw) > KEPT:
                self._new = {}
                return -1
            self._new[key] = (len(self._strangers) + len(self._new), row)
        return self._new[key][0]

    def _told_rows(self) -> None:
        new, self._new = self._new, {}
        self._kept += sum(row.nbytes for _, row in new.values())
        self._strangers.update({key: number for key, (number, _) in new.items()})


def _targets(X: Array, Y: Array | None) -> bytes:
    if Y is None:
        return bytes([frames.NONE])
    if Y.shape == X.shape and (Y == X).all():
        return bytes([frames.INPUTS])
    if len(Y) and 1 < Y.shape[1] <= MOST_CLASSES:
        best = Y.argmax(axis=1)
        if count_nonzero(Y) == len(Y) and (Y[arange(len(Y)), best] == 1.0).all():
            classes: bytes = best.astype(uint8).tobytes()
            return bytes([frames.CLASSES]) + classes
    numbers: bytes = ascontiguousarray(Y, dtype=float64).tobytes()
    return bytes([frames.NUMBERS]) + numbers


def _events(befores: Sequence[int], rates: Sequence[float | None]) -> bytes:
    clears: Array = array([rate is None for rate in rates], dtype=uint8)
    numbers: Array = array([0.0 if rate is None else rate for rate in rates], dtype=float64)
    places: Array = array(befores, dtype=uint16)
    said: bytes = struct.pack("<i", len(places)) + places.tobytes() + clears.tobytes() + numbers.tobytes()
    return said
