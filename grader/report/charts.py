"""Points of a few classes and the line between them; curves over steps: axes, legend, nothing that is not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.model import Array, Curve, Scatter
from grader.report.ink import GRID, INK, MUTED, SERIES, axes, figure, label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINT_LIMIT = 1500
LARGEST = 1e100
MARKERS = "o^sDvPX*"
# a second way to tell curves apart, for print without colours
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)))


def draw_scatter(picture: Scatter) -> Figure:
    """Draw a mark a point, in colour and shape of its class, and the separating line where there is one."""
    points = np.asarray(picture.points, dtype=float).reshape(-1, 2)
    classes = np.asarray(picture.classes).reshape(-1)[: len(points)]
    points = points[: len(classes)]
    seen = np.isfinite(points).all(axis=1)
    points, classes = points[seen].clip(-LARGEST, LARGEST), classes[seen]
    drawn = figure(5.2, 4.0)
    plot = axes(drawn, left=0.75, bottom=0.6, right=0.2, top=0.45)
    for k, name in enumerate(picture.class_names):
        x, y = _thinned(points[classes == k]).T
        marker, colour = MARKERS[k % len(MARKERS)], SERIES[k % len(SERIES)]
        plot.plot(x, y, marker, color=colour, ms=3.6, mew=0, alpha=0.75, label=label(name, 30))
    _limits(plot, points)
    if picture.line is not None:
        _separating_line(plot, picture.line)
    _dress(plot, picture.x_label, picture.y_label, grid=False)
    return drawn


def _limits(plot: Axes, points: Array) -> None:
    if len(points):
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.maximum(0.06 * (high - low), 1e-3 * np.maximum(np.abs(high), 1e-3))
        plot.set_xlim(low[0] - room[0], high[0] + room[0])
        plot.set_ylim(low[1] - room[1], high[1] + room[1])
    else:
        plot.text(0.5, 0.5, "no finite points to show", ha="center", va="center", color=MUTED, transform=plot.transAxes)


def _separating_line(plot: Axes, line: tuple[float, float, float]) -> None:
    a, b, c = line
    (x0, x1), (y0, y1) = plot.get_xlim(), plot.get_ylim()
    if not np.isfinite(line).all() or (a == 0 and b == 0):
        return
    with np.errstate(all="ignore"):
        # solved for the coordinate along which the line is the flatter one in the picture
        if abs(b) * (y1 - y0) >= abs(a) * (x1 - x0):
            ends = np.array([[x0, -(a * x0 + c) / b], [x1, -(a * x1 + c) / b]])
        else:
            ends = np.array([[-(b * y0 + c) / a, y0], [-(b * y1 + c) / a, y1]])
    if np.isfinite(ends).all() and np.abs(ends).max() <= LARGEST:
        plot.plot(*ends.T, color=INK, lw=1.2, dashes=(5, 3), label="separating line", scalex=False, scaley=False)


def draw_curve(picture: Curve) -> Figure:
    """Draw a line a series, on a logarithmic axis where the values span two decades."""
    from matplotlib.ticker import MaxNLocator

    names = [label(name, 30) for name, _ in picture.series]
    columns = min(3, max(1, int(4.4 / (0.6 + 0.085 * max(map(len, names), default=0)))))
    lines = -(-len(names) // columns) if len(names) > 1 else 0
    drawn = figure(5.2, 2.95 + 0.25 * lines)
    plot = axes(drawn, left=0.75, bottom=0.6, right=0.2, top=0.15 + 0.25 * lines)
    shown = [_finite(picture.x, values) for _, values in picture.series]
    for k, (name, (x, y)) in enumerate(zip(names, shown, strict=True)):
        marker = MARKERS[k % len(MARKERS)] if len(x) < 12 else None
        plot.plot(
            x, y, marker=marker, ms=4, color=SERIES[k % len(SERIES)], lw=1.8, ls=DASHES[k % len(DASHES)], label=name
        )
    if any(np.ptp(x) >= 1 for x, _ in shown if len(x)):
        # epochs are counted: no tick at half of one
        plot.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    heights = np.concatenate([np.zeros(0), *(y for _, y in shown)])
    if len(heights) == 0:
        plot.text(0.5, 0.5, "no finite values to show", ha="center", va="center", color=MUTED, transform=plot.transAxes)
    elif heights.min() > 0 and heights.max() / heights.min() >= 100:
        plot.set_yscale("log")
        plot.yaxis.set_major_formatter("{x:g}")
        plot.minorticks_off()
    _dress(plot, picture.x_label, picture.y_label, grid=True, columns=columns if lines else 0)
    return drawn


def _finite(x: Array, y: Array) -> tuple[Array, Array]:
    n = min(np.size(x), np.size(y))
    pairs = np.stack([np.ravel(x)[:n], np.ravel(y)[:n]], axis=1).astype(float)
    pairs = _thinned(pairs[np.isfinite(pairs).all(axis=1)]).clip(-LARGEST, LARGEST)
    return pairs[:, 0], pairs[:, 1]


def _thinned(rows: Array) -> Array:
    step = max(1, -(-len(rows) // POINT_LIMIT))
    return rows[::step]


def _dress(plot: Axes, x_label: str, y_label: str, *, grid: bool, columns: int = 3) -> None:
    plot.set_xlabel(label(x_label, 50), color=INK, labelpad=6)
    plot.set_ylabel(label(y_label, 30), color=INK, labelpad=6)
    if grid:
        plot.grid(axis="y", color=GRID, lw=0.6)
        plot.set_axisbelow(True)
    if columns and (handles := plot.get_legend_handles_labels()[0]):
        shown = plot.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=columns, frameon=False
        )
        for text in shown.get_texts():
            text.set_color(INK)


def in_words(name: str, values: Array) -> str:
    """Say in words where a series begins, ends, and how low it gets."""
    finite = np.ravel(values)[np.isfinite(np.ravel(values))]
    lost = np.size(values) - len(finite)
    tail = f" Left out: {lost} that {'is' if lost == 1 else 'are'} not finite." if lost else ""
    if len(finite) == 0:
        return f"{name}: no finite values."
    return f"{name}: from {finite[0]:.4g} to {finite[-1]:.4g}, lowest {finite.min():.4g}.{tail}"
