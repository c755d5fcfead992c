import numpy as np

class MLP:
    def __init__(self, d, est_lossderiv):
        self.d, self.loss, self.Ws, self.bs, self.fs, self.names = d, est_lossderiv, [], [], [], []

    def add_layer(self, m, f, fderiv, name=None):
        n = len(self.bs[-1]) if self.bs else self.d
        self.Ws.append(np.random.randn(m, n) * 0.1)
        self.bs.append(np.random.randn(m) * 0.1)
        self.fs.append(f)
        self.names.append(name)
        self.zero_grad()

    def forward(self, x, start=None, end=None):
        first = self.names.index(start) if start else 0
        last = self.names.index(end) if end else len(self.Ws) - 1
        for l in range(first, last + 1):
            x = self.fs[l](self.Ws[l] @ x + self.bs[l])
        return x

    def backward(self, x, y):
        hs = [x]
        for W, b, f in zip(self.Ws, self.bs, self.fs):
            hs.append(f(W @ hs[-1] + b))
        g = self.loss(hs[-1], y)
        for l in reversed(range(len(self.Ws))):
            self.dWs[l] += np.outer(g, hs[l])
            self.dbs[l] += g
            g = self.Ws[l].T @ g

    def step(self, alpha):
        for l in range(len(self.Ws)):
            self.Ws[l] -= alpha * self.dWs[l]
            self.bs[l] -= alpha * self.dbs[l]

    def zero_grad(self):
        self.dWs = [np.zeros_like(W) for W in self.Ws]
        self.dbs = [np.zeros_like(b) for b in self.bs]
