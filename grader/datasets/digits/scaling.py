"""How a notebook changed the digits before its networks got them: found by comparing rows that they got with the images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.model import Array

PIECE = 5000
# in single precision the best of many images is found, whether it is the right one is computed once more
Shade = Callable[[Array], Array]


@dataclass(frozen=True)
class Scaling:
    """A row became ``a * (row - centre) + c``; `centre` is None or the mean image."""

    a: float = 1.0
    c: float = 0.0
    centre: Array | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing was changed."""
        return (self.a, self.c) == (1.0, 0.0) and self.centre is None

    def applied(self, rows: Array) -> Array:
        """Return rows (N, d) as the networks got them."""
        if self.is_plain:
            return rows
        return self.a * (rows if self.centre is None else rows - self.centre) + self.c

    def undone(self, rows: Array) -> Array:
        """Return what `applied` made rows of; as they are where nothing is left to undo."""
        if self.is_plain or not self.a:
            return rows
        original = (rows - self.c) / self.a
        return original if self.centre is None else original + self.centre

    def __str__(self) -> str:
        if self.is_plain:
            return "as they are"
        begin = "as they are" if self.centre is None else "without the mean image"
        return f"{begin}, times {self.a:.4g}, plus {self.c:.4g}"


@dataclass(frozen=True)
class Sharpness:
    """How sure it has to be that a row is an image: the correlation, less than 1 by no more than `alike`, for `enough` rows.

    `rounding` is how far `a` and `c` may be from 1 and 0 where nothing was changed. Where `centred` is given, it is the
    `alike` of images less their mean, which are looked for as well.
    """

    alike: float
    rounding: float
    enough: int = 1
    centred: float | None = None


def scaling_of(rows: Array, sets: Sequence[Array], shade: Shade, sharpness: Sharpness) -> Scaling:
    """Return how rows (K, d) that a network got were made of images; unchanged where that is not seen.

    The first of `sets` (uint8, ink 255) are those that a mean is taken of. `shade` makes of some of them what a row is
    when nothing is changed: ink 1, or paper 1.
    """
    if rows.ndim != 2 or rows.shape[1] != sets[0].shape[1]:
        return Scaling()
    finite = rows[np.all(np.isfinite(rows), axis=1)].astype(np.float64)
    for centre, alike in _centres(sets[0], shade, sharpness):
        if found := _fitted(finite, sets, shade, centre, alike, sharpness.enough):
            a, c = found
            plain = centre is None and abs(a - 1) < sharpness.rounding and abs(c) < sharpness.rounding
            return Scaling() if plain else Scaling(a, c, centre)
    return Scaling()


def _centres(images: Array, shade: Shade, sharpness: Sharpness) -> Iterator[tuple[Array | None, float]]:
    yield None, sharpness.alike
    if sharpness.centred is not None:
        total = np.zeros(images.shape[1])
        for start in range(0, len(images), PIECE):
            total += shade(images[start : start + PIECE]).sum(axis=0, dtype=np.float64)
        yield total / max(len(images), 1), sharpness.centred


def _fitted(
    rows: Array, sets: Sequence[Array], shade: Shade, centre: Array | None, alike: float, enough: int
) -> tuple[float, float] | None:
    """Return the a and c with which most of the rows are images less `centre`, or None."""
    shaded = _nearest(rows, sets, lambda images: shade(images) if centre is None else shade(images) - centre)
    sure = np.abs(np.sum(_unit(rows) * _unit(shaded), axis=1)) > 1 - alike
    if sure.sum() < min(enough, len(rows)) or not np.any(sure):
        return None
    fits = [np.polyfit(image, row, 1) for image, row in zip(shaded[sure], rows[sure], strict=True)]
    a, c = np.median(np.array(fits), axis=0)
    return (float(a), float(c)) if a else None


def _nearest(rows: Array, sets: Sequence[Array], shade: Shade) -> Array:
    """Return for each row the image, shaded, that correlates with it best."""
    best, at = np.full(len(rows), -1.0), np.zeros(rows.shape)
    wanted = _unit(rows).astype(np.float32)
    for images in sets:
        for start in range(0, len(images), PIECE):
            part = shade(images[start : start + PIECE])
            correlations = np.abs(wanted @ _unit(part.astype(np.float32)).T)
            nearest = correlations.argmax(axis=1)
            reached = correlations[np.arange(len(rows)), nearest]
            better = reached > best
            best[better], at[better] = reached[better], part[nearest[better]]
    return at


def _unit(rows: Array) -> Array:
    """Return rows less their means, of length 1; a row whose entries are alike is all zeros."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt(np.sum(centred**2, axis=1, keepdims=True))
    unit: Array = centred / np.where(length > 0, length, 1)
    return unit
