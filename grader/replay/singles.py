"""Gradient descent with one example a step over a block of examples, in numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.functions import ACTIVATIONS, LEAK, LOSS_SLOPES, SLOPES
from grader.replay.network import Array, Layer, Network

BLOCK = 64
# in row k of the products of all pairs: who does not come before k
NOT_BEFORE = np.triu(np.ones((BLOCK, BLOCK), dtype=bool))
ZERO = np.array(0.0)
SLOPES_AT_NEGATIVE = {"relu": 0.0, "leaky_relu": LEAK}
# a sum of exponentials within these: no power overflowed, and none that counts was lost
LEAST_SUM, LARGEST_SUM = 1e-200, 1e200

# writes the nonlinearity of a (m,) into its second argument, and its slope into the third
Bend = Callable[[Array, Array, Array], None]
# writes the rate times the gradient of the loss into its last argument, given a (m,) of the last layer, y and the rate
Judge = Callable[[Array, Array, float, Array], None]


class Upper:
    """A layer above the first: weights and bias side by side, W (m, n + 1), and room for what passes through it.

    What is below ends with a 1, so that one product has the bias in it, and one outer product is the whole update.
    """

    def __init__(self, layer: Layer) -> None:
        m, n = layer.W.shape
        self.layer = layer
        self.W = np.column_stack([layer.W, layer.b])
        self.below, self.slope, self.back = np.ones(n + 1), np.empty(n), np.empty(n + 1)
        self.a, self.g, self.outer = np.empty(m), np.empty(m), np.empty((m, n + 1))
        self.h, self.inner = self.below[:n], self.back[:n]
        self.column, self.row = self.g[:, None], self.below[None]

    def put_back(self) -> None:
        """Give the layer its weights and biases."""
        self.layer.W[:], self.layer.b[:] = self.W[:, :-1], self.W[:, -1]


def descend(network: Network, X: Array, Y: Array, alphas: list[float]) -> None:
    """Take a step of its own for each row of X, in order.

    The first layer, the widest as a rule, is not touched in between: with u_j, alpha_j times the gradient, what example k
    meets there is W x_k - sum over j < k of (x_j . x_k) u_j, so that all of it is in two matrix products before and one after.
    """
    uppers = [Upper(layer) for layer in network.layers[1:]]
    bends = [_bend(layer) for layer in network.layers[:-1]]
    judge = _judge(network.layers[-1].kind, network.loss, len(network.layers[-1].b))
    for low in range(0, len(X), BLOCK):
        rows = slice(low, low + BLOCK)
        _block(network.layers[0], uppers, bends, judge, X[rows], Y[rows], alphas[rows])
    for upper in uppers:
        upper.put_back()


def _block(
    first: Layer, uppers: list[Upper], bends: list[Bend], judge: Judge, X: Array, Y: Array, alphas: list[float]
) -> None:
    """Take the steps of one block."""
    Z = X @ first.W.T
    Z += first.b
    # one more, for the bias; negative, since a step goes down
    gram = X @ X.T
    gram += 1.0
    np.negative(gram, gram)
    np.copyto(gram, 0.0, where=NOT_BEFORE[: len(X), : len(X)])
    U = np.zeros_like(Z)
    shift = np.empty(Z.shape[1])
    upward = list(zip(uppers, bends, strict=True))
    downward = list(zip(reversed(uppers), [*(upper.g for upper in uppers[-2::-1]), None], strict=False))
    add, subtract, multiply = np.add, np.subtract, np.multiply
    for z, earlier, u, y, alpha in zip(Z, gram, U, Y, alphas, strict=True):
        earlier.dot(U, shift)
        a = add(z, shift, z)
        for upper, bend in upward:
            bend(a, upper.h, upper.slope)
            a = upper.W.dot(upper.below, upper.a)
        judge(a, y, alpha, uppers[-1].g if uppers else u)
        for upper, below in downward:
            upper.g.dot(upper.W, upper.back)
            subtract(upper.W, upper.column.dot(upper.row, upper.outer), upper.W)
            multiply(upper.inner, upper.slope, u if below is None else below)
    first.W -= U.T @ X
    first.b -= U.sum(axis=0)


def _bend(layer: Layer) -> Bend:
    """Return the function that writes value and slope of a layer's nonlinearity."""
    if layer.kind == layer.slope and layer.kind in SLOPES_AT_NEGATIVE:
        return _kinked(layer.kind, len(layer.b))
    value, slope = ACTIVATIONS[layer.kind][0], SLOPES[layer.slope]

    def bend(a: Array, h: Array, to: Array) -> None:
        h[:] = value(a)
        to[:] = slope(a)

    return bend


def _kinked(kind: str, m: int) -> Bend:
    positive = np.empty(m, dtype=bool)
    index = positive.view(np.int8)
    take = np.array([SLOPES_AT_NEGATIVE[kind], 1.0]).take
    greater, multiply, maximum = np.greater, np.multiply, np.maximum

    def bend(a: Array, h: Array, to: Array) -> None:
        greater(a, ZERO, positive)
        take(index, out=to, mode="clip")
        if kind == "relu":
            maximum(a, ZERO, out=h)
        else:
            multiply(a, to, h)

    return bend


def _judge(kind: str, loss: str, m: int) -> Judge:
    """Return the function that writes the gradient of the loss at the last layer, times the rate."""
    value, loss_slope = ACTIVATIONS[kind][0], LOSS_SLOPES[loss]

    def judge(a: Array, y: Array, alpha: float, to: Array) -> None:
        np.multiply(loss_slope(value(a), y), alpha, to)

    if kind != "softmax" or loss != "difference":
        return judge
    ones, raised = np.ones(m), np.empty(m)
    exp, subtract, multiply = np.exp, np.subtract, np.multiply

    def judge_softmax(a: Array, y: Array, alpha: float, to: Array) -> None:
        exp(a, raised)
        total = float(raised.dot(ones))
        if not LEAST_SUM < total < LARGEST_SUM:
            judge(a, y, alpha, to)
            return
        multiply(raised, 1.0 / total, raised)
        subtract(raised, y, raised)
        multiply(raised, alpha, to)

    return judge_softmax
