"""What a network is made of, and the plain way to run it: every call at once, with whatever functions it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.functions import SLOPES

Array = np.ndarray[Any, Any]
# gradients of a batch as factors, layer by layer: G (n, m) and H (n, inputs); the gradient of W is G.T @ H
Factors = list[tuple[Array, Array]]
BAND = 65536  # numbers


@dataclass
class Layer:
    """One layer, its functions by what they are called in `grader.functions`; no array at W_grad or b_grad stands for zeros."""

    name: Any
    f: Callable[..., Any]
    fderiv: Callable[..., Any] | None
    W: Array
    b: Array
    kind: str
    slope: str
    W_grad: Array | None = None
    b_grad: Array | None = None


def products(G: Array, H: Array) -> Iterator[tuple[slice, Array]]:
    """Yield G.T @ H a band of rows at a time, small enough that a band stays in the cache; each is valid until the next."""
    width = max(1, min(G.shape[1], BAND // H.shape[1]))
    band = np.empty((width, H.shape[1]))
    for low in range(0, G.shape[1], width):
        rows = slice(low, min(low + width, G.shape[1]))
        yield rows, np.matmul(G[:, rows].T, H, out=band[: rows.stop - low])


class Network:
    """Layers with their accumulators; the gradient collected so far is that in the layers plus that of `factors`."""

    def __init__(self, d: int, est_lossderiv: Callable[..., Any], loss: str) -> None:
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.loss = loss
        self.layers: list[Layer] = []
        self.factors: list[Factors] = []
        # all parameters in one vector once a compiled loop works on them; W and b are then views of it
        self.flat: Any = None

    def add(self, layer: Layer) -> None:
        """Add a layer at the end."""
        self.gather()
        self.flat = None
        self.layers.append(layer)

    def copied(self) -> Network:
        """Return a network with the same functions that goes on from here by itself."""
        self.gather()
        twin = Network(self.d, self.est_lossderiv, self.loss)
        for layer in self.layers:
            W_grad, b_grad = (None if each is None else each.copy() for each in (layer.W_grad, layer.b_grad))
            twin.layers.append(replace(layer, W=layer.W.copy(), b=layer.b.copy(), W_grad=W_grad, b_grad=b_grad))
        return twin

    @property
    def inputs(self) -> int:
        """How many numbers the next layer gets."""
        return len(self.layers[-1].b) if self.layers else self.d

    @property
    def known(self) -> bool:
        """Whether everything that a training step computes is known by name."""
        slopes = all(layer.slope in SLOPES for layer in self.layers[:-1])
        return bool(self.layers and self.loss) and slopes and all(layer.kind for layer in self.layers)

    def forward(self, x: Any, first: int, stop: int) -> Any:
        """Run the layers from number `first` to before `stop` on one input."""
        h = x
        for layer in self.layers[first:stop]:
            h = layer.f(layer.W @ h + layer.b)
        return h

    def backward(self, x: Any, y: Any) -> None:
        """Add the gradients of one example to the accumulators of the layers."""
        h = x
        inputs, activations = [], []
        for layer in self.layers:
            inputs.append(h)
            activations.append(layer.W @ h + layer.b)
            h = layer.f(activations[-1])

        g = self.est_lossderiv(h, y)
        for k in reversed(range(len(self.layers))):
            layer = self.layers[k]
            if k < len(self.layers) - 1:
                slope: Any = layer.fderiv  # None raises here what it raises in plain code
                g = g * slope(activations[k])
            W_grad, b_grad = self.accumulators(layer)
            b_grad += g
            W_grad += np.outer(g, inputs[k])
            g = layer.W.T @ g

    def step(self, alpha: Any) -> None:
        """Subtract alpha times the collected gradients."""
        self.gather()
        for layer in self.layers:
            W_grad, b_grad = self.accumulators(layer)
            layer.W -= alpha * W_grad
            layer.b -= alpha * b_grad

    @staticmethod
    def accumulators(layer: Layer) -> tuple[Array, Array]:
        """Return the arrays that a layer's gradients are added to; they are made when first needed."""
        if layer.W_grad is None or layer.b_grad is None:
            layer.W_grad, layer.b_grad = np.zeros_like(layer.W), np.zeros_like(layer.b)
        return layer.W_grad, layer.b_grad

    def zero(self) -> None:
        """Forget the collected gradients."""
        self.factors = []
        for layer in self.layers:
            layer.W_grad = layer.b_grad = None

    def gather(self) -> None:
        """Turn the gradients kept as factors into arrays in the layers."""
        for factors in self.factors:
            for layer, (G, H) in zip(self.layers, factors, strict=True):
                W_grad, b_grad = self.accumulators(layer)
                b_grad += G.sum(axis=0)
                for rows, product in products(G, H):
                    W_grad[rows] += product
        self.factors = []

    @property
    def clean(self) -> bool:
        """Whether the accumulators are exactly zero."""
        return not self.factors and all(layer.W_grad is None for layer in self.layers)
