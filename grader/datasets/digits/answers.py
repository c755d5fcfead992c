"""What a network's outputs say of digits."""

from __future__ import annotations

import numpy as np

from grader.model import Array


def estimates(output: Array) -> Array:
    """Return the class that each output (N, 10) speaks for; -1 where it is not a number."""
    finite = np.all(np.isfinite(output), axis=1)
    return np.where(finite, np.where(np.isfinite(output), output, 0).argmax(axis=1), -1)


def most_wrong(output: Array, labels: Array) -> Array:
    """Return the indices of digits that outputs (N, 10) take for others, those of which they are surest first."""
    estimate = estimates(output)
    wrong = np.flatnonzero((estimate != labels) & (estimate >= 0))
    sure = output[wrong, estimate[wrong]]
    order: Array = wrong[np.argsort(-sure, kind="stable")]
    return order
