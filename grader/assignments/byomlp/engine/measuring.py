"""How well a network does on images: points of a learning curve, and outputs on rows that no notebook has seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader import functions
from grader.assignments.byomlp.engine.held import HAS_ENGINE, Held

if HAS_ENGINE:
    from grader import replay

Array = np.ndarray[Any, Any]
# the loss and the accuracy, -1 for an autoencoder
Measured = tuple[float, float]

CLASSES = 10
LEAST_PROBABILITY = 1e-16
PIECE = 500


def outputs(held: Held, X: Array, start: str | None = None, end: str | None = None) -> Array | None:
    """Return what the layers from the one named start to the one named end make of rows X (K, n): (K, m).

    None where that is not known: without such a layer, for other widths, for functions that are not known.
    """
    network = held.network
    names = [layer.name for layer in held.layers]
    if network is None or any(name is not None and name not in names for name in (start, end)):
        return None
    span = (0 if start is None else names.index(start), len(names) if end is None else names.index(end) + 1)
    layers = network.layers[slice(*span)]
    known = all(layer.kind in functions.ACTIVATIONS for layer in layers)
    if not layers or not known or X.ndim != 2 or X.shape[1] != layers[0].W.shape[1]:
        return None
    with np.errstate(all="ignore"):
        parts = [replay.outputs(network, X[first : first + PIECE], span) for first in range(0, len(X), PIECE)]
    return np.concatenate(parts) if parts else np.zeros((0, len(layers[-1].b)))


def point(held: Held, X: Array, labels: Array) -> Measured | None:
    """Return mean loss and accuracy of a network on images X (K, d); None when it is neither 10 classes nor the input."""
    found = outputs(held, X)
    if found is None:
        return None
    rows = np.arange(len(found))
    with np.errstate(all="ignore"):
        if found.shape[1] == CLASSES:
            accuracy = float((found.argmax(axis=1) == labels).mean())
            if held.layers[-1].activation == "softmax":
                return _finite(-np.log(np.maximum(found[rows, labels], LEAST_PROBABILITY)).mean()), accuracy
            wanted = np.asarray(labels[:, None] == np.arange(CLASSES), dtype=np.float64)
            return _finite(np.sum((found - wanted) ** 2, axis=1).mean()), accuracy
        if found.shape == X.shape:
            return _finite(np.sum((found - X) ** 2, axis=1).mean()), -1.0
    return None


def _finite(loss: Any) -> float:
    return float(loss) if np.isfinite(loss) else np.nan
