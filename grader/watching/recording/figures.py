"""Figures that a notebook draws, looked at as data: lines, labels, legends and scales, before they are closed."""

from __future__ import annotations

import functools
from collections import deque
from typing import Any

from numpy import asarray, empty, float64, linspace, ndarray

# of the figures of a cell, the last ones; of a figure, so much
FIGURES, AXES, LINES, TEXTS, POINTS = 24, 12, 24, 24, 120
TEXT = 200


class Figures:
    """Holds the last figures that were made, until they have been described."""

    def __init__(self) -> None:
        self._held: deque[Any] = deque(maxlen=FIGURES)

    def watch(self) -> None:
        """Hold every figure that is made from now on; without matplotlib there are none."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            return
        original, held = Figure.__init__, self._held

        @functools.wraps(original)
        def make(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            held.append(self)

        Figure.__init__ = make  # type: ignore[method-assign]

    def described(self) -> list[dict[str, Any]]:
        """Return what is in the figures that were made since the last call and have anything drawn, and let go of them."""
        figures = list(self._held)
        self._held.clear()
        return [{"axes": axes} for figure in figures if (axes := [_axes(each) for each in figure.axes[:AXES]])]


def _axes(axes: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    outside = [text for each in axes.figure.legends for text in each.get_texts()]
    titles = [axes.get_title(), axes.get_title(loc="left"), axes.get_title(loc="right")]
    return {
        "title": _text(next((title for title in titles if title), "")),
        "x_label": _text(axes.get_xlabel()),
        "y_label": _text(axes.get_ylabel()),
        "x_scale": _text(axes.get_xscale()),
        "y_scale": _text(axes.get_yscale()),
        "legend": [_text(text.get_text()) for text in [*(legend.get_texts() if legend else []), *outside][:TEXTS]],
        "texts": [_text(text.get_text()) for text in axes.texts[:TEXTS]],
        "lines": [_line(line) for line in axes.get_lines()[:LINES]],
        "images": len(axes.images),
    }


def _line(line: Any) -> dict[str, Any]:
    label = _text(line.get_label())
    x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
    return {
        "label": "" if label.startswith("_") else label,
        "look": _text(f"{line.get_color()} {line.get_linestyle()} {line.get_marker()}"),
        "x": _thinned(x),
        "y": _thinned(y),
        "points": int(min(len(x), len(y))),
    }


def _thinned(values: Any) -> ndarray[Any, Any]:
    try:
        array: ndarray[Any, Any] = asarray(values, dtype=float64).ravel()
    except (TypeError, ValueError):
        return empty(0)
    if len(array) <= POINTS:
        return array
    return array.take(linspace(0, len(array) - 1, POINTS).round().astype(int))


def _text(value: Any) -> str:
    return str(value)[:TEXT]
