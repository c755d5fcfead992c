"""Known mistakes in the forward pass, each as the mathematics that it amounts to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.assignments.byomlp.network.networks import Network, Parameters
from grader.functions import ACTIVATIONS
from grader.kits.mistakes import Mistake
from grader.model import Array

# (network, parameters, x, index of a layer, whether it is the last) -> the layer's output
LayerRule = Callable[[Network, Parameters, Array, int, bool], Array]


@dataclass(frozen=True)
class Pass:
    """x (n,) or (N, n) fed into layer `start` of a network; layer `end` is the last one that runs, the network's when None.

    `stops` says that a mistake of the last layer is made in the last one that runs instead of the network's.
    """

    net: Network
    parameters: Parameters
    x: Array
    start: int = 0
    end: int | None = None
    stops: bool = False


def _mistake(name: str, rule: LayerRule, message: str, hint: str) -> Mistake[Pass]:
    """Return the mistake of computing each layer by a rule."""

    def outputs(one: Pass) -> Array:
        last, x = len(one.net.layers) - 1, one.x
        stop = last if one.end is None else one.end
        for index in range(one.start, stop + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                x = rule(one.net, one.parameters, x, index, index == (stop if one.stops else last))
        return x

    return Mistake(name, hint, outputs, message)


def _pre(parameters: Parameters, x: Array, index: int) -> Array:
    W, b = parameters[index]
    return (W @ x[..., None])[..., 0] + b


def _f(net: Network, index: int) -> Callable[[Array], Array]:
    return ACTIVATIONS[net.layers[index].activation][0]


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
    _mistake(
        "last_activation_missing",
        _no_last,
        "the activation of the last layer is left out",
        f"{_SHAPE}; the last layer is no exception.",
    ),
    _mistake(
        "hidden_activation_missing",
        _no_hidden,
        "the activations of the hidden layers are left out",
        f"{_SHAPE}: without f between them, several layers can do no more than one.",
    ),
    _mistake("activation_missing", _none, "no activation is applied at all", f"{_SHAPE}."),
    _mistake(
        "last_activation_twice",
        _last_twice,
        "the activation of the last layer is applied twice",
        f"{_SHAPE}: once in each layer.",
    ),
    _mistake(
        "bias_outside_activation",
        _bias_outside,
        "the bias is added after the activation instead of before",
        f"{_SHAPE}: the bias belongs to a.",
    ),
    _mistake("bias_missing", _no_bias, "the bias is left out", f"{_SHAPE}: look for the b."),
)
