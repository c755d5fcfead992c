import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.in_dim = d
        self.lossderiv = est_lossderiv
        self.params = []   # (W, b) of each layer
        self.grads = []    # [dW, db] of each layer
        self.funcs = []    # (f, fderiv) of each layer
        self.index = {}    # name -> position

    def add_layer(self, m, f, fderiv, name=None):
        W = 0.1 * np.random.randn(m, self.in_dim)
        b = 0.1 * np.random.randn(m)
        if name:
            self.index[name] = len(self.params)
        self.params.append((W, b))
        self.grads.append([np.zeros(W.shape), np.zeros(b.shape)])
        self.funcs.append((f, fderiv))
        self.in_dim = m  # the next layer gets m inputs

    def forward(self, x, start=None, end=None):
        begin = self.index[start] if start else 0
        stop = self.index[end] + 1 if end else len(self.params)
        for (W, b), (f, _) in zip(self.params[begin:stop], self.funcs[begin:stop]):
            x = f(W.dot(x) + b)
        return x

    def backward(self, x, y):
        cache = []
        for (W, b), (f, fderiv) in zip(self.params, self.funcs):
            a = W.dot(x) + b
            cache.append((x, a))
            x = f(a)
        g = self.lossderiv(x, y)
        for k in reversed(range(len(self.params))):
            h, a = cache[k]
            if k + 1 < len(self.params):
                g = g * self.funcs[k][1](a)
            self.grads[k][0] += np.outer(g, h)
            self.grads[k][1] += g
            g = self.params[k][0].T.dot(g)

    def step(self, alpha):
        for (W, b), (dW, db) in zip(self.params, self.grads):
            W -= alpha * dW
            b -= alpha * db

    def zero_grad(self):
        for grad in self.grads:
            grad[0] = np.zeros(grad[0].shape)
