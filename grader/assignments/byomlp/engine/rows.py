"""Rows and targets of blocks as they are rebuilt outside: images from our own copy of the files, by their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.watching import frames
from grader.watching.frames import FrameError, Reader
from grader.watching.logs.images import KnownImages

Array = np.ndarray[Any, Any]

# numbers of a block, and bytes of strangers that are kept to know them again
ENTRIES, KEPT = 2**23, 2**28
LARGEST_SCALE = 1e9


class Rows:
    """Rebuilds rows; those that are none of the images are kept by their numbers when they come for the first time."""

    def __init__(self, images: KnownImages) -> None:
        self.images = images
        self._strangers: dict[int, Array] = {}
        self._kept = 0
        # what an image's byte becomes, for the last a and c
        self._table: tuple[float, float, Array] = (1.0, 0.0, 1.0 - np.arange(256) / 255.0)

    def rows(self, reader: Reader, count: int, width: int) -> tuple[Array, Array | None]:
        """Return rows (count, width), and of each which image it is exactly, -1 of others; None where none was looked up."""
        if count * max(width, 1) > ENTRIES:
            raise FrameError("more rows than a block has")
        (form,) = reader.numbers("B")
        if form == frames.PLAIN:
            return reader.array("<f8", count, width), None
        if form != frames.NUMBERED:
            raise FrameError("rows of a form that does not exist")
        a, c, new = reader.numbers("ddI")
        numbers = reader.array("<i4", count).astype(np.int64)
        if not (0 < abs(a) < LARGEST_SCALE and abs(c) < LARGEST_SCALE):
            raise FrameError("images changed in a way that cannot be")
        self._meet(reader, new, width)
        known = numbers >= 0
        some = bool(known.any())
        if some and (width != self.images.width or int(numbers.max()) >= self.images.size):
            raise FrameError("an image that there is not")
        if some:
            self.images.scale = a
        if some and known.all():
            return self._images(numbers, a, c), numbers
        X = np.empty((count, width))
        if some:
            X[known] = self._images(numbers[known], a, c)
        for row in np.flatnonzero(~known).tolist():
            stranger = self._strangers.get(-1 - int(numbers[row]))
            if stranger is None or len(stranger) != width:
                raise FrameError("a row that was never told of")
            X[row] = stranger
        return X, np.where(known, numbers, -1)

    def targets(self, reader: Reader, X: Array, width: int) -> Array | None:
        """Return targets (K, width) of rows X, None where there are none that are numbers."""
        (form,) = reader.numbers("B")
        if len(X) * max(width, 1) > ENTRIES:
            raise FrameError("more targets than a block has")
        if form == frames.NONE:
            return None
        if form == frames.INPUTS:
            return X
        if form == frames.NUMBERS:
            return reader.array("<f8", len(X), width)
        if form != frames.CLASSES:
            raise FrameError("targets of a form that does not exist")
        classes = reader.array("|u1", len(X))
        if len(X) and int(classes.max()) >= width:
            raise FrameError("a class that there is not")
        Y = np.zeros((len(X), width))
        Y[np.arange(len(X)), classes] = 1.0
        return Y

    def _meet(self, reader: Reader, count: int, width: int) -> None:
        if count * max(width, 1) > ENTRIES:
            raise FrameError("more rows than a block has")
        numbers = reader.array("<u4", count).tolist() if count else []
        rows: Any = reader.array("<f8", count, width) if count else []
        for number, row in zip(numbers, rows, strict=True):
            before = self._strangers.get(number)
            self._kept += row.nbytes - (0 if before is None else before.nbytes)
            if self._kept > KEPT or len(self._strangers) > KEPT // 64:
                raise FrameError("more rows than are kept")
            self._strangers[number] = row.copy()

    def _images(self, numbers: Array, a: float, c: float) -> Array:
        if self._table[:2] != (a, c):
            self._table = (a, c, a * (1.0 - np.arange(256) / 255.0) + c)
        return self._table[2].take(self.images.images[numbers])
