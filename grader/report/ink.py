"""The sheet that pictures are drawn on: its size, its axes, and colours that follow the page, light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# drawn in these, then replaced by what the page says
INK, MUTED, GRID = "#010203", "#010204", "#010205"
SERIES = ("#010211", "#010212", "#010213", "#010214", "#010215", "#010216")
PAGE_COLOURS = {
    INK: "currentColor",
    MUTED: "var(--plot-muted, #667085)",
    GRID: "var(--plot-grid, #d5d9e0)",
    # Okabe and Ito's palette, which colour-blind readers can tell apart
    SERIES[0]: "var(--plot-1, #0072b2)",
    SERIES[1]: "var(--plot-2, #d55e00)",
    SERIES[2]: "var(--plot-3, #009e73)",
    SERIES[3]: "var(--plot-4, #cc79a7)",
    SERIES[4]: "var(--plot-5, #e69f00)",
    SERIES[5]: "var(--plot-6, #56b4e9)",
}


def figure(width: float, height: float) -> Figure:
    """Return an empty transparent figure of `width` by `height` inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=72, facecolor="none", edgecolor="none")


def axes(drawn: Figure, *, left: float, bottom: float, right: float, top: float) -> Axes:
    """Return axes that leave these margins in inches, with two spines and few ticks."""
    width, height = drawn.get_size_inches()
    box = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    plot = drawn.add_axes(box, facecolor="none")
    plot.spines[["top", "right"]].set_visible(False)
    plot.spines[["left", "bottom"]].set_color(MUTED)
    plot.tick_params(color=MUTED, labelcolor=INK, labelsize=9)
    plot.locator_params(nbins=5)
    return plot


def sheet(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure and one axes without ticks that covers it, measured in inches from the top left corner."""
    drawn = figure(width, height)
    plot = drawn.add_axes((0, 0, 1, 1), facecolor="none")
    plot.set_axis_off()
    plot.set_xlim(0, width)
    plot.set_ylim(height, 0)
    plot.set_autoscale_on(False)
    return drawn, plot


def label(text: str, length: int) -> str:
    """Return `text` harmless and cut to `length` characters; a blank where there is none, since a legend needs one."""
    shown = printable(text)
    return (shown if len(shown) <= length else f"{shown[: length - 1]}…") or " "
