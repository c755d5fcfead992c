"""What a network has learned from rows that are no digits: such steps are no training, however much it knows afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.assignments.byomlp.engine.held import Held
from grader.assignments.byomlp.engine.measuring import CLASSES

Array = np.ndarray[Any, Any]

# of a block, rows that are looked at; a digit that was moved, turned or covered with noise is at least so like some other one
LOOKED_AT, ALIKE = 16, 0.3
# the share of digits that a network may get right by such rows, and after how many times all that follows counts as one
GAINED, SPANS = 0.6, 200


class Elsewhere:
    """Follows what becomes of networks by blocks of examples of which most are neither digits nor like any.

    `digits` (N, d) are some of those that lie beside the notebook, `right(held)` says which share of these a network gets right,
    None where it does not tell digits apart.
    """

    def __init__(self, digits: Array, right: Callable[[Held], float | None]) -> None:
        self._digits, self._right = _directions(digits), right
        self._rng = np.random.default_rng(len(digits))

    def before(self, held: Held, X: Array, ids: Array | None) -> None:
        """Look at a block of rows X (K, d) before it is carried out; `ids` says which image each is exactly, -1 of others."""
        if not len(X) or not held.layers or held.layers[-1].width != CLASSES:
            return
        strange = self._are_strange(X, ids)
        if strange and held.before is None:
            held.spans += 1
            held.before = self._right(held)
        elif not strange and held.before is not None and held.spans < SPANS and held.network.clean:
            self.settle(held)

    def settle(self, held: Held) -> None:
        """Count what was gained up to now, and say of a network that has gained much that it was not trained."""
        if held.before is not None:
            now = self._right(held)
            held.gained += max((now or 0.0) - held.before, 0.0)
            held.before = None
        if held.gained > GAINED and not held.begun:
            held.begun = f"it gets {100 * held.gained:.0f} % more of the digits right by rows that are no digits"

    def _are_strange(self, X: Array, ids: Array | None) -> bool:
        left = np.arange(len(X)) if ids is None else np.flatnonzero(ids < 0)
        if 2 * len(left) <= len(X) or X.shape[1] != self._digits.shape[1]:
            return False
        if len(left) > LOOKED_AT:
            left = self._rng.choice(left, LOOKED_AT, replace=False)
        likeness = np.max(np.abs(_directions(X[left]) @ self._digits.T), axis=1, initial=0.0)
        return 2 * int(np.sum(~(likeness >= ALIKE))) > len(left)


def _directions(X: Array) -> Array:
    """Return rows without their mean, of length 1; NaN where nothing is left."""
    centred = X - X.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True))
