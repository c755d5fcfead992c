from collections import namedtuple

import numpy as np

Layer = namedtuple("Layer", ["W", "b", "f", "fderiv", "name", "gW", "gb"])


class MLP:
    def __init__(self, d, est_lossderiv):
        self.n_in = d
        self.lossderiv = est_lossderiv
        self.net = ()

    def add_layer(self, m, f, fderiv, name=None):
        W = np.random.randn(m, self.n_in) * 0.1
        b = np.random.randn(m)
        self.net = self.net + (Layer(W, b, f, fderiv, name, 0.0, 0.0),)
        self.n_in = m  # the next layer's inputs

    def position(self, name, otherwise):
        for k, layer in enumerate(self.net):
            if name is not None and layer.name == name:
                return k
        return otherwise

    def forward(self, x, start=None, end=None):
        lo = self.position(start, 0)
        hi = self.position(end, len(self.net) - 1)
        h = x
        for layer in self.net[lo : hi + 1]:
            h = layer.f(layer.W @ h + layer.b)
        return h

    def backward(self, x, y):
        inputs, sums = [], []
        h = x
        for layer in self.net:
            inputs.append(h)
            sums.append(layer.W @ h + layer.b)
            h = layer.f(sums[-1])
        delta = self.lossderiv(h, y)
        new = []
        for layer, h, a in zip(self.net[::-1], inputs[::-1], sums[::-1]):
            if new:
                delta = delta * layer.fderiv(a)
            new.insert(0, layer._replace(gW=layer.gW + np.outer(delta, h), gb=layer.gb + delta))
            delta = layer.W.T @ delta
        self.net = tuple(new)

    def step(self, alpha):
        self.net = tuple(
            layer._replace(W=layer.W - alpha * layer.gW, b=layer.b - alpha * layer.gb) for layer in self.net
        )

    def zero_grad(self):
        self.net = tuple(layer._replace(gW=0.0, gb=0.0) for layer in self.net)
