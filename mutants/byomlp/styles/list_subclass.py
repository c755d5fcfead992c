import numpy as np


class MLP(list):
    """The network is a list of its layers: (W, b), (dW, db), f, fderiv, name"""

    def __init__(self, d, est_lossderiv):
        super().__init__()
        self.d = d
        self.est_lossderiv = est_lossderiv

    def add_layer(self, m, f, fderiv, name=None):
        n = self.d
        if len(self):
            n = self[-1][0][0].shape[0]
        Wb = [0.1 * np.random.randn(m, n), 0.1 * np.random.randn(m)]
        self.append((Wb, [np.zeros((m, n)), np.zeros(m)], f, fderiv, name))

    def index_of(self, name):
        return [layer[-1] for layer in self].index(name)

    def forward(self, x, start=None, end=None):
        layers = self[:]
        if start is not None and end is not None:
            layers = self[self.index_of(start) : self.index_of(end) + 1]
        elif start is not None:
            layers = self[self.index_of(start) :]
        elif end is not None:
            layers = self[: self.index_of(end) + 1]
        for (W, b), _, f, _, _ in layers:
            x = f((W * x).sum(axis=1) + b)
        return x

    def backward(self, x, y):
        memo = []
        for (W, b), grads, f, fderiv, name in self:
            a = (W * x).sum(axis=1) + b
            memo.append((x, a))
            x = f(a)
        g = self.est_lossderiv(x, y)
        for layer, (h, a) in zip(reversed(self), reversed(memo)):
            (W, b), grads, f, fderiv, name = layer
            if layer is not self[-1]:
                g = g * fderiv(a)
            grads[0] += g[:, None] * h
            grads[1] += g
            g = (W.T * g).sum(axis=1)

    def step(self, alpha):
        for params, grads, *_ in self:
            for p, g in zip(params, grads):
                p -= alpha * g

    def zero_grad(self):
        for _, grads, *_ in self:
            for g in grads:
                g *= 0
