import matplotlib.pyplot as plt
import numpy as np

from layers import logistic, logistic_deriv
from losses import logistic_est_loss_deriv

DEBUG = True


class MLP:
    def __init__(self, d, est_lossderiv):
        self.d, self.est_lossderiv = d, est_lossderiv
        self.layers = {}
        self.grads = {}

    def add_layer(self, m, f, fderiv, name=None):
        k = len(self.layers)
        n = self.layers[k - 1][0].shape[0] if k else self.d
        self.layers[k] = [np.random.randn(m, n) * 0.1, np.random.randn(m) * 0.1, f, fderiv, name]
        self.zero_grad()

    def forward(self, x, start=None, end=None):
        h = np.copy(x)
        running = start is None
        for k in self.layers:
            W, b, f, fderiv, name = self.layers[k]
            running = running or name == start
            if DEBUG:
                print("layer", k, name, "running" if running else "skipped", h.shape)
            if running:
                h = f(W @ h + b)
                if end is not None and name == end:
                    return h
        return h

    def backward(self, x, y):
        a, h = {}, {-1: x}
        for k in self.layers:
            W, b, f, fderiv, name = self.layers[k]
            a[k] = W @ h[k - 1] + b
            h[k] = f(a[k])
        g = self.est_lossderiv(h[k], y)
        print("y", y, "estimate", h[k], "gradient", g)
        while k >= 0:
            W, b, f, fderiv, name = self.layers[k]
            if k + 1 in self.layers:
                g = g * fderiv(a[k])
            self.grads[k, "W"] = self.grads.get((k, "W"), 0) + np.outer(g, h[k - 1])
            self.grads[k, "b"] = self.grads.get((k, "b"), 0) + g
            g = W.T @ g
            k -= 1

    def step(self, alpha):
        for k in self.layers:
            self.layers[k][0] = self.layers[k][0] - alpha * self.grads.get((k, "W"), 0)
            self.layers[k][1] = self.layers[k][1] - alpha * self.grads.get((k, "b"), 0)

    def zero_grad(self):
        self.grads.clear()


# does it work at all?
test = MLP(3, logistic_est_loss_deriv)
test.add_layer(4, logistic, logistic_deriv, name="hidden")
test.add_layer(1, logistic, None)
print("before", test.forward(np.ones(3)))
for i in range(50):
    test.backward(np.ones(3), 1.0)
    test.step(0.1)
    test.zero_grad()
print("after", test.forward(np.ones(3)))
if __name__ == "__main__":
    plt.plot([test.forward(np.full(3, t))[0] for t in np.linspace(-1, 1)])
    plt.show()
