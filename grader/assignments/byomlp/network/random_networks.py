"""Drawing random networks, and examples on which a gradient can be measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.byomlp.network.networks import (
    Layer,
    Network,
    Parameters,
    flatten,
    gradients,
    loss_of,
)
from grader.model import Array
from grader.numerics import crosses_kink

HIDDEN = ("leaky_relu", "logistic", "relu")
# a gradient block smaller than this would be judged by the rounding of the differences
VISIBLE = 1e-5
TRIES = 40


def network(
    rng: np.random.Generator,
    widths: Sequence[int],
    last: str,
    loss: str,
    *,
    hidden: Sequence[str] = ("leaky_relu",),
    named: bool = True,
    derivative: bool = False,
) -> Network:
    """Return a network of these widths, the input's first.

    Hidden activations are drawn from `hidden`. Layer names are random, so that nothing can rest on them. `derivative` says
    whether the last layer is handed the derivative of its activation, which must never be used.
    """
    layers = []
    for index, width in enumerate(widths[1:]):
        final = index == len(widths) - 2
        activation = last if final else str(rng.choice(list(hidden)))
        name = f"layer_{index}_{int(rng.integers(1000))}" if named else None
        layers.append(Layer(width, activation, name, derivative if final else True))
    return Network(widths[0], tuple(layers), loss)


def label(rng: np.random.Generator, loss: str, m: int) -> Array:
    """Return a label (m,) that suits the loss."""
    if loss == "logistic":
        return rng.integers(0, 2, m).astype(np.float64)
    if loss == "crossentropy":
        return np.asarray(np.eye(m)[rng.integers(m)])
    return 2 * rng.standard_normal(m)


def example(rng: np.random.Generator, net: Network, parameters: Parameters) -> tuple[Array, Array] | None:
    """Return an example (x, y) at which every block of the gradient can be measured, or None when none is found.

    No kink lies within the step of the differences, and no block is dead: a dead unit would hide every bug behind it.
    """
    for _ in range(TRIES):
        x = 2 * rng.standard_normal(net.inputs)
        y = label(rng, net.loss, net.widths[-1])
        if np.any(crosses_kink(loss_of(net, x, y), flatten(parameters))):
            continue
        blocks = [block for pair in gradients(net, parameters, x, y) for block in pair]
        if all(np.max(np.abs(block)) > VISIBLE for block in blocks):
            return x, y
    return None


def from_evidence(data: Mapping[str, Any]) -> Network:
    """Return the network that a probe stored under ``network``."""
    return Network.from_data(data["network"])
