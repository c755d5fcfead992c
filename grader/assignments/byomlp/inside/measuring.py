"""How well a network does on a fixed sample, found without disturbing it: points of a learning curve."""

from __future__ import annotations

import contextlib
import copy
import io
import time
from typing import Any

from numpy import arange, array, float64, isfinite, log, maximum, nan, ndarray
from numpy import sum as total
from numpy.random import get_state, set_state

from grader import functions

Array = ndarray[Any, Any]
# the loss and the accuracy, -1 for an autoencoder
Measured = tuple[float, float]

CLASSES = 10
SECONDS = 0.5
# fewer images than that are no sample
LEAST_IMAGES = 50
LEAST_PROBABILITY = 1e-16

now = time.perf_counter  # bound before student code can replace it


def on_engine(net: Any, X: Array, labels: Array) -> Measured | None:
    """Measure a network of the engine: all images at once, through its parameters."""
    layers = net._replay.network.layers
    if (
        not layers
        or layers[0].W.shape[1] != X.shape[1]
        or any(layer.kind not in functions.ACTIVATIONS for layer in layers)
    ):
        return None
    H = X
    for layer in layers:
        H = functions.ACTIVATIONS[layer.kind][0](H @ layer.W.T + layer.b)
    return loss_and_accuracy(H, X, labels, softmax=layers[-1].kind == "softmax")


def on_copy(net: Any, X: Array, labels: Array, *, softmax: bool) -> Measured | None:
    """Measure a network of the student's: its forward on a copy, image by image; `softmax` says how it ends."""
    state = get_state()  # noqa: NPY002 - a stateful generator is what students draw from
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            outputs, end = [], now() + SECONDS
            net = copy.deepcopy(net)
            # scattered over the classes, in case that time is over
            order = [index for first in range(10) for index in range(first, len(X), 10)]
            for index in order:
                if now() > end:
                    break
                outputs.append(array(net.forward(X[index].copy()), dtype=float64).ravel())
    except Exception:  # noqa: BLE001 - whatever the student's forward raises, then there is no curve
        return None
    finally:
        set_state(state)  # noqa: NPY002
    chosen = order[: len(outputs)]
    if len(outputs) < min(LEAST_IMAGES, len(X)) or len({len(each) for each in outputs}) != 1:
        return None
    return loss_and_accuracy(array(outputs), X[chosen], labels[chosen], softmax=softmax)


def loss_and_accuracy(outputs: Array, X: Array, labels: Array, *, softmax: bool) -> Measured | None:
    """Return mean loss and accuracy (-1 for an autoencoder); None when it is neither 10 classes nor the input."""
    rows = arange(len(outputs))
    if outputs.shape[1] == CLASSES:
        accuracy = float((outputs.argmax(axis=1) == labels).mean())
        if softmax:
            return _finite(-log(maximum(outputs[rows, labels], LEAST_PROBABILITY)).mean()), accuracy
        wanted = array(labels[:, None] == arange(CLASSES), dtype=float64)
        return _finite(total((outputs - wanted) ** 2, axis=1).mean()), accuracy
    if outputs.shape == X.shape:
        return _finite(total((outputs - X) ** 2, axis=1).mean()), -1.0
    return None


def _finite(loss: Any) -> float:
    return float(loss) if isfinite(loss) else nan
