import numpy as np


class Layer:
    def __init__(self, n, m, f, fderiv, name):
        self.W = np.random.randn(m, n) * 0.1
        self.b = np.random.randn(m) * 0.1
        self.f = f
        self.fderiv = fderiv
        self.name = name
        self.h_in = None
        self.a = None
        self.clear()

    def clear(self):
        self.Wgrad = np.zeros(self.W.shape)
        self.bgrad = np.zeros(self.b.shape)

    def apply(self, h):
        self.h_in = h
        self.a = self.W.dot(h) + self.b
        return self.f(self.a)

    def back(self, g, is_last):
        """Add the gradients of this layer, return the gradient for the layer below."""
        if not is_last:
            g = g * self.fderiv(self.a)
        self.bgrad += g
        self.Wgrad += np.outer(g, self.h_in)
        return self.W.T.dot(g)

    def update(self, alpha):
        self.W -= alpha * self.Wgrad
        self.b -= alpha * self.bgrad


class MLP:
    def __init__(self, d, est_lossderiv):
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.layers = []

    def add_layer(self, m, f, fderiv, name=None):
        width = self.layers[-1].W.shape[0] if self.layers else self.d
        self.layers.append(Layer(width, m, f, fderiv, name))

    def forward(self, x, start=None, end=None):
        running = not start
        for layer in self.layers:
            running = running or layer.name == start
            if running:
                x = layer.apply(x)
            if running and end and layer.name == end:
                return x
        return x

    def backward(self, x, y):
        y_est = self.forward(x)
        g = self.est_lossderiv(y_est, y)
        for layer in self.layers[::-1]:
            g = layer.back(g, layer is self.layers[-1])

    def step(self, alpha):
        for layer in self.layers:
            layer.update(alpha)

    def zero_grad(self):
        for layer in self.layers:
            layer.clear()
