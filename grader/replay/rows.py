"""Outputs worked out ahead: who asks for one row of an array after another will ask for the following ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.functions import ACTIVATIONS
from grader.replay.network import Array, Network

FLOAT = np.dtype(np.float64)
FEWEST, MOST = 4, 256
NUMBERS = 1 << 19  # at most, of the rows that are kept at a time
Span = tuple[int, int]


def outputs(network: Network, X: Array, span: Span) -> Array:
    """Return what rows X (K, n) become in the layers of the span, whose nonlinearities are known: (K, m)."""
    h = X
    for layer in network.layers[slice(*span)]:
        a = h @ layer.W.T
        a += layer.b
        h = ACTIVATIONS[layer.kind][0](a)
    return h


class Ahead:
    """Rows that follow the last one asked for, with their outputs, for as long as parameters stay.

    Nothing is believed: a row is served only when it holds, bit by bit, what was worked out.
    """

    def __init__(self) -> None:
        # kept from block to block: fresh memory costs more than the arithmetic
        self.room = bytearray()
        self.forget()

    def forget(self) -> None:
        """Drop all that was worked out: the parameters changed."""
        self.span: Span | None = None
        self.shape: tuple[int, ...] = ()
        self.X: Array | None = None
        self.Y: Array | None = None
        self.next = 0
        self.told = 0
        self.size = FEWEST
        self.address = 0

    def serve(self, x: Any, span: Span) -> Array | None:
        """Return the output for x when it is the row expected next, None otherwise."""
        k, Y = self.next, self.Y
        if Y is None or k == len(Y) or span != self.span or type(x) is not np.ndarray or x.dtype is not FLOAT:
            return None
        if x.shape != self.shape or not self.room.startswith(x.tobytes(), k * x.nbytes):
            return None
        self.next = k + 1
        row: Array = Y[k].copy()
        return row

    def look(self, network: Network, x: Array, span: Span) -> Array | None:
        """Return the output for x, which was not expected, and work out what follows, if x follows the row before."""
        owner = x.base
        if type(owner) is not np.ndarray or owner.dtype != FLOAT or not owner.flags.c_contiguous:
            self.forget()
            return None
        served = self.next if self.X is not None else 0
        complete = self.X is not None and served == len(self.X)
        size = min(2 * self.size, MOST, max(FEWEST, NUMBERS // len(x))) if complete else FEWEST
        at = x.__array_interface__["data"][0]
        step = x.nbytes
        expected = self.address + step * max(served, 1)
        follows = span == self.span and at == expected and (self.X is None or complete)
        self.forget()
        self.span, self.address, self.size = span, at, size
        if not follows:
            return None
        offset = (at - owner.__array_interface__["data"][0]) // owner.itemsize
        rows = min(size, (owner.size - offset) // len(x))
        if rows < FEWEST:
            return None
        if len(self.room) < rows * x.nbytes:
            self.room = bytearray(rows * x.nbytes)
        self.X = np.frombuffer(self.room, count=rows * len(x)).reshape(rows, len(x))
        self.X[:] = owner.reshape(-1)[offset : offset + rows * len(x)].reshape(rows, len(x))
        self.shape = x.shape
        self.Y = outputs(network, self.X, span)
        return self.serve(x, span)

    def untold(self) -> tuple[Array, Array, Span] | None:
        """Return the rows served since the last call of this, with their outputs."""
        low, self.told = self.told, self.next
        if self.X is None or self.Y is None or self.span is None or low == self.next:
            return None
        return self.X[low : self.next], self.Y[low : self.next], self.span
