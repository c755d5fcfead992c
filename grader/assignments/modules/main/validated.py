"""What the watch inside tells of networks and figures, taken apart with suspicion: what has not its form is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

import numpy as np

from grader.model import Array
from grader.records import AtMost, Count, Numbers, records

NETWORKS, LAYERS, SERIES, SAMPLES, WIDTH, KEYS = 60, 100, 481, 16, 4096, 12_000
# passes, rows, output and gradient, numbers of a row
SLOPES = (120, 32, 2, 32)
FIGURES, AXES, LINES, TEXTS, POINTS, TEXT = 24, 12, 24, 24, 120, 200
Text = Annotated[str, AtMost(TEXT)]
Texts = Annotated[list[Text], AtMost(TEXTS)]
Series = Annotated[Array, Numbers(np.float64, (SERIES,))]
Keys = Annotated[Array, Numbers(np.int64, (KEYS,))]
Points = Annotated[Array, Numbers(np.float64, (POINTS,))]


class LayerRecord(TypedDict):
    """A layer: the class that it is, and how wide it is where it has weights (else 0)."""

    kind: Text
    inputs: Count
    outputs: Count


class Modes(TypedDict):
    """Rows that went forward with dropout on and off: in training, and when the network was only asked."""

    trained_on: Count
    trained_off: Count
    asked_on: Count
    asked_off: Count


class MeasuredNetwork(TypedDict):
    """A network, and what it was called for; without the rows that are needed only until it has been measured.

    `backwards` and `last` say how often and when it was trained, `distinct` and `held_out` how many rows were met in training
    and only asked about. `losses` are means of `loss_block` numbers each. Of `steps`, `fitted_count` have a rate that explains
    them, `fitted`; `named` are rates that the code calls so. `criterion` is the class that measured its loss.
    """

    index: Count
    cell: Count
    inputs: Count
    outputs: Count
    layers: Annotated[list[LayerRecord], AtMost(LAYERS)]
    criterion: Text
    backwards: Count
    last: Count
    trained_rows: Count
    asked_rows: Count
    distinct: Count
    held_out: Count
    modes: Modes
    losses: Series
    loss_block: Count
    asked_losses: Series
    steps: Count
    fitted: Series
    fitted_count: Count
    named: Series


class NetworkRecord(MeasuredNetwork):
    """The same as it comes from inside: with the keys of the rows that it met, and some of them as samples.

    Where no criterion was asked, `slopes` holds outputs and gradients of every so many passes (passes, rows, 2, k).
    """

    trained_keys: Keys
    held_out_keys: Keys
    slopes: Annotated[Array, Numbers(np.float32, SLOPES)]
    slopes_every: Count
    samples: Annotated[Array, Numbers(np.float32, (SAMPLES, WIDTH))]


class LineRecord(TypedDict):
    """A line of a plot: `look` is its colour, line and marker in one text, `points` how many it has in all."""

    label: Text
    look: Text
    x: Points
    y: Points
    points: Count


class AxesRecord(TypedDict):
    """A plot: what is written on it, its lines, and how many images it shows."""

    title: Text
    x_label: Text
    y_label: Text
    x_scale: Text
    y_scale: Text
    legend: Texts
    texts: Texts
    lines: Annotated[list[LineRecord], AtMost(LINES)]
    images: Count


class FigureRecord(TypedDict):
    """A figure with its plots."""

    axes: Annotated[list[AxesRecord], AtMost(AXES)]


def networks_in(value: Any) -> tuple[list[NetworkRecord], str]:
    """Return the networks in an answer, and what kept the watch from following them, if anything did."""
    if not isinstance(value, Mapping) or not isinstance(value.get("networks"), list):
        return [], ""
    fault = value.get("fault")
    return records(NetworkRecord, value["networks"], NETWORKS), fault[:TEXT] if isinstance(fault, str) else ""


def figures_in(value: Any) -> list[FigureRecord]:
    """Return the figures in an answer."""
    return records(FigureRecord, value, FIGURES)


def outputs_in(value: Any, rows: int) -> Array | None:
    """Return the outputs (rows, m) float32 in an answer, or None."""
    outputs = value.get("outputs") if isinstance(value, Mapping) else None
    if not isinstance(outputs, np.ndarray) or outputs.dtype != np.float32 or outputs.ndim != 2:
        return None
    return outputs if len(outputs) == rows and outputs.shape[1] <= WIDTH else None
