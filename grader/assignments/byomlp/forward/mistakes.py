"""Known mistakes in the forward pass, each as the mathematics that it amounts to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.assignments.byomlp.network.networks import ACTIVATIONS, Network, Parameters
from grader.model import Array

# (network, parameters, x, index of a layer, whether it is the last) -> the layer's output
LayerRule = Callable[[Network, Parameters, Array, int, bool], Array]


@dataclass(frozen=True)
class ForwardMistake:
    """One mistake: what it computes, and how to say it to a student without showing the solution."""

    id: str
    layer: LayerRule
    message: str
    hint: str

    def forward(self, net: Network, parameters: Parameters, x: Array, start: int, end: int | None) -> Array:
        """Return what a forward pass with this mistake gives for x (n,) or (N, n) fed into layer `start`."""
        last = len(net.layers) - 1
        for index in range(start, last + 1 if end is None else end + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                x = self.layer(net, parameters, x, index, index == last)
        return x


def _pre(parameters: Parameters, x: Array, index: int) -> Array:
    W, b = parameters[index]
    return (W @ x[..., None])[..., 0] + b


def _f(net: Network, index: int) -> Callable[[Array], Array]:
    return ACTIVATIONS[net.layers[index].activation]


def _no_last(net: Network, p: Parameters, x: Array, index: int, last: bool) -> Array:
    a = _pre(p, x, index)
    return a if last else _f(net, index)(a)


def _no_hidden(net: Network, p: Parameters, x: Array, index: int, last: bool) -> Array:
    a = _pre(p, x, index)
    return _f(net, index)(a) if last else a


def _none(net: Network, p: Parameters, x: Array, index: int, last: bool) -> Array:
    return _pre(p, x, index)


def _last_twice(net: Network, p: Parameters, x: Array, index: int, last: bool) -> Array:
    h = _f(net, index)(_pre(p, x, index))
    return _f(net, index)(h) if last else h


def _bias_outside(net: Network, p: Parameters, x: Array, index: int, last: bool) -> Array:
    W, b = p[index]
    return _f(net, index)((W @ x[..., None])[..., 0]) + b


def _no_bias(net: Network, p: Parameters, x: Array, index: int, last: bool) -> Array:
    return _f(net, index)((p[index][0] @ x[..., None])[..., 0])


_SHAPE = "Each layer is a = W h + b and then h = f(a)"
FORWARD_MISTAKES = (
    ForwardMistake(
        "last_activation_missing",
        _no_last,
        "the activation of the last layer is left out",
        f"{_SHAPE}; that holds for the last layer as well.",
    ),
    ForwardMistake(
        "hidden_activation_missing",
        _no_hidden,
        "the activations of the hidden layers are left out",
        f"{_SHAPE}: without f between them, several layers are no more than one.",
    ),
    ForwardMistake("activation_missing", _none, "no activation is applied at all", f"{_SHAPE}."),
    ForwardMistake(
        "last_activation_twice",
        _last_twice,
        "the activation of the last layer is applied twice",
        f"{_SHAPE}: once in each layer.",
    ),
    ForwardMistake(
        "bias_outside_activation",
        _bias_outside,
        "the bias is added after the activation instead of before",
        f"{_SHAPE}: the bias belongs to a.",
    ),
    ForwardMistake("bias_missing", _no_bias, "the bias is left out", f"{_SHAPE}: look for the b."),
)
