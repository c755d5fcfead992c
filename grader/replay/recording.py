"""The calls that wait to be carried out, and which calls can."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.replay import batches, rows
from grader.replay.network import Network

REAL = frozenset("?bBhHiIlLqQefd")
NUMBERS = frozenset({float, int, bool, np.float64, np.float32, np.int64, np.int32, np.uint8, np.bool_})
CAPACITY = 128
# of the list of calls, which has two entries for each
MOST_CALLS = 8 * CAPACITY
BUFFER = 1 << 19  # numbers


class Replay:
    """A network and the calls that wait: `count` examples in the first rows of X and Y, and the calls among them.

    `calls` are those of `batches.Program`; the latest one is kept, since the next is mostly the same.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.count = 0
        self.calls: list[Any] = []
        self.program = batches.Program(0, [])
        self.ahead = rows.Ahead()
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {"network": self.network}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def close(self) -> None:
        """Give the buffers up; the next example that fits gets new ones."""
        self.X: Any = None
        self.Y: Any = None
        self.x_shape: tuple[int, ...] | None = None
        self.y_shape: tuple[int, ...] | None = None
        self.capacity = 0

    def open(self) -> bool:
        """Make room for examples; False when a function is not known, so that calls cannot wait."""
        if not self.network.known:
            return False
        inputs, width = self.network.layers[0].W.shape[1], len(self.network.layers[-1].b)
        if not inputs or not width:
            return False
        self.capacity = min(CAPACITY, max(16, BUFFER // inputs))
        self.X, self.Y = np.empty((self.capacity, inputs)), np.empty((self.capacity, width))
        self.x_shape, self.y_shape = (inputs,), (width,)
        return True

    def take(self) -> batches.Program:
        """Return what was called, and begin anew."""
        if self.calls != self.program.calls or self.count != self.program.count:
            self.program = batches.Program(self.count, self.calls)
        self.count, self.calls = 0, []
        return self.program

    def fits(self, x: Any, y: Any) -> bool:
        """Tell whether an example is what the network takes: x (d,), y (m,) or a number if there is one output."""
        if self.X is None and not self.open():
            return False
        if type(x) is not np.ndarray or x.shape != self.x_shape or x.dtype.char not in REAL:
            return False
        if type(y) is np.ndarray:
            return y.shape == self.y_shape and y.dtype.char in REAL
        return self.y_shape == (1,) and type(y) in NUMBERS
