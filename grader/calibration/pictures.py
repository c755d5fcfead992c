"""The plots of a calibration as PNG: which bug each check catches, and how far right and wrong are from the thresholds."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.calibration.summary import Calibration, patterns
from grader.calibration.thresholds import ThresholdRoom, thresholds
from grader.calibration.trial import Tried
from grader.model import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DOTS = 110
RIGHT, WRONG, BLOCKED, QUIET, LINE = "#0072b2", "#d55e00", "#f3c9a5", "#eef1f4", "#667085"
SHADES = {None: 0, Verdict.PASSED: 1, Verdict.BLOCKED: 2, Verdict.FAILED: 3, Verdict.UNDECIDED: 4}
COLOURS = ("#ffffff", QUIET, BLOCKED, WRONG, "#000000")


def plots(calibration: Calibration) -> Mapping[str, bytes]:
    """Return the plots of one assignment: name of the file -> PNG. What was not measured has none."""
    drawn = {}
    with _drawing():
        if calibration.wrong:
            drawn[matrix_name(calibration)] = _png(_matrix(calibration))
        if rooms := [room for room in thresholds(calibration) if room.right]:
            drawn[thresholds_name(calibration)] = _png(_thresholds(rooms))
    return drawn


def matrix_name(calibration: Calibration) -> str:
    """Return the name of the file with the detection matrix."""
    return f"{calibration.assignment}-matrix.png"


def thresholds_name(calibration: Calibration) -> str:
    """Return the name of the file with the thresholds."""
    return f"{calibration.assignment}-thresholds.png"


def _matrix(calibration: Calibration) -> Figure:
    """Draw a row for each bug, those that lose the same beside one another, and a column for each check."""
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

    names = calibration.names
    rows = [each for _, those in patterns(calibration) for each in those]
    shades = np.array([[SHADES[each.verdicts.get(name)] for name in names] for each in rows])
    height = max(3.2, len(rows) * 0.045)
    figure = Figure(figsize=(0.24 * len(names) + 2.6, height + 1.9), dpi=DOTS, layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shades, cmap=ListedColormap(COLOURS), vmin=0, vmax=4, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    places, labels = _by_item(calibration, rows, axes)
    axes.set_yticks(places, labels, fontsize=8)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(
        "a row for each bug: orange failed,\npale blocked by a check before it, white not asked", fontsize=8
    )
    return figure


def _by_item(calibration: Calibration, rows: list[Tried], axes: Axes) -> tuple[list[float], list[str]]:
    """Draw lines between the items that bugs lose first, and return where their labels stand."""
    items = [_first_item(calibration, each) for each in rows]
    starts = [k for k in range(len(items)) if k == 0 or items[k] != items[k - 1]]
    places, labels = [], []
    for start, end in zip(starts, [*starts[1:], len(items)], strict=True):
        places.append((start + end - 1) / 2)
        labels.append(f"{items[start]} ({end - start})")
        if start:
            axes.axhline(start - 0.5, color=LINE, linewidth=0.8)
    column = 0
    for names in calibration.checks.values():
        column += len(names)
        axes.axvline(column - 0.5, color="white", linewidth=1.6)
    return places, labels


def _first_item(calibration: Calibration, tried: Tried) -> str:
    lost = tried.lost_checks
    return next((item for item, names in calibration.checks.items() if lost.intersection(names)), "not caught")


def _thresholds(rooms: list[ThresholdRoom]) -> Figure:
    """Draw a strip for each threshold: where right gradings and bugs turn, and where the rubric draws the line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 1.25 * len(rooms) + 0.4), dpi=DOTS, layout="constrained")
    for axes, room in zip(np.atleast_1d(figure.subplots(len(rooms), 1)), rooms, strict=True):
        values = np.array([*room.right, *room.wrong, room.value])
        rng = np.random.default_rng(1)
        for height, turning, colour in ((1, room.right, RIGHT), (0, room.wrong, WRONG)):
            spread = rng.uniform(-0.25, 0.25, len(turning))
            axes.scatter(turning, height + spread, s=9, color=colour, alpha=0.6, linewidths=0)
        axes.axvline(room.value, color="black", linewidth=1.2)
        if values.min() > 0 and values.max() > 100 * values.min():
            axes.set_xscale("log")
        axes.set_yticks([0, 1], [f"bugs ({len(room.wrong)})", f"right ({len(room.right)})"], fontsize=8)
        axes.set_ylim(-0.6, 1.6)
        axes.tick_params(labelsize=8)
        stricter = "stricter" if room.stricter > 0 else "milder"
        axes.set_title(f"{room.check}: {room.name} {room.value:g} (larger is {stricter})", fontsize=9, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _png(figure: Figure) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="png", facecolor="white", metadata={"Software": None})
    return content.getvalue()


@contextmanager
def _drawing() -> Iterator[None]:
    import matplotlib

    # a reader's own matplotlibrc must not change a plot
    style: dict[Any, Any] = {k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith("backend")}
    with matplotlib.rc_context(style):
        yield
