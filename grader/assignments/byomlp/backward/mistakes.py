"""Known mistakes in backpropagation, each as the gradient that it gives: a wrong gradient is named by its cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.assignments.byomlp.backward.gradients import Measured
from grader.assignments.byomlp.network.networks import (
    Network,
    Parameters,
    activations,
    flatten,
    unflatten,
)
from grader.functions import ACTIVATIONS, LOSSES, SLOPES
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array


@dataclass(frozen=True)
class Trace:
    """One forward pass: pre-activations a[l] (m_l,), and the outputs h[l], h[0] being the input."""

    net: Network
    W: list[Array]
    a: list[Array]
    h: list[Array]
    y: Array


def _slope(t: Trace, layer: int) -> Array:
    return slope_at(t, layer, t.a[layer])


def slope_at(t: Trace, layer: int, point: Array) -> Array:
    """Return the derivative of a layer's activation at `point` (m,)."""
    activation = t.net.layers[layer].activation
    if activation not in SLOPES:
        raise NotApplicable
    slope: Array = SLOPES[activation](point)
    return slope


@dataclass(frozen=True)
class Rules:
    """Backpropagation with each of its steps replaceable; the defaults are right."""

    start: Callable[[Trace], Array] = lambda t: LOSSES[t.net.loss][1](t.h[-1], t.y)
    slope: Callable[[Trace, int], Array] = _slope
    weights: Callable[[Trace, int, Array], Array] = lambda t, layer, g: np.outer(g, t.h[layer])
    bias: Callable[[Trace, int, Array], Array] = lambda t, layer, g: g
    back: Callable[[Array, Array, Array], Array] = lambda W, g, dW: W.T @ g
    after: Callable[[Trace, Array], Array] = lambda t, gradient: gradient


def backpropagate(net: Network, parameters: Parameters, x: Array, y: Array, rules: Rules) -> Array:
    """Return the gradient (k,) that these rules give for one example; NotApplicable where shapes forbid them."""
    h = activations(net, parameters, x)
    W = [weights for weights, _ in parameters]
    a = [weights @ before + b for (weights, b), before in zip(parameters, h, strict=False)]
    trace = Trace(net, W, a, h, y)
    g = rules.start(trace)
    found: list[tuple[Array, Array]] = []
    for layer in reversed(range(len(W))):
        if layer < len(W) - 1:
            g = _shaped(rules.slope(trace, layer), g.shape) * g
        dW = _shaped(rules.weights(trace, layer, g), W[layer].shape)
        found.insert(0, (dW, _shaped(rules.bias(trace, layer, g), g.shape)))
        if layer:
            g = _shaped(rules.back(W[layer], g, dW), (W[layer].shape[1],))
    return rules.after(trace, flatten(found))


def _shaped(array: Array, shape: tuple[int, ...]) -> Array:
    if array.shape != shape:
        raise NotApplicable
    return array


def _fitting(left: Array, right: Array) -> Array:
    if left.shape[-1] != right.shape[0]:
        raise NotApplicable
    return left @ right


def _neighbour(offset: int) -> Callable[[Trace, int], Array]:
    def slope(t: Trace, layer: int) -> Array:
        if not 0 <= layer + offset < len(t.a):
            return _slope(t, layer)
        return slope_at(t, layer, t.a[layer + offset])

    return slope


def _without(first: bool) -> Callable[[Trace, Array], Array]:
    def cut(t: Trace, gradient: Array) -> Array:
        pairs = list(unflatten(t.net, gradient.copy()))
        chosen = pairs[0 if first else -1]
        for block in chosen:
            block[...] = 0
        return flatten(pairs)

    return cut


def _only_slope(last: bool) -> Callable[[Trace, int], Array]:
    def slope(t: Trace, layer: int) -> Array:
        hit = layer == (len(t.a) - 2 if last else 0)
        return _slope(t, layer) if hit else np.ones_like(t.a[layer])

    return slope


def _last_slope(t: Trace) -> Array:
    if not t.net.layers[-1].derivative:
        raise NotApplicable
    return Rules().start(t) * slope_at(t, len(t.a) - 1, t.a[-1])


def _mistake(name: str, hint: str, rules: Rules) -> Mistake[Measured]:
    """Return the mistake of going back by these rules."""
    return Mistake(
        name,
        hint,
        lambda each: backpropagate(each.net, unflatten(each.net, each.vector), each.x, each.y, rules),
    )


_SLOPES = "Every layer but the last multiplies g by fderiv(a), where a is that layer's own pre-activation."
_OUTER = "The weight gradient of a layer is computed from g and from what went into that layer."
MISTAKES = (
    _mistake(
        "missing_activation_derivative",
        f"The derivative of the activation is missing. {_SLOPES}",
        Rules(slope=lambda t, layer: np.ones_like(t.a[layer])),
    ),
    _mistake(
        "activation_derivative_of_output",
        f"The derivative is taken at the layer's output h instead of its pre-activation a. {_SLOPES}",
        Rules(slope=lambda t, layer: slope_at(t, layer, t.h[layer + 1])),
    ),
    _mistake(
        "activation_instead_of_derivative",
        f"g is multiplied by f instead of its derivative. {_SLOPES}",
        Rules(slope=lambda t, layer: ACTIVATIONS[t.net.layers[layer].activation][0](t.a[layer])),
    ),
    _mistake(
        "derivative_of_next_layer",
        f"The derivative is taken at the pre-activation of the next layer. {_SLOPES}",
        Rules(slope=_neighbour(1)),
    ),
    _mistake(
        "derivative_of_previous_layer",
        f"The derivative is taken at the pre-activation of the previous layer. {_SLOPES}",
        Rules(slope=_neighbour(-1)),
    ),
    _mistake(
        "derivative_applied_twice",
        f"The derivative of the activation is applied twice. {_SLOPES}",
        Rules(slope=lambda t, layer: _slope(t, layer) ** 2),
    ),
    _mistake(
        "derivative_in_last_hidden_layer_only",
        f"The derivative of the activation is applied in one hidden layer only. {_SLOPES}",
        Rules(slope=_only_slope(last=True)),
    ),
    _mistake(
        "derivative_in_first_layer_only",
        f"The derivative of the activation is applied in one hidden layer only. {_SLOPES}",
        Rules(slope=_only_slope(last=False)),
    ),
    _mistake(
        "relu_slope",
        "The slope of a leaky ReLU is not 0 for negative a: use the fderiv that add_layer was given.",
        Rules(slope=lambda t, layer: (t.a[layer] > 0).astype(np.float64)),
    ),
    _mistake(
        "leaky_relu_slope",
        "The slope of a leaky ReLU is used in every layer: use the fderiv that add_layer was given.",
        Rules(slope=lambda t, layer: SLOPES["leaky_relu"](t.a[layer])),
    ),
    _mistake(
        "last_layer_derivative",
        "The derivative of the last layer's activation is applied, but est_lossderiv already includes it.",
        Rules(start=_last_slope),
    ),
    _mistake(
        "sign_flipped",
        "The gradient points the wrong way: it has to be the gradient of the loss, which step subtracts.",
        Rules(after=lambda t, gradient: -gradient),
    ),
    _mistake(
        "label_ignored",
        "The gradient does not depend on y: the first g is est_lossderiv(y_est, y).",
        Rules(start=lambda t: LOSSES[t.net.loss][1](t.h[-1], np.zeros_like(t.y))),
    ),
    _mistake(
        "loss_derivative_hard_coded",
        "The first g is y_est - y whatever the loss: use the est_lossderiv that the network was given.",
        Rules(start=lambda t: t.h[-1] - t.y),
    ),
    _mistake(
        "weights_not_transposed",
        "On the way back g is multiplied by W instead of its transpose.",
        Rules(back=lambda W, g, dW: _fitting(W, g)),
    ),
    _mistake(
        "updated_weights_used",
        "On the way back the weights are used after they were updated: use the weights of the forward pass.",
        Rules(back=lambda W, g, dW: (W - dW).T @ g),
    ),
    _mistake(
        "not_propagated",
        "g is handed to the previous layer unchanged: it has to go through the weights first.",
        Rules(back=lambda W, g, dW: g),
    ),
    _mistake(
        "bias_gradient_missing",
        "The biases have no gradient.",
        Rules(bias=lambda t, layer, g: np.zeros_like(g)),
    ),
    _mistake(
        "bias_gradient_summed",
        "The bias gradient is summed over the neurons: each neuron has a bias, and so a gradient, of its own.",
        Rules(bias=lambda t, layer, g: np.full_like(g, g.sum())),
    ),
    _mistake(
        "bias_gradient_averaged",
        "The bias gradient is averaged over the neurons: each neuron has a bias, and so a gradient, of its own.",
        Rules(bias=lambda t, layer, g: np.full_like(g, g.mean())),
    ),
    _mistake(
        "weight_gradient_missing",
        "The weights have no gradient.",
        Rules(weights=lambda t, layer, g: np.zeros_like(t.W[layer])),
    ),
    _mistake(
        "pre_activation_in_weight_gradient",
        f"The weight gradient is computed with the pre-activation of the previous layer instead of its output. {_OUTER}",
        Rules(weights=lambda t, layer, g: np.outer(g, t.a[layer - 1] if layer else t.h[0])),
    ),
    _mistake(
        "own_output_in_weight_gradient",
        f"The weight gradient is computed with the layer's own output. {_OUTER}",
        Rules(weights=lambda t, layer, g: np.outer(g, t.h[layer + 1])),
    ),
    _mistake(
        "network_input_in_weight_gradient",
        f"The weight gradient of every layer is computed with the input of the network. {_OUTER}",
        Rules(weights=lambda t, layer, g: np.outer(g, t.h[0])),
    ),
    _mistake(
        "outer_product_swapped",
        f"The factors of the outer product are swapped. {_OUTER} It has the shape of W.",
        Rules(weights=lambda t, layer, g: np.outer(t.h[layer], g)),
    ),
    _mistake(
        "first_layer_forgotten",
        "The first layer has no gradient: look where the loop over the layers ends.",
        Rules(after=_without(first=True)),
    ),
    _mistake(
        "last_layer_forgotten",
        "The last layer has no gradient: look where the loop over the layers begins.",
        Rules(after=_without(first=False)),
    ),
)
