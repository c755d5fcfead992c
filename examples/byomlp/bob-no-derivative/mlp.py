import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.est_lossderiv = est_lossderiv
        self.dims = [d]
        self.Ws = []
        self.bs = []
        self.fs = []
        self.fderivs = []
        self.names = []
        self.Wgrads = []
        self.bgrads = []

    def add_layer(self, m, f, fderiv, name=None):
        n = self.dims[-1]
        self.dims.append(m)
        self.Ws.append(0.1 * np.random.randn(m, n))
        self.bs.append(0.1 * np.random.randn(m))
        self.fs.append(f)
        self.fderivs.append(fderiv)
        self.names.append(name)
        self.Wgrads.append(np.zeros((m, n)))
        self.bgrads.append(np.zeros(m))

    def forward(self, x, start=None, end=None):
        i1 = 0
        i2 = len(self.Ws) - 1
        if start is not None:
            i1 = self.names.index(start)
        if end is not None:
            i2 = self.names.index(end)
        h = x
        for i in range(i1, i2 + 1):
            a = self.Ws[i] @ h + self.bs[i]
            h = self.fs[i](a)
        return h

    def backward(self, x, y):
        # Step 1: forward pass, keep everything
        hs = [x]
        as_ = []
        for i in range(len(self.Ws)):
            a = self.Ws[i] @ hs[-1] + self.bs[i]
            as_.append(a)
            hs.append(self.fs[i](a))
        # Step 2: go back from the last layer to the first
        g = self.est_lossderiv(hs[-1], y)
        for i in range(len(self.Ws) - 1, -1, -1):
            self.bgrads[i] += g
            self.Wgrads[i] += np.outer(g, hs[i])
            g = self.Ws[i].T @ g

    def step(self, alpha):
        for i in range(len(self.Ws)):
            self.Ws[i] = self.Ws[i] - alpha * self.Wgrads[i]
            self.bs[i] = self.bs[i] - alpha * self.bgrads[i]

    def zero_grad(self):
        for i in range(len(self.Ws)):
            self.Wgrads[i] = np.zeros(self.Ws[i].shape)
            self.bgrads[i] = np.zeros(self.bs[i].shape)
