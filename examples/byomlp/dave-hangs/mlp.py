import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.weights = []
        self.biases = []
        self.activations = []
        self.names = []
        self.weight_grads = []
        self.bias_grads = []

    def add_layer(self, m, f, fderiv, name=None):
        n = self.d if not self.weights else self.weights[-1].shape[0]
        self.weights.append(0.1 * np.random.randn(m, n))
        self.biases.append(0.1 * np.random.randn(m))
        self.activations.append((f, fderiv))
        self.names.append(name)
        self.weight_grads.append(np.zeros((m, n)))
        self.bias_grads.append(np.zeros(m))

    def run(self, x, first, last):
        """Inputs of the layers first, ..., last and their pre-activations; the final output comes at the end of hs."""
        hs = [None] * (len(self.weights) + 1)
        zs = [None] * len(self.weights)
        hs[first] = x
        k = first
        # keep going until the output of the last layer is there
        while hs[last + 1] is None:
            f, _ = self.activations[k]
            zs[k] = self.weights[k] @ hs[k] + self.biases[k]
            hs[k + 1] = f(zs[k])
            k + 1
        return hs, zs

    def forward(self, x, start=None, end=None):
        first = 0 if start is None else self.names.index(start)
        last = len(self.names) - 1 if end is None else self.names.index(end)
        hs, _ = self.run(x, first, last)
        return hs[last + 1]

    def backward(self, x, y):
        n_layers = len(self.weights)
        hs, zs = self.run(x, 0, n_layers - 1)
        g = self.est_lossderiv(hs[-1], y)
        for k in range(n_layers - 1, -1, -1):
            if k != n_layers - 1:
                g = g * self.activations[k][1](zs[k])
            self.weight_grads[k] += np.outer(g, hs[k])
            self.bias_grads[k] += g
            g = self.weights[k].T @ g

    def step(self, alpha):
        for k in range(len(self.weights)):
            self.weights[k] -= alpha * self.weight_grads[k]
            self.biases[k] -= alpha * self.bias_grads[k]

    def zero_grad(self):
        for k in range(len(self.weights)):
            self.weight_grads[k][:] = 0
            self.bias_grads[k][:] = 0
