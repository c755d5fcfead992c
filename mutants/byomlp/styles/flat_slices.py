import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.est_lossderiv = est_lossderiv
        self.widths = [d]
        self.f = []
        self.df = []
        self.names = []
        self.p = np.array([])
        self.dp = None

    def add_layer(self, m, f, fderiv, name=None):
        n = self.widths[-1]
        self.p = np.append(self.p, np.random.randn(m * n) * 0.1)
        self.p = np.append(self.p, np.random.randn(m))
        self.dp = np.zeros(len(self.p))
        self.widths.append(m)
        self.f.append(f)
        self.df.append(fderiv)
        self.names.append(name)

    def where(self, i):
        """Where layer i's weights begin, where its bias begins, where the next layer begins."""
        a = 0
        for k in range(i):
            a += self.widths[k + 1] * (self.widths[k] + 1)
        b = a + self.widths[i + 1] * self.widths[i]
        return a, b, b + self.widths[i + 1]

    def W(self, i):
        a, b, c = self.where(i)
        return self.p[a:b].reshape(self.widths[i + 1], self.widths[i])

    def b(self, i):
        a, b, c = self.where(i)
        return self.p[b:c]

    def forward(self, x, start=None, end=None):
        for i in range(len(self.f)):
            if start is not None:
                if self.names[i] != start:
                    continue
                start = None
            x = self.f[i](self.W(i) @ x + self.b(i))
            if end is not None and self.names[i] == end:
                return x
        return x

    def backward(self, x, y):
        store = []
        for i in range(len(self.f)):
            pre = self.W(i) @ x + self.b(i)
            store.append((x, pre))
            x = self.f[i](pre)
        g = self.est_lossderiv(x, y)
        dp = np.zeros(len(self.p))
        for i in range(len(self.f))[::-1]:
            h, pre = store[i]
            if i + 1 < len(self.f):
                g = g * self.df[i](pre)
            a, b, c = self.where(i)
            dp[a:b] = np.outer(g, h).flatten()
            dp[b:c] = g
            g = self.W(i).T @ g
        self.dp = self.dp + dp

    def step(self, alpha):
        self.p = self.p - alpha * self.dp

    def zero_grad(self):
        self.dp = np.zeros(len(self.p))
