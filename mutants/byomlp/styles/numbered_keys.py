import numpy as np


class MLP:
    """params["W1"], params["b1"], ... with layers counted from 1."""

    def __init__(self, d, est_lossderiv):
        self.est_lossderiv = est_lossderiv
        self.sizes = [d]
        self.params = {}
        self.grads = {}
        self.cache = {}
        self.f = [None]
        self.fderiv = [None]
        self.layer_number = {}

    def add_layer(self, m, f, fderiv, name=None):
        l = len(self.sizes)
        self.params[f"W{l}"] = np.random.randn(m, self.sizes[l - 1]) * 0.1
        self.params[f"b{l}"] = np.random.randn(m) * 0.1
        self.f.append(f)
        self.fderiv.append(fderiv)
        if name:
            self.layer_number[name] = l
        self.sizes.append(m)
        self.zero_grad()

    def forward(self, x, start=None, end=None):
        l = self.layer_number[start] if start else 1
        stop = self.layer_number[end] if end else len(self.sizes) - 1
        self.cache[f"h{l - 1}"] = x
        while l <= stop:
            W, b = self.params[f"W{l}"], self.params[f"b{l}"]
            self.cache[f"a{l}"] = W @ self.cache[f"h{l - 1}"] + b
            self.cache[f"h{l}"] = self.f[l](self.cache[f"a{l}"])
            l += 1
        return self.cache[f"h{stop}"]

    def backward(self, x, y):
        y_est = self.forward(x)
        L = len(self.sizes) - 1
        delta = self.est_lossderiv(y_est, y)
        for l in range(L, 0, -1):
            if l < L:
                delta = delta * self.fderiv[l](self.cache[f"a{l}"])
            self.grads[f"W{l}"] += np.outer(delta, self.cache[f"h{l - 1}"])
            self.grads[f"b{l}"] += delta
            delta = self.params[f"W{l}"].T @ delta

    def step(self, alpha):
        for key in self.params:
            self.params[key] -= alpha * self.grads[key]

    def zero_grad(self):
        for key in self.params:
            self.grads[key] = np.zeros(self.params[key].shape)
