import numpy as np


class MLP:
    """Inside, every vector is a row (1, k), as in a batch of one example."""

    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.names = []
        self.f = []
        self.fderiv = []
        self.W = []
        self.b = []
        self.reset()

    def reset(self):
        self.gW = [np.zeros_like(W) for W in self.W]
        self.gb = [np.zeros_like(b) for b in self.b]

    def add_layer(self, m, f, fderiv, name=None):
        n = self.d if not self.b else self.b[-1].shape[0]
        self.b.append(np.random.randn(m) * 0.1)
        self.W.append((np.random.randn(m, n) * 0.1).T)
        self.f.append(f)
        self.fderiv.append(fderiv)
        self.names.append(name)
        self.reset()

    def forward(self, x, start=None, end=None):
        H = np.atleast_2d(x)
        started = start is None
        for name, W, b, f in zip(self.names, self.W, self.b, self.f):
            started = started or name == start
            if not started:
                continue
            H = f(H @ W + b)
            if name == end and end is not None:
                break
        return H[0]

    def backward(self, x, y):
        H = [np.atleast_2d(x)]
        slopes = []
        for W, b, f, fderiv in zip(self.W, self.b, self.f, self.fderiv):
            A = H[-1] @ W + b
            H.append(f(A))
            slopes.append(None if fderiv is None else fderiv(A))  # the last one is not needed
        G = np.atleast_2d(self.est_lossderiv(H[-1], np.atleast_2d(y)))
        for k in range(len(self.W) - 1, -1, -1):
            self.gW[k] += H[k].T @ G
            self.gb[k] += G.sum(axis=0)
            if k > 0:
                G = (G @ self.W[k].T) * slopes[k - 1]

    def step(self, alpha):
        for params, grads in ((self.W, self.gW), (self.b, self.gb)):
            for p, g in zip(params, grads):
                p -= alpha * g

    def zero_grad(self):
        self.reset()
