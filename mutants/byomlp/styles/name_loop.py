import numpy as np


class MLP:
    """Everything is kept under the layer's name; layers without a name get one."""

    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.order = []
        self.W = {}
        self.b = {}
        self.act = {}
        self.actderiv = {}
        self.sumW = {}
        self.sumb = {}

    def add_layer(self, m, f, fderiv, name=None):
        if name is None:
            name = "unnamed layer no. %d" % (len(self.order) + 1)
        n = self.W[self.order[-1]].shape[0] if self.order else self.d
        self.W[name] = 0.1 * np.random.standard_normal((m, n))
        self.b[name] = 0.1 * np.random.standard_normal(m)
        self.act[name] = f
        self.actderiv[name] = fderiv
        self.order.append(name)
        self.sumW[name] = np.zeros((m, n))
        self.sumb[name] = np.zeros(m)

    def forward(self, x, start=None, end=None):
        names = self.order
        if end is not None:
            names = names[: names.index(end) + 1]
        if start is not None:
            names = names[names.index(start) :]
        for name in names:
            x = self.act[name](np.matmul(self.W[name], x) + self.b[name])
        return x

    def backward(self, x, y):
        before = {}
        pre = {}
        h = x.copy()
        for name in self.order:
            before[name] = h
            pre[name] = np.matmul(self.W[name], h) + self.b[name]
            h = self.act[name](pre[name])
        g = self.est_lossderiv(h, y)
        for name in reversed(self.order):
            if name != self.order[-1]:
                g = np.multiply(g, self.actderiv[name](pre[name]))
            self.sumb[name] += g
            self.sumW[name] += g[:, np.newaxis] * before[name][np.newaxis, :]
            g = np.matmul(self.W[name].T, g)

    def step(self, alpha):
        for name in self.order:
            self.W[name] = self.W[name] - alpha * self.sumW[name]
            self.b[name] = self.b[name] - alpha * self.sumb[name]

    def zero_grad(self):
        for name in self.order:
            self.sumW[name] *= 0
            self.sumb[name] *= 0
