import numpy as np


class MLP:
    """Weights are stored with one column for every neuron: h @ W + b."""

    def __init__(self, d, est_lossderiv):
        self.widths = [d]
        self.est_lossderiv = est_lossderiv
        self.params = []
        self.grads = []
        self.acts = []
        self.names = {}

    def add_layer(self, m, f, fderiv, name=None):
        n = self.widths[-1]
        self.params.append([np.random.normal(0.0, 0.1, size=(n, m)), np.random.normal(0.0, 0.1, size=m)])
        self.grads.append([np.zeros((n, m)), np.zeros(m)])
        self.acts.append((f, fderiv))
        if name is not None:
            self.names[name] = len(self.params) - 1
        self.widths.append(m)

    def forward(self, x, start=None, end=None):
        begin = self.names[start] if start is not None else 0
        stop = self.names[end] + 1 if end is not None else len(self.params)
        h = np.array(x, dtype=float)
        for (W, b), (f, _) in zip(self.params[begin:stop], self.acts[begin:stop]):
            h = f(h @ W + b)
        return h

    def backward(self, x, y):
        h = np.array(x, dtype=float)
        trace = []
        for (W, b), (f, _) in zip(self.params, self.acts):
            a = h @ W + b
            trace.append((h, a))
            h = f(a)
        g = np.asarray(self.est_lossderiv(h, y))
        last = len(self.params) - 1
        for i in range(last, -1, -1):
            h_before, a = trace[i]
            if i < last:
                g = g * self.acts[i][1](a)
            self.grads[i][0] += np.outer(h_before, g)
            self.grads[i][1] += g
            g = self.params[i][0] @ g

    def step(self, alpha):
        for p, g in zip(self.params, self.grads):
            p[0] = p[0] - alpha * g[0]
            p[1] = p[1] - alpha * g[1]

    def zero_grad(self):
        for g in self.grads:
            g[0].fill(0)
            g[1].fill(0)
