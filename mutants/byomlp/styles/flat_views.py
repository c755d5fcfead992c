import numpy as np


class MLP:
    """All parameters live in one long vector; layers hold views of it. Same for the gradients."""

    def __init__(self, d, est_lossderiv):
        self.shapes = []
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.functions = []
        self.names = []
        self.theta = np.zeros(0)
        self.grad = np.zeros(0)

    def add_layer(self, m, f, fderiv, name=None):
        n = self.shapes[-1][0] if self.shapes else self.d
        W = 0.1 * np.random.randn(m, n)
        b = 0.1 * np.random.randn(m)
        self.shapes.append((m, n))
        self.functions.append((f, fderiv))
        self.names.append(name)
        self.theta = np.concatenate([self.theta, W.ravel(), b])
        self.grad = np.zeros(self.theta.size)
        self.views = self._views(self.theta)
        self.grad_views = self._views(self.grad)

    def _views(self, vector):
        views = []
        pos = 0
        for m, n in self.shapes:
            W = vector[pos : pos + m * n].reshape(m, n)
            b = vector[pos + m * n : pos + m * n + m]
            views.append((W, b))
            pos += m * n + m
        return views

    def forward(self, x, start=None, end=None):
        i = 0 if start is None else self.names.index(start)
        j = len(self.names) - 1 if end is None else self.names.index(end)
        while i <= j:
            W, b = self.views[i]
            x = self.functions[i][0](W @ x + b)
            i += 1
        return x

    def backward(self, x, y):
        hs, zs = [x], []
        for (W, b), (f, _) in zip(self.views, self.functions):
            zs.append(W @ hs[-1] + b)
            hs.append(f(zs[-1]))
        g = self.est_lossderiv(hs.pop(), y)
        first = True
        while hs:
            i = len(hs) - 1
            if not first:
                g = g * self.functions[i][1](zs[i])
            first = False
            gW, gb = self.grad_views[i]
            gb += g
            gW += np.outer(g, hs.pop())
            g = self.views[i][0].T @ g

    def step(self, alpha):
        self.theta -= alpha * self.grad

    def zero_grad(self):
        self.grad[:] = 0.0
