"""Rows are told apart by their products with fixed random vectors."""

from __future__ import annotations

from typing import Any

from numpy import abs as absolute
from numpy import concatenate, float64, int64, ndarray, rint, zeros
from numpy.random import default_rng

Array = ndarray[Any, Any]
PIECE = 4096
# products are about 10 in size, and sums in another order differ by 1e-14
SCALE, LARGEST = 1e8, 1e17
# of so many rows all are kept, of more a fixed share
KEPT = 8000


def random_vectors(width: int, which: int, count: int) -> Array:
    """Return vectors (width, count) whose entries are random, the same ones each time for one `which`."""
    return default_rng([width, which]).standard_normal((width, count))


def products(rows: Array, R: Array) -> Array:
    """Return rows (N, d) of any type times R, piece by piece: (N, k), or (N,) for a single vector (d,)."""
    pieces = [rows[start : start + PIECE].astype(float64) @ R for start in range(0, len(rows), PIECE)]
    return concatenate(pieces or [zeros((0, *R.shape[1:]))])


class Keys:
    """Numbers rows by their products with one vector; of many rows a share is kept, the same ones each time."""

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
            self._vectors[X.shape[1]] = random_vectors(X.shape[1], 4, 1)[:, 0].copy()
        numbers = products(X, self._vectors[X.shape[1]]) * SCALE
        # what is no number has the number 0
        numbers[~(absolute(numbers) < LARGEST)] = 0
        return rint(numbers).astype(int64)
