"""A long series of numbers, kept as the means of blocks of equal size."""

from __future__ import annotations

from typing import Any

from numpy import array, float64, ndarray

MOST = 240


class Series:
    """Takes in numbers one by one; when there are too many blocks, neighbours are put together."""

    def __init__(self) -> None:
        self.count, self.block = 0, 1
        self._means: list[float] = []
        self._sum, self._size = 0.0, 0

    def add(self, value: float) -> None:
        """Append a number, which need not be finite."""
        self.count += 1
        self._sum, self._size = self._sum + value, self._size + 1
        if self._size < self.block:
            return
        self._means.append(self._sum / self._size)
        self._sum, self._size = 0.0, 0
        if len(self._means) >= 2 * MOST:
            pairs = zip(self._means[::2], self._means[1::2], strict=True)
            self._means = [(first + second) / 2 for first, second in pairs]
            self.block *= 2

    def as_array(self) -> ndarray[Any, Any]:
        """Return the means of the blocks (K,) in order, the last of which may be of fewer numbers."""
        rest = [self._sum / self._size] if self._size else []
        return array([*self._means, *rest], dtype=float64)
