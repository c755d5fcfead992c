import numpy as np


class MLP:
    """Multilayer perceptron; every layer is a dictionary."""

    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.layers = []

    def add_layer(self, m, f, fderiv, name=None):
        n = self.d if len(self.layers) == 0 else len(self.layers[-1]["b"])
        self.layers.append(
            {
                "W": 0.1 * np.random.randn(m, n),
                "b": 0.1 * np.random.randn(m),
                "dW": np.zeros((m, n)),
                "db": np.zeros(m),
                "f": f,
                "fderiv": fderiv,
                "name": name,
            }
        )

    def forward(self, x, start=None, end=None):
        h = x
        active = start is None
        for layer in self.layers:
            if layer["name"] == start:
                active = True
            if active:
                a = np.dot(layer["W"], h) + layer["b"]
                h = layer["f"](a)
                if end is not None and layer["name"] == end:
                    break
        return h

    def backward(self, x, y):
        # forward, remembering everything
        hs = [x]
        preacts = []
        for layer in self.layers:
            a = np.dot(layer["W"], hs[-1]) + layer["b"]
            preacts.append(a)
            hs.append(layer["f"](a))
        # and back
        grad = self.est_lossderiv(hs[-1], y)
        for i in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[i]
            if i < len(self.layers) - 1:
                grad = grad * layer["fderiv"](preacts[i])
            layer["db"] += grad
            layer["dW"] += np.outer(grad, hs[i])
            grad = np.dot(layer["W"].T, grad)

    def step(self, alpha):
        for layer in self.layers:
            layer["W"] -= alpha * layer["dW"]
            layer["b"] -= alpha * layer["db"]

    def zero_grad(self):
        for layer in self.layers:
            layer["dW"][:] = 0
            layer["db"][:] = 0
