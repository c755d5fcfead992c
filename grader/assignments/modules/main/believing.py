"""What the watch inside tells of networks and figures, taken apart with suspicion: what has not its form is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

NETWORKS, LAYERS, SERIES, SAMPLES, WIDTH, KEYS = 60, 100, 481, 16, 4096, 12_000
FIGURES, AXES, LINES, TEXTS, POINTS, TEXT = 24, 12, 24, 24, 120, 200
LARGEST = 2**53


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


def has_form(rule: Any, value: Any) -> bool:
    """Tell whether a value has a form: (longest, form of entries) for a list, a dict of forms, or a question."""
    if isinstance(rule, dict):
        return (
            isinstance(value, Mapping)
            and rule.keys() == value.keys()
            and all(has_form(rule[k], value[k]) for k in rule)
        )
    if isinstance(rule, tuple):
        return isinstance(value, list) and len(value) <= rule[0] and all(has_form(rule[1], each) for each in value)
    return bool(rule(value))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < LARGEST


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT


def _is_series(most: int, dtype: Any = np.float64) -> Callable[[Any], bool]:
    def is_series(value: Any) -> bool:
        return isinstance(value, np.ndarray) and value.dtype == dtype and value.ndim == 1 and len(value) <= most

    return is_series


def _is_samples(value: Any) -> bool:
    return (
        isinstance(value, np.ndarray)
        and value.dtype == np.float32
        and value.ndim == 2
        and len(value) <= SAMPLES
        and value.shape[1] <= WIDTH
    )


COUNTS = (
    *("index", "cell", "inputs", "outputs", "backwards", "last", "trained_rows", "asked_rows", "distinct", "held_out"),
    *("loss_block", "steps", "fitted_count"),
)
SERIES_OF = ("losses", "asked_losses", "fitted", "named")
NETWORK = {
    **dict.fromkeys(COUNTS, _is_count),
    **dict.fromkeys(SERIES_OF, _is_series(SERIES)),
    "layers": (LAYERS, {"kind": _is_text, "inputs": _is_count, "outputs": _is_count}),
    "criterion": _is_text,
    **dict.fromkeys(("trained_keys", "held_out_keys"), _is_series(KEYS, np.int64)),
    "modes": dict.fromkeys(("trained_on", "trained_off", "asked_on", "asked_off"), _is_count),
    "samples": _is_samples,
}
LINE = {"label": _is_text, "look": _is_text, "x": _is_series(POINTS), "y": _is_series(POINTS), "points": _is_count}
FIGURE = {
    "axes": (
        AXES,
        {
            **dict.fromkeys(("title", "x_label", "y_label", "x_scale", "y_scale"), _is_text),
            "legend": (TEXTS, _is_text),
            "texts": (TEXTS, _is_text),
            "lines": (LINES, LINE),
            "images": _is_count,
        },
    )
}
