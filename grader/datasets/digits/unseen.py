"""Digits that exist nowhere else: test digits, each moved, turned and made thicker or thinner a little."""

from __future__ import annotations

import numpy as np

from grader.datasets.digits.arrays import Digits
from grader.datasets.digits.idx import SIDE
from grader.model import Array

SHIFT, TURN = 2.0, np.deg2rad(10.0)
CHUNK = 500
# images moved at a time: few enough for the cache
PIECE = 25


def paper(images: Array) -> Array:
    """Return images (N, 784) as students see them: float64 in 0..1, where paper is 1 and ink is 0."""
    return 1.0 - np.asarray(images, np.float64) / 255.0


def unseen(digits: Digits, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return `n` altered test digits, images (n, 784) float64 with paper 1 and ink 0, and their labels (n,).

    Each test digit is used before any is used again. Shifts are at most 2 pixels and turns at most 10 degrees, most of
    them far less; both and the thickness come from `rng`.
    """
    count = len(digits.test_labels)
    chosen = np.concatenate([rng.permutation(count) for _ in range(-(-n // count))] or [np.arange(0)])[:n]
    images = np.empty((n, SIDE * SIDE))
    for start in range(0, n, CHUNK):
        part = chosen[start : start + CHUNK]
        ink = digits.test_images[part].reshape(-1, SIDE, SIDE) / np.float32(255)
        images[start : start + CHUNK] = 1.0 - _altered(ink, rng).reshape(-1, SIDE * SIDE)
    return images, digits.test_labels[chosen].astype(np.int64)


def _altered(ink: Array, rng: np.random.Generator) -> Array:
    n = len(ink)
    shift = np.clip(rng.normal(0.0, SHIFT / 5, (n, 2)), -SHIFT, SHIFT)
    turn = np.clip(rng.normal(0.0, TURN / 2.5, n), -TURN, TURN)
    return thickened(moved(ink, shift, turn), rng.uniform(-0.2, 0.3, n))


def moved(ink: Array, shift: Array, turn: Array) -> Array:
    """Turn images (n, 28, 28) about their middle by `turn` (n,) and shift them by `shift` (n, 2) pixels."""
    pieces = [slice(first, first + PIECE) for first in range(0, max(len(ink), 1), PIECE)]
    return np.concatenate([_moved(ink[piece], shift[piece], turn[piece]) for piece in pieces])


def _moved(ink: Array, shift: Array, turn: Array) -> Array:
    n, middle, width = len(ink), (SIDE - 1) / 2, SIDE + 4
    y, x = np.mgrid[:SIDE, :SIDE] - middle
    cos, sin = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    x, y = x - shift[:, 0, None, None], y - shift[:, 1, None, None]
    # where each pixel comes from; two pixels of paper all around for the neighbours
    x, y = cos * x + sin * y + middle + 2, cos * y - sin * x + middle + 2
    framed = np.pad(ink, ((0, 0), (2, 2), (2, 2))).astype(np.float64).ravel()
    x, y = np.clip(x, 1, SIDE + 1.999), np.clip(y, 1, SIDE + 1.999)
    column, row = x.astype(int), y.astype(int)
    across, down = _cubic(x - column), _cubic(y - row)
    # of the first of the 16 neighbours, above on the left
    place = (np.arange(n)[:, None, None] * width + row - 1) * width + column - 1
    moved = np.zeros((n, SIDE, SIDE))
    for i in range(4):
        moved += down[i] * sum(across[j] * framed.take(place + (i * width + j)) for j in range(4))
    return np.clip(moved, 0.0, 1.0)


def _cubic(t: Array) -> tuple[Array, ...]:
    """Return the weights of four neighbours for a place `t` of the way from the second to the third."""
    square = t * t
    cube = square * t
    return (
        (-t + 2 * square - cube) / 2,
        (2 - 5 * square + 3 * cube) / 2,
        (t + 4 * square - 3 * cube) / 2,
        (cube - square) / 2,
    )


def thickened(ink: Array, amount: Array) -> Array:
    """Move images (n, 28, 28) by `amount` (n,) of the way to their thickest, or below 0 to their thinnest."""
    framed = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    around = [framed[:, 1 + y : 29 + y, 1 + x : 29 + x] for x, y in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))]
    thick, thin = np.maximum.reduce(around), np.minimum.reduce(around)
    towards = np.where(amount[:, None, None] > 0, thick, thin)
    moved: Array = ink + np.abs(amount)[:, None, None] * (towards - ink)
    return moved
