"""Which intensities a student's network was fed with: found from inputs that it was trained on, without any name."""

from __future__ import annotations

import numpy as np

from grader.model import Array

ALIKE = 0.9999
PIECE = 10_000
AS_GIVEN = (1.0, 0.0)


def rescaling(inputs: Array, images: Array) -> tuple[float, float]:
    """Return (a, c) such that the inputs are ``a * paper + c``, where paper (in [0, 1], 1 is white) is what the course gives.

    `inputs` (k, 784) are rows that a network was trained on, `images` (N, 784) uint8 the training set, ink 255. Each row is
    matched with the image that correlates with it best, above 0.9999 in size; (1, 0) when none does.
    """
    if inputs.shape[1:] != images.shape[1:]:
        return AS_GIVEN
    known = inputs[np.all(np.isfinite(inputs), axis=1)].astype(np.float64)
    known = known[known.std(axis=1) > 0]
    at, size = _nearest(known, images)
    known, paper = known[size >= ALIKE], 1 - images[at[size >= ALIKE]] / 255
    if not len(known):
        return AS_GIVEN
    x, y = paper.ravel(), known.ravel()
    a = float(np.mean((x - x.mean()) * (y - y.mean())) / np.var(x))
    c = float(y.mean() - a * x.mean())
    # what is as given but for rounding shall be exactly so
    return AS_GIVEN if abs(a - 1) < 1e-9 and abs(c) < 1e-9 else (a, c)


def _nearest(rows: Array, images: Array) -> tuple[Array, Array]:
    """Return for each row the index of the image that correlates best with it, and the size of the correlation."""
    wanted = _standard(rows.astype(np.float64)).astype(np.float32)
    index, size = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows))
    for start in range(0, len(images), PIECE):
        alike = np.abs(wanted @ _standard(images[start : start + PIECE].astype(np.float32)).T)
        best = alike.argmax(axis=1)
        reached = alike[np.arange(len(rows)), best]
        index, size = np.where(reached > size, start + best, index), np.maximum(reached, size)
    return index, size


def _standard(rows: Array) -> Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt(np.sum(centred**2, axis=1, keepdims=True))
    standard: Array = centred / np.where(length > 0, length, 1)
    return standard
