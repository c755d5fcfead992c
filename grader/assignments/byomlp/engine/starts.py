"""What a network of a student's own class begins with: its first parameters, among the arrays that its object holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.assignments.byomlp.engine import measuring
from grader.assignments.byomlp.engine.held import Held
from grader.drawn import looks_drawn

Array = np.ndarray[Any, Any]

# of ten classes a network that was drawn gets so many right at the most; of the loss of the mean image, one returns no less
MOST_RIGHT, LEAST_LOSS = 0.45, 0.98


def begin(held: Held, arrays: Sequence[Array]) -> str:
    """Give our network the first parameters of a student's, where they are found; returns why they do not look drawn, or "".

    Where a layer's are not found, it keeps its own draws. Of several arrays that fit the first one is taken that looks drawn.
    """
    left = [each for each in arrays if each.dtype.kind == "f" and each.size]
    taken: list[int] = []
    for number, layer in enumerate(held.network.layers, start=1):
        m, n = layer.W.shape
        weights = [(k, _turned(each, m, n)) for k, each in enumerate(left) if k not in taken and _fits(each, m, n)]
        filled = [(k, W) for k, W in weights if np.any(W)]
        if weights and not filled:
            return f"the first weights of layer {number} are all 0"
        biases = [(k, each.ravel()) for k, each in enumerate(left) if k not in taken and each.shape in _vectors(m)]
        for values, target in ((filled, layer.W), (biases, layer.b)):
            doubts = [_doubt(value) for _, value in values]
            if values and all(doubts):
                return f"the first {doubts[0]} (layer {number})"
            if values:
                best = doubts.index("")
                taken.append(values[best][0])
                target[:] = values[best][1]
    return ""


def can_already(held: Held, X: Array, labels: Array) -> str:
    """Say what a network can do on images X (K, d) before it was trained, "" when that is no more than chance."""
    found = measuring.point(held, X, labels)
    if found is None:
        return ""
    loss, right = found
    if right > MOST_RIGHT:
        return f"it gets {100 * right:.0f} % of the digits right before it was trained"
    mean = float(np.mean(np.sum((X - X.mean(axis=0)) ** 2, axis=1)))
    if right < 0 and loss < LEAST_LOSS * mean:
        return "it gives digits back before it was trained"
    return ""


def _doubt(values: Array) -> str:
    return looks_drawn(values) if values.ndim > 1 else looks_drawn(np.zeros((0, 0)), values)


def _fits(values: Array, m: int, n: int) -> bool:
    return values.shape in ((m, n), (n, m))


def _turned(values: Array, m: int, n: int) -> Array:
    return values if values.shape == (m, n) else values.T


def _vectors(m: int) -> tuple[tuple[int, ...], ...]:
    return (m,), (m, 1), (1, m)
