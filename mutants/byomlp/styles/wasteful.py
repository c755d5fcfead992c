import numpy as np


class MLP:
    """One list of numbers holds everything; what is needed is computed as often as it is needed."""

    def __init__(self, d, est_lossderiv):
        self.est_lossderiv = est_lossderiv
        self.dims = [d]
        self.kinds = []
        self.values = np.zeros((0,))
        self.sums = np.zeros((0,))

    def add_layer(self, m, f, fderiv, name=None):
        W, b = 0.1 * np.random.randn(m, self.dims[-1]), 0.1 * np.random.randn(m)
        self.values = np.hstack((self.values, W.ravel(), b))
        self.sums = np.zeros(self.values.shape)
        self.dims.append(m)
        self.kinds.append((f, fderiv, name))

    def _slice(self, k):
        sizes = [m * (n + 1) for n, m in zip(self.dims, self.dims[1:])]
        return slice(sum(sizes[:k]), sum(sizes[: k + 1]))

    def _params(self, k):
        m, n = self.dims[k + 1], self.dims[k]
        mine = self.values[self._slice(k)]
        return mine[: m * n].reshape(m, n), mine[m * n :]

    def _preactivation(self, x, k, first=0):
        W, b = self._params(k)
        if k == first:
            return W @ x + b
        f = self.kinds[k - 1][0]
        return W @ f(self._preactivation(x, k - 1, first)) + b

    def _index(self, name):
        for k, kind in enumerate(self.kinds):
            if kind[2] == name:
                return k

    def forward(self, x, start=None, end=None):
        first = self._index(start) if start is not None else 0
        last = self._index(end) if end is not None else len(self.kinds) - 1
        f = self.kinds[last][0]
        if not np.all(np.isfinite(f(self._preactivation(x, last, first)))):
            print("warning: the output is not finite")
        return f(self._preactivation(x, last, first))

    def backward(self, x, y):
        last = len(self.kinds) - 1
        g = self.est_lossderiv(self.forward(x), y)
        for k in range(last, -1, -1):
            if k < last:
                g = g * self.kinds[k][1](self._preactivation(x, k))
            h = self.kinds[k - 1][0](self._preactivation(x, k - 1)) if k > 0 else x
            self.sums[self._slice(k)] += np.hstack((np.outer(g, h).ravel(), g))
            g = self._params(k)[0].T @ g

    def step(self, alpha):
        self.values = self.values - alpha * self.sums

    def zero_grad(self):
        self.sums = np.zeros(self.sums.shape)
