"""Outputs and the gradients that went back for them where no criterion was asked: of many passes a few, to read a loss of."""

from __future__ import annotations

from typing import Any

from numpy import array, concatenate, float32, nan, ndarray, zeros

Array = ndarray[Any, Any]
# so many passes at the most are kept, of each so many rows of so many numbers
MOST, ROWS, WIDTH = 120, 32, 32


class Slopes:
    """Takes in one pass after another; when there are too many, every other one is let go."""

    def __init__(self) -> None:
        self.every = 1
        self._seen = 0
        self._kept: list[Array] = []

    def add(self, output: Any, slope: Any) -> None:
        """Note the output (N, k) of a pass and the gradient (N, k) that goes back; anything else is noted as no numbers."""
        self._seen += 1
        if (self._seen - 1) % self.every:
            return
        self._kept.append(_pair(output, slope))
        if len(self._kept) > MOST:
            self._kept, self.every = self._kept[::2], 2 * self.every

    def as_array(self) -> Array:
        """Return what is kept, float32 (K, rows, 2, k): output and gradient of each row, NaN where there are fewer."""
        wide = max((pair.shape[2] for pair in self._kept), default=0)
        rows = max((pair.shape[0] for pair in self._kept), default=0)
        whole = zeros((len(self._kept), rows, 2, wide), dtype=float32) + float32(nan)
        for place, pair in enumerate(self._kept):
            whole[place, : pair.shape[0], :, : pair.shape[2]] = pair
        return whole


def _pair(output: Any, slope: Any) -> Array:
    try:
        given, back = array(output, dtype=float32), array(slope, dtype=float32)
    except (TypeError, ValueError):
        return zeros((0, 2, 0), dtype=float32)
    if given.shape != back.shape or given.ndim != 2 or given.shape[1] > WIDTH:
        return zeros((0, 2, 0), dtype=float32)
    return concatenate([given[:ROWS, None], back[:ROWS, None]], axis=1)
