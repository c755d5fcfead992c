"""What the watch inside tells of networks and figures, taken apart with suspicion: what has not its form is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.forms import array, has_form, is_count, text

NETWORKS, LAYERS, SERIES, SAMPLES, WIDTH, KEYS = 60, 100, 481, 16, 4096, 12_000
FIGURES, AXES, LINES, TEXTS, POINTS, TEXT = 24, 12, 24, 24, 120, 200


def networks_in(value: Any) -> tuple[list[dict[str, Any]], str]:
    """Return the networks in an answer, and what kept the watch from following them, if anything did."""
    if not isinstance(value, Mapping) or not isinstance(value.get("networks"), list):
        return [], ""
    fault = value.get("fault")
    believed = [each for each in value["networks"][:NETWORKS] if has_form(NETWORK, each)]
    return believed, fault[:TEXT] if isinstance(fault, str) else ""


def figures_in(value: Any) -> list[dict[str, Any]]:
    """Return the figures in an answer."""
    return [each for each in value[:FIGURES] if has_form(FIGURE, each)] if isinstance(value, list) else []


def outputs_in(value: Any, rows: int) -> np.ndarray[Any, Any] | None:
    """Return the outputs (rows, m) float32 in an answer, or None."""
    outputs = value.get("outputs") if isinstance(value, Mapping) else None
    if not isinstance(outputs, np.ndarray) or outputs.dtype != np.float32 or outputs.ndim != 2:
        return None
    return outputs if len(outputs) == rows and outputs.shape[1] <= WIDTH else None


_TEXT, _SERIES = text(TEXT), array(np.float64, SERIES)
_POINTS = array(np.float64, POINTS)
COUNTS = (
    *("index", "cell", "inputs", "outputs", "backwards", "last", "trained_rows", "asked_rows", "distinct", "held_out"),
    *("loss_block", "steps", "fitted_count"),
)
SERIES_OF = ("losses", "asked_losses", "fitted", "named")
NETWORK = {
    **dict.fromkeys(COUNTS, is_count),
    **dict.fromkeys(SERIES_OF, _SERIES),
    "layers": (LAYERS, {"kind": _TEXT, "inputs": is_count, "outputs": is_count}),
    "criterion": _TEXT,
    **dict.fromkeys(("trained_keys", "held_out_keys"), array(np.int64, KEYS)),
    "modes": dict.fromkeys(("trained_on", "trained_off", "asked_on", "asked_off"), is_count),
    "samples": array(np.float32, SAMPLES, WIDTH),
}
LINE = {"label": _TEXT, "look": _TEXT, "x": _POINTS, "y": _POINTS, "points": is_count}
FIGURE = {
    "axes": (
        AXES,
        {
            **dict.fromkeys(("title", "x_label", "y_label", "x_scale", "y_scale"), _TEXT),
            "legend": (TEXTS, _TEXT),
            "texts": (TEXTS, _TEXT),
            "lines": (LINES, LINE),
            "images": is_count,
        },
    )
}
