"""Pictures of what the networks of a main notebook do, for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.datasets.digits.answers import estimates
from grader.datasets.digits.pictures import as_paper, grid, lines_of
from grader.model import Array, Curve, Picture, Scatter

SHOWN, COLUMNS = 24, 8
POSITIONS = 100
CURVES = 12
SURE = 30.0


def toy_pictures(measured: Mapping[str, Any] | None, network: nets.Network | None) -> list[Picture]:
    """Return the fresh points with the line where the toy model holds both classes for as likely, and its losses."""
    pictures: list[Picture] = []
    if measured and measured["output"] is not None:
        points, line = measured["points"], boundary(measured["points"], measured["output"])
        names, words = (
            ("around (2, 2)", "around (-2, -2)"),
            "Fresh points, and the line between the toy model's classes",
        )
        pictures.append(Scatter(words, points, measured["which"].astype(np.int64), names, "x", "y", line))
    if network is not None:
        pictures += loss_curves([("toy model", network)], "Loss of the toy model")
    return pictures


def boundary(points: Array, output: Array) -> tuple[float, float, float] | None:
    """Return the line a*x + b*y + c = 0 on which two probabilities (N, 2) are equal, when they say one."""
    if output.ndim != 2 or output.shape[1] != 2 or not np.all(np.isfinite(output)):
        return None
    likely = np.clip(output.astype(np.float64), 1e-12, None)
    logit = np.log(likely[:, 0] / likely[:, 1])
    inner = np.abs(logit) < SURE / 2
    A = np.column_stack([points, np.ones(len(points))])[inner]
    if len(A) < 10:
        return None
    a, b, c = np.linalg.lstsq(A, logit[inner], rcond=None)[0]
    return (float(a), float(b), float(c)) if a or b else None


def loss_curves(named: Sequence[tuple[str, nets.Network]], title: str) -> list[Picture]:
    """Return the losses of networks over the course of their training, all from its start to its end."""
    x = np.linspace(0, 1, POSITIONS)
    series = []
    for name, network in named[:CURVES]:
        losses = network["losses"]
        if len(losses) > 1:
            series.append((name, np.interp(x, np.linspace(0, 1, len(losses)), losses)))
    return [Curve(title, "part of the training", "loss", x, tuple(series))] if series else []


def digit_pictures(measured: Mapping[str, Any], labels: Array) -> list[Picture]:
    """Return unseen digits and what the final model takes them for, those that it is most surely wrong about first."""
    shown, output = measured.get("shown"), measured.get("output")
    if shown is None or output is None or not len(shown):
        return []
    estimate = estimates(output)
    count = min(len(shown), SHOWN)
    said = []
    for k in shown[:count]:
        right = "" if estimate[k] == labels[k] else f" (is {labels[k]})"
        said.append(f"{estimate[k]}{right}" if estimate[k] >= 0 else f"no number (is {labels[k]})")
    title = "Unseen digits and what the model takes them for, its mistakes first"
    return [grid(title, measured["shown_rows"][:count], said, COLUMNS)]


def autoencoder_pictures(measured: Mapping[str, Any] | None) -> list[Picture]:
    """Return unseen digits, what the autoencoder gives back, and what 30 principal components do."""
    if not measured or "shown_rows" not in measured:
        return []
    rows = {"unseen digit": "shown_rows", "autoencoder": "shown_back", "30 components": "shown_pca"}
    shown = {label: as_paper(measured[name]) for label, name in rows.items()}
    return [lines_of("Unseen digits, given back from thirty numbers", shown)]
