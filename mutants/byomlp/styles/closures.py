import numpy as np


def make_layer(n, m, f, fderiv):
    W = np.random.randn(m, n) * 0.1
    b = np.random.randn(m)
    gW = np.zeros((m, n))
    gb = np.zeros(m)

    def run(h):
        a = W @ h + b
        return a, f(a)

    def back(g, h, a):
        nonlocal gW, gb
        if a is not None:
            g = g * fderiv(a)
        gW = gW + np.outer(g, h)
        gb = gb + g
        return W.T @ g

    def update(alpha):
        nonlocal W, b
        W = W - alpha * gW
        b = b - alpha * gb

    def clear():
        nonlocal gW, gb
        gW = np.zeros((m, n))
        gb = np.zeros(m)

    return run, back, update, clear


class MLP:
    def __init__(self, d, est_lossderiv):
        self.width = d
        self.est_lossderiv = est_lossderiv
        self.layers = []
        self.names = []

    def add_layer(self, m, f, fderiv, name=None):
        self.layers.append(make_layer(self.width, m, f, fderiv))
        self.names.append(name)
        self.width = m

    def forward(self, x, start=None, end=None):
        first = self.names.index(start) if start else 0
        last = self.names.index(end) if end else len(self.layers) - 1
        for run, _, _, _ in self.layers[first : last + 1]:
            _, x = run(x)
        return x

    def backward(self, x, y):
        h, a = [x], []
        for run, _, _, _ in self.layers:
            a_new, h_new = run(h[-1])
            h.append(h_new)
            a.append(a_new)
        g = self.est_lossderiv(h[-1], np.atleast_1d(y))
        a[-1] = None  # the loss derivative stands for the last nonlinearity
        for i, (_, back, _, _) in reversed(list(enumerate(self.layers))):
            g = back(g, h[i], a[i])

    def step(self, alpha):
        for _, _, update, _ in self.layers:
            update(alpha)

    def zero_grad(self):
        for _, _, _, clear in self.layers:
            clear()
