"""Observations of notebooks as the probes make them, made by hand: what good work looks like, to be changed in one place."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.model import Array, Observation

TRAIN, TEST, UNSEEN = 1000, 100, 200
NOT_NEEDED = {"needed": False}


def one_pass(**changes: Any) -> dict[str, Any]:
    """Return a pass over all training images in a fresh order."""
    good = {"examples": TRAIN, "order": 1, "sorted": 0.001, "same_class": 0.1, "same_as_before": False, "whole": 1.0}
    good |= {"train": TRAIN, "test": 0}
    return {**good, "rates": [0.01, 0.01], "steps": TRAIN, "cell": 2, **changes}


def sgd_log(epochs: int = 100, **changes: Any) -> dict[str, Any]:
    """Return the log of a network that was trained with one image a step."""
    examples = epochs * TRAIN
    counts = {"examples": examples, "steps": examples, "zeros": examples, "forwards": 50, "train_rows": examples}
    return {
        **counts,
        "test_rows": 0,
        "unknown_rows": 0,
        "targets_are_inputs": 0.0,
        "labels_right": 1.0,
        "passes": [one_pass(order=k) for k in range(epochs)],
        "passes_total": epochs,
        "batches": [[1, True, 0.01, examples]],
        "rates": [[0.01, examples]],
        "curve": np.array([[k * TRAIN, 1 / k, 1 - 0.3 / k] for k in range(1, 6)]),
        **changes,
    }


def batch_log(epochs: int = 3, **changes: Any) -> dict[str, Any]:
    """Return the log of an autoencoder that was trained with batches of 16 (and one of 8 an epoch) at halved rates."""
    steps = -(-TRAIN // 16)
    rates = [[1e-4 / 2**k, steps] for k in range(epochs)]
    batches = [[16, True, rate, steps - 1] for rate, _ in rates] + [[8, True, rate, 1] for rate, _ in rates]
    passes = [one_pass(order=k, steps=steps) for k in range(epochs)]
    more = {"batches": batches, "rates": rates, "passes": passes, "steps": steps * epochs, "zeros": steps * epochs}
    return sgd_log(epochs, **{**more, "targets_are_inputs": 1.0, "labels_right": -1.0, **changes})


def network(
    *layers: tuple[int, str], index: int = 0, log: dict[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    """Return a network of layers (width, activation) as the watch tells of it."""
    slopes = {"softmax": "none"}
    listed = [{"width": m, "name": None, "activation": f, "slope": slopes.get(f, f)} for m, f in layers]
    about = {"name": f"net-{index}", "cell": 1, "inputs": 784, "loss": "difference", "layers": listed}
    return {
        **about,
        "log": log or sgd_log(),
        "missing": [],
        "fits": True,
        "fault": "",
        "rescaling": [1.0, 0.0],
        **changes,
    }


def small(**changes: Any) -> dict[str, Any]:
    """Return the first network of the classification."""
    return network((20, "leaky_relu"), (10, "softmax"), **changes)


def large(**changes: Any) -> dict[str, Any]:
    """Return the second network of the classification."""
    return network((40, "relu"), (20, "leaky_relu"), (10, "softmax"), **{"index": 1, **changes})


def autoencoder(**changes: Any) -> dict[str, Any]:
    """Return the autoencoder."""
    widths = (512, 256, 128, 2, 128, 256, 512, 784)
    functions = [*["leaky_relu"] * 3, "logistic", *["leaky_relu"] * 3, "logistic"]
    made = network(*zip(widths, functions, strict=True), **{"log": batch_log(), **changes})
    made["layers"][3]["name"], made["layers"][4]["name"] = "latent", "up128"
    return made


def code(source: str, number: int, *outputs: str, **changes: Any) -> dict[str, Any]:
    """Return a code cell that was run and printed `outputs`."""
    texts = [{"kind": "text", "text": text, "png": None} for text in outputs]
    cell = {"kind": "code", "source": source, "number": number, "outputs": texts, "error": None, "seconds": 0.1}
    return {**cell, "run": True, "figures": 0, **changes}


def markdown(source: str) -> dict[str, Any]:
    """Return a Markdown cell."""
    return {**code(source, 0), "kind": "markdown", "run": False}


def answers(right: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return outputs (200, 10) and labels (200,) of which `right` agree."""
    labels = rng.integers(10, size=UNSEEN)
    said = np.where(np.arange(UNSEEN) < right, labels, (labels + 1) % 10)
    return (0.05 + 0.5 * np.eye(10)[said]).astype(np.float32), labels.astype(np.uint8)


COMPARISON = (
    "The second network works better than the first one because its additional layer lets it combine strokes into parts of "
    "digits. Neither network overfits much, for the accuracy on the test images is close to that on the training images."
)
PRINTED = (
    "small network: accuracy on train 0.9230, on test 0.9100",
    "large network: accuracy on train 0.9510, on test 0.9300",
)


def classification(**changes: Any) -> Observation:
    """Return what a very good notebook shows."""
    outputs, labels = answers(180, np.random.default_rng(1))
    wrong = np.arange(180, 190)
    worst = {"worst": wrong, "worst_images": np.zeros((10, 784), np.uint8), "problem": None}
    cells = [markdown("# Classification"), code("train()", 1, *PRINTED, seconds=20.0), markdown(COMPARISON)]
    seen = {**_seen("Classification.ipynb"), "cells": cells, "networks": [small(), large()]}
    seen |= {"chosen": {"small": 0, "large": 1}, "labels": labels}
    seen["measured"] = {
        "small": {"output": outputs, "train_right": 923, "test_right": 91, **worst},
        "large": {"output": outputs, "train_right": 951, "test_right": 93, **worst},
    }
    return Observation("classification", {**seen, **changes})


def reconstruction(**changes: Any) -> Observation:
    """Return what a very good notebook of the autoencoder shows."""
    rng = np.random.default_rng(2)
    labels = rng.integers(10, size=UNSEEN).astype(np.uint8)
    angle = 2 * np.pi * labels / 10
    codes = 0.5 + 0.4 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.01 * rng.standard_normal((UNSEEN, 2))
    images = rng.random((10, 784)).astype(np.float32)
    measured = {"loss": np.full(UNSEEN, 36.0), "pca_loss": np.full(UNSEEN, 44.0), "mean_loss": np.full(UNSEEN, 53.0)}
    measured |= {"shown": np.arange(10), "shown_images": images, "shown_network": images, "shown_pca": images}
    measured |= {
        "code": codes.astype(np.float32),
        "scattered": np.zeros((50, 784), np.uint8),
        "grid": np.zeros((9, 784), np.uint8),
    }
    cells = [
        code("train(net)", 2, seconds=20.0),
        code("plot_digits_dimreduced_examples(X, Y, net)", 3, figures=1),
    ]
    seen = {**_seen("Autoencoder.ipynb"), "cells": cells, "networks": [autoencoder()], "labels": labels}
    seen |= {"chosen": {"autoencoder": 0}, "measured": {**measured, "problem": None}, "drawing": [3]}
    return Observation("autoencoder", {**seen, **changes})


def own(**changes: Any) -> Observation:
    """Return the second observation of a notebook: nothing, when no second run was needed."""
    return Observation("own", {**NOT_NEEDED, **changes})


def _seen(file: str) -> dict[str, Any]:
    about = {"handed_in": True, "file": file, "note": "", "problem": "", "cut": "", "imports": [], "why_own": []}
    return {**about, "size": "quick", "dataset": "drawn", "mode": "engine", "train": TRAIN, "test": TEST, "drawing": []}
