import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.layers = []
        self.grads = None

    def add_layer(self, m, f, fderiv, name=None):
        if self.layers:
            inputs = self.layers[-1][0].shape[0]
        else:
            inputs = self.d
        W = np.random.randn(m, inputs) / 10
        b = np.random.randn(m) / 10
        self.layers.append([W, b, f, fderiv, name])

    def forward(self, x, start=None, end=None):
        return self._run(x, start, end)[-1][1]

    def _run(self, x, start=None, end=None):
        """List of (input, output, preactivation) of the layers that were run."""
        result = []
        on = start is None
        h = x
        for W, b, f, fderiv, name in self.layers:
            if not on and name == start:
                on = True
            if not on:
                continue
            a = W @ h + b
            out = f(a)
            result.append((h, out, a))
            h = out
            if end is not None and name == end:
                break
        return result

    def backward(self, x, y):
        run = self._run(x)
        if self.grads is None:
            self.grads = [(np.zeros_like(layer[0]), np.zeros_like(layer[1])) for layer in self.layers]
        delta = self.est_lossderiv(run[-1][1], y)
        for k in range(1, len(run) + 1):
            h, out, a = run[-k]
            W, b, f, fderiv, name = self.layers[-k]
            if k > 1:
                delta = delta * fderiv(a)
            dW, db = self.grads[-k]
            dW += np.outer(delta, h)
            db += delta
            delta = W.T @ delta

    def step(self, alpha):
        for layer, (dW, db) in zip(self.layers, self.grads):
            layer[0] = layer[0] - alpha * dW
            layer[1] = layer[1] - alpha * db

    def zero_grad(self):
        self.grads = None
