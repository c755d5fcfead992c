"""Digits in pictures for reports: kept as bytes, shown as paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.model import Array, ImageGrid

SIDE = 28


def as_bytes(ink: Array) -> Array:
    """Return rows whose ink is 1 as uint8 with ink 255, which take an eighth of the room; what is not a number is ink."""
    return np.asarray(np.rint(255 * np.clip(np.nan_to_num(ink, nan=1.0), 0, 1)), dtype=np.uint8)


def as_paper(kept: Array) -> Array:
    """Return kept rows (N, 784) as pictures have them: (N, 28, 28), 1 is paper."""
    images: Array = 1 - kept.reshape(-1, SIDE, SIDE) / 255
    return images


def grid(title: str, kept: Array, said: Sequence[str], columns: int) -> ImageGrid:
    """Return kept rows in lines of so many, each with what is said of it below."""
    columns = min(len(kept), columns)
    lines = -(-len(kept) // columns)
    images = np.full((lines * columns, SIDE, SIDE), np.nan)
    images[: len(kept)] = as_paper(kept)
    words = [*said, *[""] * (lines * columns - len(said))]
    captions = tuple(tuple(words[line * columns : (line + 1) * columns]) for line in range(lines))
    return ImageGrid(title, images.reshape(lines, columns, SIDE, SIDE), (), captions)


def lines_of(title: str, lines: Mapping[str, Array]) -> ImageGrid:
    """Return lines of images (N, 28, 28) below each other, each with its name."""
    return ImageGrid(title, np.stack(list(lines.values())), tuple(lines))
