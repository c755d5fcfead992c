"""Which class was taken for which: a table of counts, blue where it is right, orange where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.model import Array, Confusion
from grader.report.ink import GRID, INK, MUTED, label, sheet
from grader.text import counted, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL_WIDTH, CELL_HEIGHT, GAP = 0.5, 0.36, 0.02
LEFT, TOP, RIGHT, BOTTOM = 0.75, 0.62, 0.75, 0.1
# light to dark; words on them are dark or light, whatever the page
RIGHT_SHADES = ("#d6e6f4", "#0b4a86")
WRONG_SHADES = ("#fff1e2", "#e06a0a")
DARK, LIGHT = "#10151c", "#ffffff"
NAMED = 3


def mix_ups(picture: Confusion) -> str:
    """Say how many were right, and which classes were mixed up most often."""
    counts = _counts(picture)
    right, whole = int(np.trace(counts)), int(counts.sum())
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:NAMED]
    places = [divmod(int(at), len(counts)) for at in order if wrong.flat[at]]
    names = [printable(name) for name in picture.labels]
    said = [f"{names[row]} taken for {names[column]} ({counted(wrong[row, column], 'time')})" for row, column in places]
    return f"{right} of {whole} are right." + (f" Most often: {', '.join(said)}." if said else "")


def draw_confusion(picture: Confusion) -> Figure:
    """Draw the counts, truth in rows and what it was taken for in columns, and the share that is right of each row."""
    counts = _counts(picture)
    k = len(counts)
    drawn, paper = sheet(LEFT + k * CELL_WIDTH + RIGHT, TOP + k * CELL_HEIGHT + BOTTOM)
    most = counts - np.diag(np.diag(counts))
    for row in range(k):
        for column in range(k):
            shades, limit = (RIGHT_SHADES, counts) if row == column else (WRONG_SHADES, most)
            _draw_cell(paper, row, column, int(counts[row, column]), int(limit.max()), shades)
    _draw_names(paper, [label(name, 6) for name in picture.labels])
    _draw_shares(paper, counts)
    return drawn


def _draw_cell(paper: Axes, row: int, column: int, count: int, limit: int, shades: tuple[str, str]) -> None:
    from matplotlib.patches import Rectangle

    x, y = LEFT + column * CELL_WIDTH, TOP + row * CELL_HEIGHT
    # the root, so that rare ones are seen too
    strength = (count / limit) ** 0.5 if count else 0.0
    colour = _between(*shades, strength) if count else "none"
    place = (x + GAP, y + GAP)
    paper.add_patch(
        Rectangle(place, CELL_WIDTH - 2 * GAP, CELL_HEIGHT - 2 * GAP, fc=colour, ec="none" if count else GRID, lw=0.5)
    )
    ink = MUTED if not count else LIGHT if row == column and strength > 0.55 else DARK
    size = 9 if count < 10_000 else 7
    paper.text(x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2, str(count), size=size, ha="center", va="center", color=ink)


def _draw_names(paper: Axes, names: list[str]) -> None:
    across, down = LEFT + len(names) * CELL_WIDTH / 2, TOP + len(names) * CELL_HEIGHT / 2
    paper.text(across, 0.14, "taken for", size=10, ha="center", va="center", color=MUTED)
    paper.text(0.14, down, "true digit", size=10, ha="center", va="center", rotation=90, color=MUTED)
    for k, name in enumerate(names):
        at = LEFT + (k + 0.5) * CELL_WIDTH
        paper.text(at, TOP - 0.16, name, size=10, weight="bold", ha="center", va="center", color=INK)
        at = TOP + (k + 0.5) * CELL_HEIGHT
        paper.text(LEFT - 0.16, at, name, size=10, weight="bold", ha="center", va="center", color=INK)


def _draw_shares(paper: Axes, counts: Array) -> None:
    x = LEFT + len(counts) * CELL_WIDTH + RIGHT - 0.12
    paper.text(x, TOP - 0.16, "right", size=9, ha="right", va="center", color=MUTED)
    for row, each in enumerate(counts):
        if each.sum():
            share = f"{100 * each[row] / each.sum():.0f} %"
            at = TOP + (row + 0.5) * CELL_HEIGHT
            paper.text(x, at, share, size=9, ha="right", va="center", color=INK)


def _between(light: str, dark: str, share: float) -> tuple[float, ...]:
    """Return the colour that lies `share` of the way from `light` to `dark`."""
    ends = [[int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)] for colour in (light, dark)]
    return tuple(round(a + (b - a) * share, 3) for a, b in zip(*ends, strict=True))


def _counts(picture: Confusion) -> Array:
    counts = np.asarray(picture.counts)
    k = len(picture.labels)
    if counts.shape != (k, k) or counts.dtype.kind not in "iu" or counts.min(initial=0) < 0:
        raise ValueError(f"counts must be whole numbers of shape {(k, k)}")
    return counts.astype(np.int64)
