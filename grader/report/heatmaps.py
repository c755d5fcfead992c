"""Matrices side by side: expected, got, and their difference, on one colour scale a row, the worst entry ringed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grader.model import Array, HeatMaps
from grader.report.ink import INK, MUTED, label, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_WIDTH, PANEL_HEIGHT, CELL = 1.6, 1.6, 0.32
LEFT, PITCH, BAR_AT, SHEET_WIDTH = 0.55, 1.95, 6.25, 7.0
HEADER, FOOTER, BAR_HEIGHT = 0.62, 0.5, 0.75
NAMES = ("expected", "got", "got − expected")
INVISIBLE = 1e-6


@dataclass(frozen=True)
class Ringed:
    """The entry of the largest difference; `index` is None when there is no difference to see."""

    index: tuple[int, int] | None
    text: str


def ringed_entry(expected: Array, got: Array) -> Ringed:
    """Name the entry where `got` is furthest from `expected`; one that is not finite is further than any other."""
    vector = np.ndim(expected) == 1
    expected, got = _matrix(expected), _matrix(got)
    if expected.shape != got.shape:
        return Ringed(None, f"shape {got.shape}, expected {expected.shape}")
    if expected.size == 0:
        return Ringed(None, "empty")
    with np.errstate(all="ignore"):
        distance = np.abs(got - expected)
        scale = np.abs(expected[np.isfinite(expected)]).max(initial=0)
    # numpy takes NaN for the largest of all
    row, column = divmod(int(np.argmax(distance)), distance.shape[1])
    if distance[row, column] <= INVISIBLE * scale:
        return Ringed(None, "no difference to see")
    values = f"got {got[row, column]:.4g}, expected {expected[row, column]:.4g}"
    place = f"[{row}]" if vector else f"[{row}, {column}]"
    return Ringed((row, column), f"largest difference at {place}: {values}")


def draw_heat_maps(picture: HeatMaps) -> Figure:
    """Draw one row a panel, each on its own diverging scale centred on 0."""
    heights = [HEADER + max(_size(_matrix(want))[1], BAR_HEIGHT) + FOOTER for _, want, _ in picture.panels]
    drawn, paper = sheet(SHEET_WIDTH, max(sum(heights), 0.5))
    top = 0.0
    for (name, expected, got), height in zip(picture.panels, heights, strict=True):
        _draw_row(paper, top, name, expected, got, axes=(picture.rows, picture.columns))
        top += height
    return drawn


def _draw_row(paper: Axes, top: float, name: str, expected: Array, got: Array, *, axes: tuple[str, str]) -> None:
    worst, vector = ringed_entry(expected, got), np.ndim(expected) == 1
    expected, got = _matrix(expected), _matrix(got)
    paper.text(LEFT, top + 0.12, label(name, 22), weight="bold", size=10, va="center", color=INK)
    paper.text(LEFT + PITCH, top + 0.12, worst.text, size=9, va="center", color=MUTED)
    difference = got - expected if got.shape == expected.shape else np.full((1, 1), np.nan)
    shown = (expected, got, difference)
    limit = max(float(np.abs(m[np.isfinite(m)]).max(initial=0)) for m in shown) or 1.0
    for k, matrix in enumerate(shown):
        _draw_matrix(paper, LEFT + k * PITCH, top + HEADER, NAMES[k], matrix, limit, worst.index, numbered=not vector)
    _draw_bar(paper, top + HEADER, limit)
    width, height = _size(expected)
    rows, columns = (label(axis, 16) for axis in axes)
    if not vector:
        paper.text(
            LEFT + width / 2, top + HEADER + height + 0.3, columns, size=8, ha="center", va="center", color=MUTED
        )
    middle = top + HEADER + height / 2
    paper.text(LEFT - 0.32, middle, rows, size=8, ha="center", va="center", rotation=90, color=MUTED)


def _draw_matrix(
    paper: Axes,
    x: float,
    y: float,
    name: str,
    matrix: Array,
    limit: float,
    ringed: tuple[int, int] | None,
    *,
    numbered: bool,
) -> None:
    (m, n), (width, height) = matrix.shape, _size(matrix)
    paper.text(x, y - 0.13, name, size=9, va="center", color=INK)
    if matrix.size == 0:
        return
    paper.imshow(_coloured(matrix, limit), extent=(x, x + width, y + height, y), aspect="auto", interpolation="none")
    paper.plot([x, x + width, x + width, x, x], [y, y, y + height, y + height, y], color=MUTED, lw=0.6)
    # the one column of a vector has no number
    for column in {0, n - 1} if numbered else ():
        at = x + (column + 0.5) * width / n
        paper.text(at, y + height + 0.12, str(column), size=7.5, ha="center", va="center", color=MUTED)
    for row in {0, m - 1}:
        paper.text(x - 0.06, y + (row + 0.5) * height / m, str(row), size=7.5, ha="right", va="center", color=MUTED)
    if ringed is not None and ringed[0] < m and ringed[1] < n:
        place = [x + (ringed[1] + 0.5) * width / n], [y + (ringed[0] + 0.5) * height / m]
        for colour, thickness in (("#ffffff", 3.2), ("#111111", 1.4)):
            paper.plot(*place, "o", ms=11, mfc="none", mec=colour, mew=thickness)


def _draw_bar(paper: Axes, y: float, limit: float) -> None:
    shades = np.linspace(1, -1, 65)[:, None]
    extent = (BAR_AT, BAR_AT + 0.13, y + BAR_HEIGHT, y)
    paper.imshow(_coloured(shades, 1), extent=extent, aspect="auto", interpolation="none")
    for value, at in ((limit, 0.0), (0.0, 0.5), (-limit, 1.0)):
        text = f"{value:.3g}".replace("-", "−")
        paper.text(BAR_AT + 0.2, y + at * BAR_HEIGHT, text, size=8, va="center", color=MUTED)


def _coloured(matrix: Array, limit: float) -> Array:
    """Return RGBA bytes: red above 0, blue below, grey where there is no finite number."""
    from matplotlib import colormaps

    finite = np.isfinite(matrix)
    shares = np.clip(np.where(finite, matrix, 0), -limit, limit) / limit
    coloured: Array = colormaps["RdBu_r"](0.5 + 0.5 * shares, bytes=True)
    coloured[~finite] = (128, 128, 128, 255)
    return coloured


def _size(matrix: Array) -> tuple[float, float]:
    """Return width and height in inches: square entries where that is neither too small nor too large."""
    m, n = (max(k, 1) for k in matrix.shape)
    cell = min(PANEL_WIDTH / n, PANEL_HEIGHT / m, CELL)
    return max(n * cell, 0.3), max(m * cell, 0.3)


def _matrix(values: Array) -> Array:
    """Return `values` as a float matrix: a vector becomes a column, one number a single entry."""
    values = np.asarray(values, dtype=float)
    return values if values.ndim == 2 else values.reshape(len(values) if values.ndim else 1, -1)
