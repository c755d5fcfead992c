"""How a notebook changes the digits before its networks get them, found by comparing rows that they got with the images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.assignments.modules.main.files import as_ink
from grader.model import Array, Digits

EXACT, CLOSE = 1e-6, 1e-3
PIECE = 5000
ENOUGH = 3


@dataclass(frozen=True)
class Scaling:
    """A row becomes ``a * (row - centre) + c``; `centre` is 0 or the mean image, as `name` says."""

    name: str = "as they are"
    a: float = 1.0
    c: float = 0.0
    centre: Array | None = None

    def applied(self, rows: Array) -> Array:
        """Return rows (N, d) with ink 1 as the networks got them."""
        if self.is_plain:
            return rows
        return self.a * (rows - self._centre()) + self.c

    def undone(self, rows: Array) -> Array:
        """Return what `applied` made rows of."""
        if self.is_plain:
            return rows
        return (rows - self.c) / self.a + self._centre()

    @property
    def is_plain(self) -> bool:
        """Whether nothing is changed."""
        return (self.a, self.c) == (1.0, 0.0) and self.centre is None

    def _centre(self) -> Array | float:
        return 0.0 if self.centre is None else self.centre

    def __str__(self) -> str:
        return self.name


def scaling_of(samples: Array, digits: Digits) -> Scaling:
    """Return how rows (K, d) that a network got were made of the digits; as they are where that is not seen."""
    if samples.ndim != 2 or not len(samples) or samples.shape[1] != digits.train_images.shape[1]:
        return Scaling()
    rows = samples[np.all(np.isfinite(samples), axis=1)].astype(np.float64)
    for name, centre in _centres(digits):
        found = _fitted(rows, digits, 0.0 if centre is None else centre)
        if found is not None:
            a, c = found
            if centre is None and abs(a - 1) < CLOSE and abs(c) < CLOSE:
                return Scaling()
            words = f"{name}, times {a:.4g}, plus {c:.4g}"
            return Scaling(words, a, c, centre)
    return Scaling()


def _centres(digits: Digits) -> Iterator[tuple[str, Array | None]]:
    yield "as they are", None
    total = np.zeros(digits.train_images.shape[1])
    for start in range(0, len(digits.train_images), PIECE):
        total += as_ink(digits.train_images[start : start + PIECE]).sum(axis=0, dtype=np.float64)
    yield "without the mean image", total / max(len(digits.train_images), 1)


def _fitted(rows: Array, digits: Digits, centre: Array | float) -> tuple[float, float] | None:
    """Return the a and c with which most of the rows are images less `centre`, or None."""
    best, at = np.full(len(rows), -1.0), np.zeros((len(rows), rows.shape[1]))
    wanted = _unit(rows)
    for images in (digits.train_images, digits.test_images):
        for start in range(0, len(images), PIECE):
            part = as_ink(images[start : start + PIECE]) - centre
            alike = np.abs(wanted @ _unit(part).T)
            nearest = alike.argmax(axis=1)
            better = alike[np.arange(len(rows)), nearest] > best
            best[better] = alike[np.arange(len(rows)), nearest][better]
            at[better] = part[nearest[better]]
    # a mean over other images than ours is nearly the same one
    sure = best > 1 - (EXACT if isinstance(centre, float) else CLOSE)
    if sure.sum() < min(ENOUGH, len(rows)):
        return None
    fits = [np.polyfit(image, row, 1) for image, row in zip(at[sure], rows[sure], strict=True)]
    a, c = np.median(np.array(fits), axis=0)
    return (float(a), float(c)) if a else None


def _unit(rows: Array) -> Array:
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit: Array = centred / np.where(length > 0, length, 1)
    return unit
