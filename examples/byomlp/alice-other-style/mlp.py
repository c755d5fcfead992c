# HW6, Alice

import numpy as np


class Layer:
    """one fully connected layer, row vector convention: out = f(x W + b)"""

    def __init__(self, n_in, n_out, f, fderiv, name):
        self.W = np.random.randn(n_in, n_out) * 0.1
        self.b = np.random.randn(n_out)
        self.f = f
        self.fderiv = fderiv
        self.name = name
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def __call__(self, x):
        self.x = x
        self.z = np.dot(x, self.W) + self.b
        return self.f(self.z)

    def accumulate(self, delta):
        """add the gradients for delta = dL/dz, return dL/dx"""
        self.dW += self.x[:, None] * delta[None, :]
        self.db += delta
        return np.dot(self.W, delta)

    def update(self, alpha):
        self.W -= alpha * self.dW
        self.b -= alpha * self.db

    def clear(self):
        self.dW.fill(0)
        self.db.fill(0)


class MLP:
    def __init__(self, d, est_lossderiv):
        self.sizes = [d]
        self.layers = []
        self.loss_grad = est_lossderiv

    def add_layer(self, m, f, fderiv, name=None):
        self.layers.append(Layer(self.sizes[-1], m, f, fderiv, name))
        self.sizes.append(m)

    def position(self, name):
        for i, layer in enumerate(self.layers):
            if layer.name == name:
                return i
        raise KeyError("no such layer: " + str(name))

    def forward(self, x, start=None, end=None):
        lo, hi = 0, len(self.layers)
        if start is not None:
            lo = self.position(start)
        if end is not None:
            hi = self.position(end) + 1
        for layer in self.layers[lo:hi]:
            x = layer(x)
        return x

    def backward(self, x, y):
        delta = self.loss_grad(self.forward(x), y)
        *hidden, last = self.layers
        grad_x = last.accumulate(delta)
        for layer in reversed(hidden):
            grad_x = layer.accumulate(grad_x * layer.fderiv(layer.z))

    def step(self, alpha):
        for layer in self.layers:
            layer.update(alpha)

    def zero_grad(self):
        for layer in self.layers:
            layer.clear()
