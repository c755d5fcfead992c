"""The networks that students are asked for, and what mathematics says about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.byomlp.network.naming import NOWHERE, USUAL, Naming
from grader.functions import ACTIVATIONS, LOSSES
from grader.model import Array
from grader.numerics import central_difference
from grader.plain import PlainProblem


class NetworkData(TypedDict):
    """A network as plain data; a layer is ``[width, activation, name, derivative]``.

    `naming` says how names were handed over, and whether a layer may be without one; it is there where that is not usual.
    """

    inputs: int
    layers: list[list[Any]]
    loss: str
    naming: NotRequired[list[Any]]


class NetworkRecord(TypedDict):
    """What was seen of one network: the network itself, and what went wrong when it was built."""

    network: NetworkData
    problem: PlainProblem | None


@dataclass(frozen=True)
class Layer:
    """`width` neurons with an activation of `ACTIVATIONS`; `derivative` says whether its derivative is handed over too."""

    width: int
    activation: str
    name: str | None
    derivative: bool = True


@dataclass(frozen=True)
class Network:
    """`inputs` dimensions, layers, and a loss of `LOSSES` that belongs to the last layer's activation.

    `naming` is how the student's class takes the names of layers.
    """

    inputs: int
    layers: tuple[Layer, ...]
    loss: str
    naming: Naming = USUAL

    @property
    def widths(self) -> tuple[int, ...]:
        """Dimensions from the input to the output: (d, m_1, ..., m_L)."""
        return (self.inputs, *(layer.width for layer in self.layers))

    @property
    def named(self) -> bool:
        """Whether each layer can be called by a name."""
        return self.naming.how != NOWHERE and all(layer.name is not None for layer in self.layers)

    def built_by(self, naming: Naming) -> Network:
        """Return the same network for a class that takes names in this way."""
        return replace(self, naming=naming)

    def __str__(self) -> str:
        parts = [f"{layer.width} {layer.activation}" for layer in self.layers]
        return f"{self.inputs} -> " + " -> ".join(parts)

    def as_data(self) -> NetworkData:
        """Return plain data that `from_data` turns back into this network."""
        layers = [[layer.width, layer.activation, layer.name, layer.derivative] for layer in self.layers]
        data: NetworkData = {"inputs": self.inputs, "layers": layers, "loss": self.loss}
        if self.naming != USUAL:
            data["naming"] = [self.naming.how, self.naming.optional]
        return data

    @staticmethod
    def from_data(data: NetworkData) -> Network:
        layers = tuple(Layer(*layer) for layer in data["layers"])
        return Network(data["inputs"], layers, data["loss"], Naming(*data.get("naming", ())))


# one (W, b) a layer: W (m, n) or (B, m, n), b (m,) or (B, m)
Parameters = tuple[tuple[Array, Array], ...]


# the names under which student code receives them
FUNCTIONS = {
    "identity": ("aids.identity", "aids.identity_deriv"),
    "logistic": ("layers.logistic", "layers.logistic_deriv"),
    "softmax": ("layers.softmax", None),
    "relu": ("layers.relu", "layers.relu_deriv"),
    "leaky_relu": ("layers.leaky_relu", "layers.leaky_relu_deriv"),
}
LOSS_DERIVATIVES = {
    "logistic": "losses.logistic_est_loss_deriv",
    "crossentropy": "losses.softmax_est_crossentropy_deriv",
    "squared": "losses.squared_loss_deriv",
    "absolute": "losses.abs_loss_deriv",
    "linear": "aids.linear_loss_deriv",
}


def activations(
    network: Network, parameters: Parameters, x: Array, *, start: int = 0, end: int | None = None
) -> list[Array]:
    """Return the outputs of layers `start` to `end` (inclusive) for x (n,) or (B, n), that input itself first."""
    outputs = [x]
    last = len(network.layers) - 1 if end is None else end
    for layer, (W, b) in list(zip(network.layers, parameters, strict=True))[start : last + 1]:
        a = (W @ outputs[-1][..., None])[..., 0] + b
        outputs.append(ACTIVATIONS[layer.activation][0](a))
    return outputs


def forward(network: Network, parameters: Parameters, x: Array, *, start: int = 0, end: int | None = None) -> Array:
    """Return the output (m,) of layer `end` when x (n,) is fed into layer `start`; counted from 0, the last by default."""
    return activations(network, parameters, x, start=start, end=end)[-1]


def flatten(parameters: Sequence[tuple[Array, Array]]) -> Array:
    """Return all parameters of a network as one vector, W row by row before b, layer by layer."""
    return np.concatenate([np.concatenate([W.ravel(), b.ravel()]) for W, b in parameters])


def unflatten(network: Network, vectors: Array) -> Parameters:
    """Undo `flatten` for a vector (k,) or a batch of them (B, k)."""
    lead, parameters, position = vectors.shape[:-1], [], 0
    for n, m in zip(network.widths, network.widths[1:], strict=False):
        W = vectors[..., position : position + m * n].reshape(*lead, m, n)
        b = vectors[..., position + m * n : position + m * n + m]
        parameters.append((W, b))
        position += m * n + m
    return tuple(parameters)


def size(network: Network) -> int:
    """Return the number of parameters."""
    return sum(m * n + m for n, m in zip(network.widths, network.widths[1:], strict=False))


def loss_of(network: Network, x: Array, y: Array) -> Callable[[Array], Array]:
    """Return the loss of one example (x, y) as a function of batches of parameter vectors (B, k) -> (B,)."""

    def loss(vectors: Array) -> Array:
        inputs = np.broadcast_to(x, (len(vectors), x.size))
        values: Array = LOSSES[network.loss][0](forward(network, unflatten(network, vectors), inputs), y)
        return values

    return loss


def gradients(network: Network, parameters: Parameters, x: Array, y: Array) -> Parameters:
    """Return the gradient of the loss of one example with respect to every parameter, by central differences."""
    return unflatten(network, central_difference(loss_of(network, x, y), flatten(parameters)))
