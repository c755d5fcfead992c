# -*- coding: utf-8 -*-
import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.sizes = [d]
        self.est_lossderiv = est_lossderiv
        self.weights = []
        self.biases = []
        self.fs = []
        self.fderivs = []
        self.names = []
        self.grad_weights = []
        self.grad_biases = []

    def add_layer(self, m, f, fderiv, name=None):
        print 'a layer of', m, 'named', `name`
        self.weights.append(np.random.randn(m, self.sizes[-1]) * 0.1)
        self.biases.append(np.random.randn(m))
        self.grad_weights.append(np.zeros_like(self.weights[-1]))
        self.grad_biases.append(np.zeros_like(self.biases[-1]))
        self.fs.append(f)
        self.fderivs.append(fderiv)
        self.names.append(name)
        self.sizes.append(m)

    def forward(self, x, start=None, end=None):
        first = 0
        last = len(self.weights) - 1
        if start is not None:
            first = self.names.index(start)
        if end is not None:
            last = self.names.index(end)
        for i in xrange(first, last + 1):
            x = self.fs[i](self.weights[i].dot(x) + self.biases[i])
        return x

    def backward(self, x, y):
        L = len(self.weights)
        h = [None] * (L + 1)
        a = [None] * L
        h[0] = x
        for i in xrange(L):
            a[i] = self.weights[i].dot(h[i]) + self.biases[i]
            h[i + 1] = self.fs[i](a[i])
        g = self.est_lossderiv(h[L], y)
        for i, (W, before) in reversed(zip(range(L), zip(self.weights, h))):
            if i <> L - 1:
		g = g * self.fderivs[i](a[i])
            # the first rows, then the others
            half = len(g) / 2
            self.grad_biases[i] = self.grad_biases[i] + g
            self.grad_weights[i] = self.grad_weights[i] + np.vstack([np.outer(g[:half], before), np.outer(g[half:], before)])
            g = W.T.dot(g)

    def step(self, alpha):
        if not isinstance(alpha, (int, long, float)):
            raise ValueError, 'what a rate'
        for i in range(len(self.weights)):
            self.weights[i] = self.weights[i] - alpha * self.grad_weights[i]
            self.biases[i] = self.biases[i] - alpha * self.grad_biases[i]

    def zero_grad(self):
        for i in range(len(self.weights)):
            self.grad_weights[i] = np.zeros(self.weights[i].shape)
            self.grad_biases[i] = np.zeros(self.biases[i].shape)
