"""Nonlinearities for the layers of a network, and their derivatives.

Every function takes numbers or arrays of any shape, and returns something new: what it is given is never changed.
`softmax` looks at all the entries along the last axis together; the others work on each entry on its own.
"""

import numpy as np


def logistic(u):
    """Squash u to between 0 and 1: 1 / (1 + exp(-u))."""
    u = np.asarray(u, dtype=float)
    shrunk = np.exp(-np.abs(u))  # between 0 and 1, so that nothing overflows however large u is
    return np.where(u < 0, shrunk, 1.0) / (1.0 + shrunk)


def logistic_deriv(u):
    """Derivative of `logistic` at u: largest at 0, where it is 1/4."""
    shrunk = np.exp(-np.abs(np.asarray(u, dtype=float)))
    return shrunk / (1.0 + shrunk) ** 2


def relu(u):
    """Keep what is positive; all the rest becomes 0."""
    return np.maximum(np.asarray(u, dtype=float), 0.0)


def relu_deriv(u):
    """Derivative of `relu` at u: 1 where u is positive, 0 elsewhere."""
    return 1.0 * (np.asarray(u) > 0)


def leaky_relu(u, alpha=0.01):
    """Keep what is positive; all the rest is multiplied by alpha."""
    u = np.asarray(u, dtype=float)
    return u * np.where(u > 0, 1.0, alpha)


def leaky_relu_deriv(u, alpha=0.01):
    """Derivative of `leaky_relu` at u: 1 where u is positive, alpha elsewhere."""
    return np.where(np.asarray(u) > 0, 1.0, alpha)[()]  # [()] makes a number of an array without axes


def softmax(u):
    """Turn the last axis of u into probabilities: positive numbers that add up to 1, the largest where u is largest."""
    u = np.asarray(u, dtype=float)
    raised = np.exp(u - np.max(u, axis=-1, keepdims=True))  # the largest is exp(0) = 1, so that nothing overflows
    return raised / np.sum(raised, axis=-1, keepdims=True)
