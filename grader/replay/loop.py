"""The loop over single examples that numba compiles: one function for networks of any depth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

# sums may be taken in another order and products be fused into them; NaN and infinities keep their meaning
FASTMATH = {"reassoc", "contract"}
FLOATS, ROWS, WHOLES = "float64[::1]", "float64[:,::1]", "int64[::1]"
ACTIVATE = f"void(int64, {FLOATS}, {FLOATS})"
DESCEND = f"void({FLOATS}, {WHOLES}, {WHOLES}, {WHOLES}, {WHOLES}, int64, {ROWS}, {ROWS}, {FLOATS}, {ROWS})"
IDENTITY, RELU, LEAKY_RELU, LOGISTIC, SOFTMAX, TANH = range(6)
DIFFERENCE, DOUBLED = 0, 1
LEAK = 0.01


def activate(kind, a, h):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Write the nonlinearity of all entries of a into h."""
    m = len(a)
    if kind == SOFTMAX:
        largest = a[0]
        for i in range(m):
            largest = max(largest, a[i])
        total = 0.0
        for i in range(m):
            h[i] = math.exp(a[i] - largest)
            total += h[i]
        for i in range(m):
            h[i] /= total
        return
    for i in range(m):
        v = a[i]
        if kind == RELU:
            h[i] = 0.0 if v <= 0.0 else v
        elif kind == LEAKY_RELU:
            h[i] = v if v > 0.0 else v * LEAK
        elif kind == LOGISTIC:
            shrunk = math.exp(-abs(v))
            h[i] = (shrunk if v < 0.0 else 1.0) / (1.0 + shrunk)
        elif kind == TANH:
            h[i] = math.tanh(v)
        else:
            h[i] = v


def multiply_slope(kind, a, g):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201
    """Multiply g by the derivative of the nonlinearity at a."""
    for i in range(len(a)):
        v = a[i]
        if kind == RELU:
            g[i] *= 1.0 if v > 0.0 else 0.0
        elif kind == LEAKY_RELU:
            g[i] *= 1.0 if v > 0.0 else LEAK
        elif kind == LOGISTIC:
            shrunk = math.exp(-abs(v))
            g[i] *= shrunk / (1.0 + shrunk) ** 2
        elif kind == TANH:
            g[i] *= 1.0 - math.tanh(v) ** 2


def build(njit: Callable[..., Any]) -> Callable[..., None]:
    """Return the loop, compiled: steps of gradient descent over the rows of X, each with its own rate.

    theta holds W and b of every layer, one after another, W by rows. In the first layer the updates for two examples and the
    products with the next two are one pass through W, so that it is read from memory once in two steps; what the first of the
    two changes for the second is known from the product of both.
    """
    fast_activate = njit(ACTIVATE, fastmath=FASTMATH)(activate)
    fast_slope = njit(ACTIVATE, fastmath=FASTMATH)(multiply_slope)

    def descend(theta, widths, starts, kinds, slopes, loss, X, Y, alphas, work):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        depth = len(kinds)
        first, inputs = widths[1], widths[0]
        a, h, g, second, changes = work[0], work[1], work[2], work[3], work[4]
        count = len(X)
        x, following = X[0], X[min(1, count - 1)]
        for i in range(first):
            row, total, total_2 = theta[i * inputs : (i + 1) * inputs], 0.0, 0.0
            for j in range(inputs):
                total += row[j] * x[j]
                total_2 += row[j] * following[j]
            a[i], second[i] = total, total_2
        for k in range(count):
            alpha = alphas[k]
            low = 0
            for layer in range(depth):
                m, n = widths[layer + 1], widths[layer]
                start = starts[layer]
                if layer:
                    v = h[low - n : low]
                    for i in range(m):
                        row, total = theta[start + i * n : start + (i + 1) * n], 0.0
                        for j in range(n):
                            total += row[j] * v[j]
                        a[low + i] = total
                b = theta[start + m * n : start + m * n + m]
                for i in range(m):
                    a[low + i] += b[i]
                fast_activate(kinds[layer], a[low : low + m], h[low : low + m])
                low += m
            low -= widths[depth]
            for i in range(widths[depth]):
                rest = h[low + i] - Y[k, i]
                if loss == DOUBLED:
                    rest *= 2.0
                elif loss != DIFFERENCE:
                    rest = 1.0 if rest > 0.0 else (-1.0 if rest < 0.0 else rest)
                g[low + i] = rest
            for layer in range(depth - 1, 0, -1):
                m, n = widths[layer + 1], widths[layer]
                start = starts[layer]
                v, back = h[low - n : low], g[low - n : low]
                back[:] = 0.0
                for i in range(m):
                    row, slope = theta[start + i * n : start + (i + 1) * n], g[low + i]
                    change = alpha * slope
                    for j in range(n):
                        back[j] += row[j] * slope
                        row[j] -= change * v[j]
                    theta[start + m * n + i] -= change
                low -= n
                fast_slope(slopes[layer - 1], a[low : low + n], back)
            x = X[k]
            if k % 2 == 0 and k + 1 < count:
                following, overlap = X[k + 1], 0.0
                for j in range(inputs):
                    overlap += x[j] * following[j]
                for i in range(first):
                    change = alpha * g[i]
                    theta[first * inputs + i] -= change
                    changes[i] = change
                    a[i] = second[i] - change * overlap
                continue
            before, following, next_2 = X[max(k - 1, 0)], X[min(k + 1, count - 1)], X[min(k + 2, count - 1)]
            for i in range(first):
                row, change, change_before = theta[i * inputs : (i + 1) * inputs], alpha * g[i], changes[i]
                theta[first * inputs + i] -= change
                if k % 2 == 0:
                    for j in range(inputs):
                        row[j] -= change * x[j]
                elif k + 1 == count:
                    for j in range(inputs):
                        row[j] -= change_before * before[j] + change * x[j]
                else:
                    total, total_2 = 0.0, 0.0
                    for j in range(inputs):
                        weight = row[j] - change_before * before[j] - change * x[j]
                        row[j] = weight
                        total += weight * following[j]
                        total_2 += weight * next_2[j]
                    a[i], second[i] = total, total_2

    return njit(DESCEND, fastmath=FASTMATH)(descend)  # type: ignore[no-any-return]
