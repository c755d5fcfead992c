import numpy as np


class MLP:
    # inside, all vectors are columns (k, 1) as on the blackboard

    def __init__(self, d, est_lossderiv):
        self.dims = [d]
        self.est_lossderiv = est_lossderiv
        self.Ws, self.bs = [], []
        self.dWs, self.dbs = [], []
        self.info = []

    def add_layer(self, m, f, fderiv, name=None):
        self.Ws += [np.random.randn(m, self.dims[-1]) * 0.1]
        self.bs += [np.random.randn(m) * 0.1]
        self.dWs += [0]
        self.dbs += [0]
        self.info += [(name, f, fderiv)]
        self.dims += [m]

    def forward(self, x, start=None, end=None):
        h = x.reshape(-1, 1)
        skip = start is not None
        for i in range(len(self.Ws)):
            name, f, fderiv = self.info[i]
            if skip and name != start:
                continue
            skip = False
            a = self.Ws[i] @ h + self.bs[i][:, None]
            h = f(a.ravel()).reshape(-1, 1)
            if end is not None and name == end:
                break
        return h.ravel()

    def backward(self, x, y):
        H = [x.reshape(-1, 1)]
        A = []
        for i in range(len(self.Ws)):
            A.append(self.Ws[i] @ H[i] + self.bs[i][:, None])
            H.append(self.info[i][1](A[i].ravel()).reshape(-1, 1))
        g = np.reshape(self.est_lossderiv(H[-1].ravel(), y), (-1, 1))
        n = len(self.Ws)
        for i in range(n):
            k = n - 1 - i
            if k != n - 1:
                g = g * self.info[k][2](A[k])
            self.dWs[k] = self.dWs[k] + g @ H[k].T
            self.dbs[k] = self.dbs[k] + g[:, 0]
            g = self.Ws[k].T @ g

    def step(self, alpha):
        for k in range(len(self.Ws)):
            self.Ws[k] = self.Ws[k] - alpha * self.dWs[k]
            self.bs[k] = self.bs[k] - alpha * self.dbs[k]

    def zero_grad(self):
        self.dWs = [0] * len(self.Ws)
        self.dbs = [0] * len(self.bs)
