"""Pictures as inline SVG: the same bytes for the same data, readable on dark and light pages, no script, no link.

Text stays text in the page's own font. Colours that depend on the page are written as CSS variables. matplotlib is
imported by the functions that draw, because that takes half a second; charts are written without it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.model import Confusion, Curve, HeatMaps, ImageGrid, ImageScatter, Picture, Scatter
from grader.report.charts import draw_curve, draw_scatter, in_words
from grader.report.confusion import draw_confusion, mix_ups
from grader.report.heatmaps import draw_heat_maps, ringed_entry
from grader.report.images import draw_image_grid, draw_image_scatter, grid_words, scatter_words
from grader.report.inline import element, inline
from grader.text import counted

STYLE: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "mlpgrader", "text.parse_math": False}
# rc parameters belong to the whole process, so only one thread draws at a time
_DRAWING = threading.Lock()


def svg(picture: Picture, *, name: str) -> str:
    """Return `picture` as an ``<svg>`` element; `name` is unique in the page and starts every id in it."""
    if isinstance(picture, Scatter | Curve):
        chart = draw_curve(picture, name=name) if isinstance(picture, Curve) else draw_scatter(picture, name=name)
        body = f"{chart.body()}</svg>"
        words = describe(picture)
        return element(body, chart.width / 72, chart.height / 72, name=name, title=picture.title, description=words)
    with _drawing():
        match picture:
            case HeatMaps():
                drawn = draw_heat_maps(picture)
            case Confusion():
                drawn = draw_confusion(picture)
            case ImageGrid():
                drawn = draw_image_grid(picture)
            case ImageScatter():
                drawn = draw_image_scatter(picture)
        return inline(drawn, name=name, title=picture.title, description=describe(picture))


def needs_matplotlib(picture: Picture) -> bool:
    """Tell whether a picture is drawn by matplotlib."""
    return not isinstance(picture, Scatter | Curve)


def describe(picture: Picture) -> str:
    """Return what the picture shows in a few sentences, for those who cannot see it."""
    match picture:
        case HeatMaps():
            return " ".join(f"{label}: {ringed_entry(expected, got).text}." for label, expected, got in picture.panels)
        case Scatter():
            counts = [int(np.sum(picture.classes == k)) for k in range(len(picture.class_names))]
            named = ", ".join(
                f"{name} ({counted(n, 'point')})" for name, n in zip(picture.class_names, counts, strict=True)
            )
            return f"{named}, over {picture.x_label} and {picture.y_label}."
        case Curve():
            return " ".join(in_words(name, values) for name, values in picture.series)
        case Confusion():
            return mix_ups(picture)
        case ImageGrid():
            return grid_words(picture)
        case ImageScatter():
            return scatter_words(picture)


def caption(picture: Picture) -> str:
    """Return how the picture is read, or for a curve or a confusion what it says; empty where it speaks for itself."""
    match picture:
        case HeatMaps():
            broken = any(not np.isfinite(np.asarray(got, dtype=float)).all() for _, _, got in picture.panels)
            grey = ", grey what is not a finite number" if broken else ""
            return f"Red is above zero, blue below{grey}. The ring marks the entry that is furthest off."
        case Scatter():
            return "Each mark is one point." + (" The dashed line separates the classes best." if picture.line else "")
        case Curve():
            return describe(picture)
        case Confusion():
            return f"Blue is right, orange a mix-up: the stronger, the more often. {mix_ups(picture)}"
        case ImageGrid():
            return ""
        case ImageScatter():
            return "Each digit stands where its code puts it; its colour says which digit it is."


def warm_up() -> None:
    """Load matplotlib and draw a small picture, so that the first real one does not wait for it."""
    svg(Confusion("", np.eye(2, dtype=int), ("", "")), name="warm")


@contextmanager
def _drawing() -> Iterator[None]:
    import matplotlib

    # a reader's own matplotlibrc must not change a report
    style: dict[Any, Any] = {k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith("backend")}
    with _DRAWING, matplotlib.rc_context({**style, **STYLE}), np.errstate(all="ignore"):
        yield
