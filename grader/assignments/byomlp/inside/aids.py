"""Functions of ours that student code meets inside the sandbox beside the course's own."""

import numpy as np


def identity(u):  # type: ignore[no-untyped-def]
    """Return a copy of u."""
    return np.array(u, dtype=float)


def identity_deriv(u):  # type: ignore[no-untyped-def]
    """Return ones of the shape of u."""
    return np.ones_like(u, dtype=float)


def linear_loss_deriv(y_est, y):  # type: ignore[no-untyped-def]
    """Return the gradient of the loss sum(y_est * y) behind an identity layer: y itself, whatever the estimate."""
    return np.array(y, dtype=float)
