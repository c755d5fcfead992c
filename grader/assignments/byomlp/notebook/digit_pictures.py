"""Pictures of what networks make of digits, for reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.datasets.digits.answers import estimates
from grader.datasets.digits.pictures import SIDE, as_paper, grid, lines_of
from grader.model import Array, Confusion, Curve, ImageGrid, ImageScatter, Picture

WRONG, COLUMNS = 16, 8
CLASSES = tuple("0123456789")


def learning_curve(networks: Mapping[str, Network], train: int) -> list[Picture]:
    """Return the accuracy of networks on a sample of their training images, over the epochs of their training."""
    curves = {which: network["log"]["curve"] for which, network in networks.items()}
    known = {which: curve for which, curve in curves.items() if len(curve) > 1 and np.all(curve[:, 2] >= 0)}
    if not known:
        return []
    x = np.unique(np.concatenate([curve[:, 0] for curve in known.values()]))
    series = tuple(
        (f"{which} network", np.interp(x, curve[:, 0], curve[:, 2], right=np.nan)) for which, curve in known.items()
    )
    title = "Accuracy on a sample of the training images while the networks are trained"
    return [Curve(title, "epochs", "accuracy", x / max(train, 1), series)]


def loss_curve(network: Network, train: int) -> list[Picture]:
    """Return the loss of a network on a sample of its training images, over the epochs of its training."""
    curve = network["log"]["curve"]
    if len(curve) < 2:
        return []
    title = "Squared error on a sample of the training images while the autoencoder is trained"
    return [Curve(title, "epochs", "loss", curve[:, 0] / max(train, 1), (("autoencoder", curve[:, 1]),))]


def classification_pictures(measured: Mapping[str, Any], labels: Array) -> list[Picture]:
    """Return what a network (outputs (N, 10)) takes unseen digits for: a table, and those it is most surely wrong about."""
    output = measured["output"]
    estimate = estimates(output)
    counts = np.zeros((10, 10), dtype=np.int64)
    np.add.at(counts, (labels[estimate >= 0], estimate[estimate >= 0]), 1)
    return [Confusion("What the unseen digits were taken for", counts, CLASSES), *_most_wrong(measured, labels)]


def _most_wrong(measured: Mapping[str, Any], labels: Array) -> list[Picture]:
    worst = measured.get("worst")
    if worst is None or not len(worst):
        return []
    output, estimate = measured["output"], estimates(measured["output"])
    count = min(len(worst), WRONG)
    said = [f"{labels[k]} as {estimate[k]}, {100 * output[k, estimate[k]]:.0f} %" for k in worst[:count]]
    return [grid("Digits that it takes for others, the surest first", measured["worst_images"][:count], said, COLUMNS)]


def reconstructions(measured: Mapping[str, Any]) -> list[Picture]:
    """Return unseen digits, what the autoencoder gives back, and what two principal components do."""
    rows = {
        "unseen digit": measured["shown_images"],
        "autoencoder": measured.get("shown_network"),
        "two principal components": measured["shown_pca"],
    }
    shown = {name: _displayed(row) for name, row in rows.items() if row is not None}
    return [lines_of("Unseen digits, given back from two numbers", shown)]


def code_pictures(measured: Mapping[str, Any], labels: Array) -> list[Picture]:
    """Return where unseen digits lie by their two numbers, and what lies on a grid over the box that they fill."""
    count = len(measured["scattered"])
    code, images = measured["code"][:count].astype(np.float64), as_paper(measured["scattered"])
    finite = np.all(np.isfinite(code), axis=1)
    pictures: list[Picture] = []
    if np.any(finite):
        pictures.append(
            ImageScatter(
                "Unseen digits at their two numbers",
                code[finite],
                images[finite],
                labels[:count][finite],
                "first neuron of latent",
                "second neuron of latent",
            )
        )
    if (points := measured.get("grid")) is not None:
        side = round(len(points) ** 0.5)
        shown = as_paper(points).reshape(side, side, SIDE, SIDE)
        pictures.append(ImageGrid("Digits drawn from points of that box", shown))
    return pictures


def _displayed(rows: Array) -> Array:
    images: Array = np.clip(np.where(np.isfinite(rows), rows, np.nan), 0, 1).astype(np.float64)
    return images.reshape(-1, SIDE, SIDE)
