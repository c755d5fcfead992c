import numpy as np


class Layer:
    pass


class MLP:
    # no matrix products: every sum is written out

    def __init__(self, d, est_lossderiv):
        self.inputs = d
        self.lossderiv = est_lossderiv
        self.layers = []

    def add_layer(self, m, f, fderiv, name=None):
        layer = Layer()
        layer.n = self.layers[-1].m if self.layers else self.inputs
        layer.m = m
        layer.weights = np.zeros((m, layer.n))
        layer.bias = np.zeros(m)
        for i in range(m):
            layer.weights[i] = np.random.randn(layer.n) * 0.1
            layer.bias[i] = np.random.randn()
        layer.f, layer.fderiv, layer.name = f, fderiv, name
        self.layers.append(layer)
        self.zero_grad()

    def weighted_sum(self, layer, h):
        a = np.zeros(layer.m)
        for i in range(layer.m):
            a[i] = layer.bias[i]
            for j in range(layer.n):
                a[i] += layer.weights[i, j] * h[j]
        return a

    def forward(self, x, start=None, end=None):
        waiting = start is not None
        for layer in self.layers:
            if waiting and layer.name == start:
                waiting = False
            if not waiting:
                x = layer.f(self.weighted_sum(layer, x))
                if end is not None and layer.name == end:
                    break
        return x

    def backward(self, x, y):
        for layer in self.layers:
            layer.h_before = x
            layer.a = self.weighted_sum(layer, x)
            x = layer.f(layer.a)
        delta = self.lossderiv(x, y)
        for layer in reversed(self.layers):
            if layer != self.layers[-1]:
                delta = delta * layer.fderiv(layer.a)
            passed_on = np.zeros(layer.n)
            for i in range(layer.m):
                layer.bias_grad[i] += delta[i]
                for j in range(layer.n):
                    layer.weights_grad[i, j] += delta[i] * layer.h_before[j]
                    passed_on[j] += layer.weights[i, j] * delta[i]
            delta = passed_on

    def step(self, alpha):
        for layer in self.layers:
            for i in range(layer.m):
                layer.bias[i] -= alpha * layer.bias_grad[i]
                for j in range(layer.n):
                    layer.weights[i, j] -= alpha * layer.weights_grad[i, j]

    def zero_grad(self):
        for layer in self.layers:
            layer.weights_grad = np.zeros((layer.m, layer.n))
            layer.bias_grad = np.zeros(layer.m)
