"""The mathematics of the classes, beside the table in `grader/functions.py`: what is right, whatever a student's code says."""

from __future__ import annotations

import numpy as np

from grader import functions
from grader.model import Array

LEAST = 1e-15


def softmax_gradient(x: Array, grad: Array) -> Array:
    """Return the gradient of sum(grad * softmax(x)) with respect to x (N, d)."""
    s = functions.softmax(x)
    return np.asarray(s * (grad - (grad * s).sum(axis=1, keepdims=True)))


def normalised(u: Array) -> Array:
    """Return 1 + u**2 by the sum of these in its row (N, d): what stands before a criterion instead of a softmax."""
    shares = 1 + u**2
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def normalised_gradient(u: Array, grad: Array) -> Array:
    """Return the gradient of sum(grad * normalised(u)) with respect to u (N, d)."""
    spread = grad - (grad * normalised(u)).sum(axis=1, keepdims=True)
    return np.asarray(spread * 2 * u / (1 + u**2).sum(axis=1, keepdims=True))


def nll(p: Array, target: Array) -> float:
    """Return the mean over rows of -log of the probability of the target, clamped away from 0 and 1."""
    return float(-(target * np.log(np.clip(p, LEAST, 1 - LEAST))).sum() / len(p))


def nll_gradient(p: Array, target: Array) -> Array:
    """Return the gradient of `nll` with respect to p (N, k)."""
    return np.asarray(-target / np.clip(p, LEAST, 1 - LEAST) / len(p))


def without_mean(grad: Array, alpha: float) -> Array:
    """Return the gradient through the subtraction of (1 - alpha) times the mean of a batch."""
    return np.asarray(grad - (1 - alpha) * grad.mean(axis=0))


def curved(u: Array, w: Array, t: Array) -> Array:
    """Return w * u + t * u**2 for u repeated as often as w is long."""
    u = np.tile(u, (1, len(w) // u.shape[1]))
    return np.asarray(w * u + t * u**2)


def curved_gradients(u: Array, w: Array, t: Array, grad: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of sum(grad * curved(u, w, t)) with respect to u, w and t."""
    times = len(w) // u.shape[1]
    wide = np.tile(u, (1, times))
    inner = (grad * (w + 2 * t * wide)).reshape(len(u), times, u.shape[1]).sum(axis=1)
    return inner, (grad * wide).sum(axis=0), (grad * wide**2).sum(axis=0)
