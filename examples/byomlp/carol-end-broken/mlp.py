"""
My multilayer perceptron
"""
import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.layers = []

    def add_layer(self, m, f, fderiv, name=None):
        if len(self.layers) == 0:
            n = self.d
        else:
            n = self.layers[-1]["m"]
        layer = {}
        layer["m"] = m
        layer["f"] = f
        layer["fderiv"] = fderiv
        layer["name"] = name
        layer["W"] = np.random.randn(m, n) * 0.1
        layer["b"] = np.random.randn(m) * 0.1
        layer["Wgrad"] = np.zeros((m, n))
        layer["bgrad"] = np.zeros(m)
        self.layers.append(layer)

    def forward(self, x, start=None, end=None):
        h = np.array(x)
        # the whole network
        if start is None:
            for layer in self.layers:
                layer["h_in"] = h
                layer["a"] = np.matmul(layer["W"], h) + layer["b"]
                h = layer["f"](layer["a"])
            return h
        # only a part of it
        started = False
        for layer in self.layers:
            if layer["name"] == start:
                started = True
            if started:
                h = layer["f"](np.matmul(layer["W"], h) + layer["b"])
                if end is not None and layer["name"] == end:
                    return h
        return h

    def backward(self, x, y):
        y_est = self.forward(x)
        g = self.est_lossderiv(y_est, y)
        last = True
        for layer in self.layers[::-1]:
            if not last:
                g = g * layer["fderiv"](layer["a"])
            last = False
            layer["bgrad"] = layer["bgrad"] + g
            layer["Wgrad"] = layer["Wgrad"] + np.outer(g, layer["h_in"])
            g = np.matmul(layer["W"].T, g)

    def step(self, alpha):
        for layer in self.layers:
            layer["W"] -= alpha * layer["Wgrad"]
            layer["b"] -= alpha * layer["bgrad"]

    def zero_grad(self):
        for layer in self.layers:
            layer["Wgrad"] = np.zeros_like(layer["W"])
            layer["bgrad"] = np.zeros_like(layer["b"])
