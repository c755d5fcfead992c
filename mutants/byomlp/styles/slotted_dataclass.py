from dataclasses import dataclass
from typing import Callable

import numpy as np


@dataclass(slots=True)
class Layer:
    weights: np.ndarray
    bias: np.ndarray
    f: Callable
    fderiv: Callable | None
    name: str | None
    weights_grad: np.ndarray | None = None
    bias_grad: np.ndarray | None = None


class MLP:
    __slots__ = ("_layers", "_d", "_est_lossderiv")

    def __init__(self, d: int, est_lossderiv: Callable) -> None:
        self._layers: list[Layer] = []
        self._d = d
        self._est_lossderiv = est_lossderiv

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)

    def add_layer(self, m: int, f: Callable, fderiv: Callable | None, name: str | None = None) -> None:
        n = self._layers[-1].bias.size if self._layers else self._d
        self._layers.append(Layer(np.random.randn(m, n) * 0.1, np.random.randn(m), f, fderiv, name))

    def _between(self, start: str | None, end: str | None) -> list[Layer]:
        names = [layer.name for layer in self._layers]
        begin = 0 if start is None else names.index(start)
        stop = len(names) if end is None else names.index(end) + 1
        return self._layers[begin:stop]

    def forward(self, x: np.ndarray, start: str | None = None, end: str | None = None) -> np.ndarray:
        for layer in self._between(start, end):
            x = layer.f(np.einsum("ij,j->i", layer.weights, x) + layer.bias)
        return x

    def backward(self, x: np.ndarray, y: float | np.ndarray) -> None:
        inputs: list[np.ndarray] = []
        preactivations: list[np.ndarray] = []
        for layer in self._layers:
            inputs.append(x)
            preactivations.append(np.einsum("ij,j->i", layer.weights, x) + layer.bias)
            x = layer.f(preactivations[-1])
        g = self._est_lossderiv(x, y)
        for i, layer in sorted(enumerate(self._layers), reverse=True, key=lambda pair: pair[0]):
            if layer is not self._layers[-1]:
                g = g * layer.fderiv(preactivations[i])
            dW = np.einsum("i,j->ij", g, inputs[i])
            layer.weights_grad = dW if layer.weights_grad is None else layer.weights_grad + dW
            layer.bias_grad = g if layer.bias_grad is None else layer.bias_grad + g
            g = np.einsum("ij,i->j", layer.weights, g)

    def step(self, alpha: float) -> None:
        for layer in self._layers:
            if layer.weights_grad is not None:
                layer.weights -= alpha * layer.weights_grad
                layer.bias -= alpha * layer.bias_grad

    def zero_grad(self) -> None:
        for layer in self._layers:
            layer.weights_grad = layer.bias_grad = None
