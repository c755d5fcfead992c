import numpy as np


class MLP:
    """backward only writes down what it found; step sums it up."""

    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.Wb = []
        self.history = []
        self.f = []
        self.fd = []
        self.names = []

    def add_layer(self, m, f, fderiv, name=None):
        n = self.Wb[-1][0].shape[0] if self.Wb else self.d
        self.Wb.append((np.random.randn(m, n) * 0.1, np.random.randn(m) * 0.1))
        self.f.append(f)
        self.fd.append(fderiv)
        self.names.append(name)

    def forward(self, x, start=None, end=None):
        todo = list(zip(self.names, self.Wb, self.f))
        if start is not None:
            while todo[0][0] != start:
                todo.pop(0)
        if end is not None:
            while todo[-1][0] != end:
                todo.pop()
        for name, (W, b), f in todo:
            x = f(W @ x + b)
        return x

    def backward(self, x, y):
        h = [np.asarray(x)]
        a = []
        for (W, b), f in zip(self.Wb, self.f):
            a.append(W @ h[-1] + b)
            h.append(f(a[-1]))
        deltas = [self.est_lossderiv(h[-1], y)]
        for i in range(len(self.Wb) - 1, 0, -1):
            W = self.Wb[i][0]
            # leave the list of deltas in the order of the layers; fderiv one neuron after the other
            slopes = np.array([self.fd[i - 1](u) for u in a[i - 1]])
            deltas.insert(0, (W.T @ deltas[0]) * slopes)
        self.history.append([(np.outer(delta, hh), delta) for delta, hh in zip(deltas, h)])

    def step(self, alpha):
        for example in self.history:
            self.Wb = [(W - alpha * dW, b - alpha * db) for (W, b), (dW, db) in zip(self.Wb, example)]

    def zero_grad(self):
        self.history = []
