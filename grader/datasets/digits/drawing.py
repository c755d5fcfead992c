"""Digits drawn by numpy, for where there is no MNIST: strokes of a pen through points that no two digits share.

Every class has several shapes. A shape is a few strokes, a stroke is a smooth curve through control points in a box that
is 1 wide and 1 high, x to the right and y down; a point that is given twice makes a corner. For each digit the points are
moved a little, and the whole is bent, slanted, turned, stretched, fitted into the middle of 28 x 28 pixels, and drawn with a
pen of some width and softness. This file needs nothing but numpy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

SIDE = 28
BOX = 20.0
SEED = 19980101
TRAIN, TEST = 60_000, 10_000
PEN_POINTS = 64
CHUNK = 192

# (digit, how often among the shapes of that digit, strokes with their points in hundredths of the box)
SHAPES = (
    (0, 6, "50,0 20,12 3,50 20,88 52,100 83,86 97,48 80,12 50,0"),
    (0, 3, "62,10 40,2 12,25 3,60 25,95 60,98 92,70 95,30 70,4 40,6"),
    (0, 1, "50,0 20,12 3,50 20,88 52,100 83,86 97,48 80,12 50,0 / 80,12 20,88"),
    (1, 6, "52,0 50,33 50,67 48,100"),
    (1, 3, "27,22 42,12 52,0 52,0 51,50 50,100"),
    (1, 2, "25,20 50,0 50,0 50,50 50,98 / 12,100 50,98 88,98"),
    (2, 4, "8,24 25,4 62,0 90,20 75,52 40,80 4,98 4,98 50,97 97,96"),
    (2, 4, "12,20 42,0 82,10 82,40 52,74 18,98 3,84 24,74 55,92 97,90"),
    (2, 2, "5,8 45,2 90,8 85,30 45,65 5,95 5,95 50,92 95,98"),
    (3, 4, "10,13 45,0 85,14 75,38 38,47 38,47 82,57 93,80 60,100 6,90"),
    (3, 2, "10,4 50,3 88,3 88,3 65,22 40,42 40,42 80,52 92,78 55,100 6,90"),
    (3, 3, "5,20 40,0 82,18 60,42 35,50 65,50 90,68 70,95 30,100 5,85"),
    (4, 4, "18,2 12,30 6,55 6,55 50,54 97,50 / 76,5 72,50 66,100"),
    (4, 2, "66,0 35,33 4,66 4,66 50,66 97,64 / 66,0 66,50 64,100"),
    (4, 3, "16,2 6,30 20,48 50,48 80,38 / 86,0 78,50 72,100"),
    (4, 1, "74,0 40,20 10,50 10,50 45,50 78,46 / 78,10 74,50 70,100"),
    (5, 4, "88,2 55,3 24,5 24,5 20,24 15,45 15,45 50,38 88,58 76,92 40,100 4,92"),
    (5, 3, "30,8 22,30 20,42 55,48 80,70 60,96 5,96 / 30,8 62,6 97,0"),
    (5, 2, "95,0 55,8 30,28 40,46 70,60 78,82 45,100 5,90"),
    (6, 4, "72,0 38,20 10,58 22,94 62,100 90,76 66,54 32,62 16,80"),
    (6, 3, "50,0 26,30 12,66 34,98 76,94 84,68 50,60 20,78"),
    (6, 2, "90,4 45,8 12,40 8,78 42,100 82,86 72,58 40,54 12,66"),
    (7, 4, "3,8 50,5 95,3 95,3 68,45 42,100"),
    (7, 2, "3,8 50,5 95,3 95,3 68,45 42,100 / 30,52 58,50 88,48"),
    (7, 2, "6,28 4,6 4,6 50,8 94,4 94,4 76,40 62,100"),
    (7, 2, "4,14 30,2 60,10 90,6 80,32 58,62 50,100"),
    (8, 5, "80,13 50,0 17,16 34,40 74,64 82,88 48,100 13,86 30,60 70,36 86,16 66,4"),
    (8, 2, "50,0 20,10 20,36 50,47 80,36 80,10 50,0 / 50,47 12,62 14,90 50,100 86,90 88,62 50,47"),
    (8, 2, "90,4 50,3 25,20 40,42 66,62 66,90 36,100 14,84 36,58 70,34 94,8"),
    (9, 4, "86,16 50,0 12,20 22,47 62,45 88,14 88,14 84,58 76,100"),
    (9, 3, "84,20 50,0 12,20 28,48 70,42 87,16 87,16 86,68 60,98 18,92"),
    (9, 2, "70,6 32,6 10,34 36,50 70,32 76,10 72,36 58,66 40,100"),
)  # fmt: skip


def data_set() -> tuple[Array, Array, Array, Array]:
    """Return the one set of drawn digits: 60,000 training images and their labels, 10,000 test images and theirs."""
    first, second = np.random.SeedSequence(SEED).spawn(2)
    return (*draw(TRAIN, np.random.default_rng(first)), *draw(TEST, np.random.default_rng(second)))


def draw(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw `n` digits; return images (n, 784) and labels (n,), both uint8, ink 255 on paper 0."""
    images, labels = np.empty((n, SIDE * SIDE), np.uint8), rng.integers(0, 10, n).astype(np.uint8)
    weights = np.array([weight for _, weight, _ in SHAPES])
    digits = np.array([digit for digit, _, _ in SHAPES])
    chosen = np.empty(n, int)
    for digit in range(10):
        mine, own = np.flatnonzero(labels == digit), np.flatnonzero(digits == digit)
        chosen[mine] = rng.choice(own, len(mine), p=weights[own] / weights[own].sum())
    for shape, (_, _, text) in enumerate(SHAPES):
        strokes = _strokes(text)
        mine = np.flatnonzero(chosen == shape)
        for start in range(0, len(mine), CHUNK):
            part = mine[start : start + CHUNK]
            images[part] = inked(*_paths(strokes, len(part), rng), rng)
    return images, labels


def _strokes(text: str) -> list[Array]:
    """Return the control points (count, 2) of every stroke of a shape."""
    return [
        np.array([[float(number) / 100 for number in point.split(",")] for point in stroke.split()])
        for stroke in text.split("/")
    ]


def curve_weights(count: int, points: int) -> Array:
    """Return the matrix (points, count) that takes `count` control points to points on the smooth curve through them."""
    place = np.linspace(0.0, count - 1.0, points)
    left = np.minimum(place.astype(int), count - 2)
    t = (place - left)[:, None]
    # a cubic through the two middle points of four, with the slope of the line between their neighbours
    cubic = np.hstack((-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)) / 2
    weights = np.zeros((points, count))
    for offset in range(4):
        np.add.at(weights, (np.arange(points), np.clip(left + offset - 1, 0, count - 1)), cubic[:, offset])
    return weights


def _paths(strokes: list[Array], n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return for `n` digits of one shape where the pen goes, in pixels (n, P, 2), and its half width there (n, P)."""
    lengths = [np.abs(np.diff(control, axis=0)).sum() for control in strokes]
    jitter = 0.04 * np.exp(0.4 * rng.standard_normal((n, 1, 1)))
    parts = []
    for control, length in zip(strokes, lengths, strict=True):
        # both copies of a corner move together
        same = np.cumsum(np.append(0, np.any(np.diff(control, axis=0) != 0, axis=1)))
        moved = control + jitter * rng.standard_normal((n, same[-1] + 1, 2))[:, same]
        moved += 0.02 * rng.standard_normal((n, 1, 2))
        points = max(4, round(PEN_POINTS * length / sum(lengths)))
        parts.append(curve_weights(len(control), points) @ moved)
    path = np.concatenate(parts, axis=1) - 0.5
    path = _bent(path, rng)
    # width against height, slant, turn
    path[..., 0] *= 0.68 * np.exp(0.17 * rng.standard_normal((n, 1)))
    path[..., 0] -= (0.12 + 0.22 * rng.standard_normal((n, 1))) * path[..., 1]
    angle = 0.1 * rng.standard_normal((n, 1))
    x, y = path[..., 0], path[..., 1]
    path = np.stack((np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y), axis=-1)
    width = np.minimum(1.33 * np.exp(0.24 * rng.standard_normal((n, 1))), 2.0)
    low, high = path.min(axis=1), path.max(axis=1)
    size = (BOX - 2 * width[:, 0]) * rng.uniform(0.9, 1.0, n)
    scale = (size / np.maximum(high - low, 1e-3).max(axis=1))[:, None, None]
    # in the middle: half by the box around it, half by where its ink is; and never over the edge
    path = scale * (path - (low + high)[:, None] / 4 - path.mean(axis=1, keepdims=True) / 2)
    path += (SIDE - 1) / 2 + 0.6 * rng.standard_normal((n, 1, 2))
    over, under = path.max(axis=1) + width - (SIDE - 2), 1 - (path.min(axis=1) - width)
    path += (np.maximum(under, 0) - np.maximum(over, 0))[:, None]
    along = np.linspace(0, 1, path.shape[1])
    pressure = 0.14 * np.sin(2 * np.pi * (rng.uniform(0.5, 2.5, (n, 1)) * along + rng.uniform(0, 1, (n, 1))))
    return path, width * (1 + pressure)


def _bent(path: Array, rng: np.random.Generator) -> Array:
    """Push the points of each digit about by slow waves that cross it."""
    n = len(path)
    for _ in range(2):
        wave = rng.uniform(-1.1, 1.1, (n, 2, 1))
        phase = 2 * np.pi * (path @ wave + rng.uniform(0, 1, (n, 1, 1)))
        path = path + 0.042 * rng.standard_normal((n, 1, 2)) * np.sin(phase)
    return path


def inked(path: Array, width: Array, rng: np.random.Generator) -> Array:
    """Draw paths (n, P, 2) in pixels with a pen of half width (n, P): images (n, 784) uint8."""
    n = len(path)
    pixel = np.arange(SIDE, dtype=np.float32)
    thin = 1 / width[..., None]
    across = np.ascontiguousarray((((pixel - path[..., :1]) * thin) ** 2).swapaxes(0, 1), np.float32)
    down = np.ascontiguousarray((((pixel - path[..., 1:]) * thin) ** 2).swapaxes(0, 1), np.float32)
    nearest = np.full((n, SIDE, SIDE), np.inf, np.float32)
    distance = np.empty_like(nearest)
    # for every pixel the nearest point of the path, measured in widths of the pen
    for x2, y2 in zip(across, down, strict=True):
        np.add(y2[:, :, None], x2[:, None, :], out=distance)
        np.minimum(nearest, distance, out=nearest)
    softness = rng.uniform(0.45, 0.85, (n, 1, 1)).astype(np.float32)
    inside = (1 - np.sqrt(nearest)) * width.mean(axis=1)[:, None, None].astype(np.float32)
    ink = np.clip(inside / (2 * softness) + 0.5, 0, 1)
    grain = 1 - 0.12 * np.abs(rng.standard_normal(ink.shape, np.float32))
    images: Array = np.rint(255 * ink * grain).astype(np.uint8).reshape(n, SIDE * SIDE)
    return images
