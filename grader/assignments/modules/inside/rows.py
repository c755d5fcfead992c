"""Telling rows apart by a number each, so that it can be said which were trained on and which only looked at."""

from __future__ import annotations

from typing import Any

from numpy import abs as absolute
from numpy import float64, int64, ndarray, rint, zeros
from numpy.random import default_rng

Array = ndarray[Any, Any]
PIECE = 4096
# products are about 10 in size, and sums in another order differ by 1e-14
SCALE, LARGEST = 1e8, 1e17
# of so many rows all are kept, of more a fixed share
KEPT, TRAINED_MOST, PASSES_MOST = 8000, 60_000, 4000


class Keys:
    """Numbers rows by their products with a fixed random vector; of many rows a share is kept, the same ones each time."""

    def __init__(self, rows: int) -> None:
        self.every = max(1, rows // KEPT)
        self._vectors: dict[int, Array] = {}

    def of(self, X: Array) -> Array:
        """Return the numbers of those rows of X (N, d) that are kept: int64 (K,)."""
        keys = self.of_all(X)
        return keys[keys % self.every == 0] if self.every > 1 else keys

    def of_all(self, X: Array) -> Array:
        """Return the numbers of all rows of X (N, d): int64 (N,)."""
        if X.shape[1] not in self._vectors:
            self._vectors[X.shape[1]] = default_rng([X.shape[1], 4]).standard_normal(X.shape[1])
        r = self._vectors[X.shape[1]]
        keys = zeros(len(X), dtype=int64)
        for start in range(0, len(X), PIECE):
            products = X[start : start + PIECE].astype(float64) @ r * SCALE
            # what is no number has the number 0
            keys[start : start + PIECE] = rint(_bounded(products)).astype(int64)
        return keys


def _bounded(products: Array) -> Array:
    products[~(absolute(products) < LARGEST)] = 0
    return products


class Usage:
    """Which rows a network was trained on, and which it was only asked about."""

    def __init__(self) -> None:
        self.trained: set[int] = set()
        self.trained_rows = self.asked_rows = 0
        self._passes: dict[tuple[int, int], tuple[Array, int]] = {}

    def train(self, keys: Array, rows: int) -> None:
        """Note a pass forward and back."""
        self.trained_rows += rows
        if len(self.trained) < TRAINED_MOST:
            self.trained.update(keys.tolist())

    def ask(self, keys: Array, rows: int) -> None:
        """Note a pass forward after which none went back."""
        self.asked_rows += rows
        name = (rows, int(keys.sum()))
        if name in self._passes or len(self._passes) < PASSES_MOST:
            self._passes[name] = (keys, self._passes.get(name, (keys, 0))[1] + 1)

    def held_out(self) -> set[int]:
        """Return the kept rows that were asked about in passes of which hardly a row was ever trained on."""
        found: set[int] = set()
        for keys, _ in self._passes.values():
            listed = keys.tolist()
            fresh = [key for key in listed if key not in self.trained]
            if listed and len(fresh) >= 0.95 * len(listed):
                found.update(fresh)
        return found
