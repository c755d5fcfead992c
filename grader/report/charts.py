"""Points of a few classes and the line between them; curves over steps: axes, legend, nothing that is not finite."""

from __future__ import annotations

import numpy as np

from grader.model import Array, Curve, Scatter
from grader.report.ink import INK, SERIES, label
from grader.report.ticks import Ticks, decades, linear
from grader.report.written import ROW, Chart, Style, in_rows

POINT_LIMIT = 1500
LARGEST = 1e100
LEAST, TINY = 5e-324, 1e-200
MARKERS = "o^sDvPX*"
# a second way to tell curves apart, for print without colours
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.5), (1.5, 1.5), (6, 1.5, 1.5, 1.5))
LINE = Style(INK, width=1.2, dashes=(5, 3))
# room beside the points, of their extent
ROOM = 0.05


def draw_scatter(picture: Scatter, *, name: str) -> Chart:
    """Draw a mark a point, in colour and shape of its class, and the separating line where there is one."""
    points = np.asarray(picture.points, dtype=float).reshape(-1, 2)
    classes = np.asarray(picture.classes).reshape(-1)[: len(points)]
    points = points[: len(classes)]
    seen = np.isfinite(points).all(axis=1)
    points, classes = points[seen].clip(-LARGEST, LARGEST), classes[seen]
    x, y = _limits(points)
    styles = [
        Style(SERIES[k % len(SERIES)], MARKERS[k % len(MARKERS)], size=3.6, opacity=0.75)
        for k in range(len(picture.class_names))
    ]
    entries = [(label(title, 30), style) for title, style in zip(picture.class_names, styles, strict=True)]
    ends = _separating_line(x, y, picture.line) if picture.line is not None else []
    rows = in_rows([*entries, *([("separating line", LINE)] if ends else [])], 320)
    more = ROW * max(len(rows) - 1, 0)
    chart = Chart(name, 374.4, 288 + more, left=54, top=32.4 + more, right=14.4, bottom=43.2, x=x, y=y)
    for k, style in enumerate(styles):
        chart.draw(_thinned(points[classes == k]).tolist(), style)
    if not len(points):
        chart.say("no finite points to show")
    if ends:
        chart.draw(ends, LINE)
    chart.dress(picture.x_label, picture.y_label, grid=False)
    chart.legend(rows)
    return chart


def _limits(points: Array) -> tuple[Ticks, Ticks]:
    if not len(points):
        return linear(0, 1), linear(0, 1)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(0.06 * (high - low), 1e-3 * np.maximum(np.abs(high), 1e-3))
    (x0, y0), (x1, y1) = (low - room).tolist(), (high + room).tolist()
    return linear(x0, x1), linear(y0, y1)


def _separating_line(x: Ticks, y: Ticks, line: tuple[float, float, float]) -> list[tuple[float, float]]:
    """Return the ends of a line, none of one that is not there."""
    a, b, c = line
    if not np.isfinite(line).all() or (a == 0 and b == 0):
        return []
    with np.errstate(all="ignore"):
        # solved for the coordinate along which the line is the flatter one in the picture
        if abs(b) * (y.high - y.low) >= abs(a) * (x.high - x.low):
            ends = np.array([[each, -(a * each + c) / np.float64(b)] for each in (x.low, x.high)])
        else:
            ends = np.array([[-(b * each + c) / np.float64(a), each] for each in (y.low, y.high)])
    if not np.isfinite(ends).all() or np.abs(ends).max() > LARGEST:
        return []
    return [(each[0], each[1]) for each in ends.tolist()]


def draw_curve(picture: Curve, *, name: str) -> Chart:
    """Draw a line a series, on a logarithmic axis where the values span two decades."""
    names = [label(title, 30) for title, _ in picture.series]
    columns = min(3, max(1, int(4.4 / (0.6 + 0.085 * max(map(len, names), default=0)))))
    rows = -(-len(names) // columns) if len(names) > 1 else 0
    shown = [_finite(picture.x, values) for _, values in picture.series]
    x, y = _curve_limits(shown)
    chart = Chart(name, 374.4, 212.4 + ROW * rows, left=54, top=10.8 + ROW * rows, right=14.4, bottom=43.2, x=x, y=y)
    entries = []
    for k, (title, (across, up)) in enumerate(zip(names, shown, strict=True)):
        mark = MARKERS[k % len(MARKERS)] if len(across) < 12 else ""
        style = Style(SERIES[k % len(SERIES)], mark, size=4.0, width=1.8, dashes=DASHES[k % len(DASHES)])
        chart.draw(list(zip(across.tolist(), up.tolist(), strict=True)), style)
        entries.append((title, style))
    if not any(len(up) for _, up in shown):
        chart.say("no finite values to show")
    chart.dress(picture.x_label, picture.y_label, grid=True)
    if rows:
        chart.legend([entries[k : k + columns] for k in range(0, len(entries), columns)], is_table=True)
    return chart


def _curve_limits(shown: list[tuple[Array, Array]]) -> tuple[Ticks, Ticks]:
    across = np.concatenate([np.zeros(0), *(x for x, _ in shown)])
    heights = np.concatenate([np.zeros(0), *(y for _, y in shown)])
    if not len(heights):
        return linear(0, 1), linear(0, 1)
    # epochs are counted: no tick at half of one
    x = linear(*_with_room(across), integer=bool(np.ptp(across) >= 1))
    low, high = float(heights.min()), float(heights.max())
    if low > 0 and np.log10(high) - np.log10(low) >= 2:
        room = ROOM * (np.log10(high) - np.log10(low))
        return x, decades(max(float(10 ** (np.log10(low) - room)), LEAST), float(10 ** (np.log10(high) + room)))
    return x, linear(*_with_room(heights))


def _with_room(values: Array) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    extent, largest = high - low, max(abs(low), abs(high))
    if extent <= 1e-9 * largest or extent < TINY:
        extent = largest if largest > TINY else 1.0
    return low - ROOM * extent, high + ROOM * extent


def _finite(x: Array, y: Array) -> tuple[Array, Array]:
    n = min(np.size(x), np.size(y))
    pairs = np.stack([np.ravel(x)[:n], np.ravel(y)[:n]], axis=1).astype(float)
    pairs = _thinned(pairs[np.isfinite(pairs).all(axis=1)]).clip(-LARGEST, LARGEST)
    return pairs[:, 0], pairs[:, 1]


def _thinned(rows: Array) -> Array:
    step = max(1, -(-len(rows) // POINT_LIMIT))
    return rows[::step]


def in_words(name: str, values: Array) -> str:
    """Say in words where a series begins, ends, and how low it gets."""
    finite = np.ravel(values)[np.isfinite(np.ravel(values))]
    lost = np.size(values) - len(finite)
    tail = f" Left out: {lost} that {'is' if lost == 1 else 'are'} not finite." if lost else ""
    if len(finite) == 0:
        return f"{name}: no finite values."
    return f"{name}: from {finite[0]:.4g} to {finite[-1]:.4g}, lowest {finite.min():.4g}.{tail}"
