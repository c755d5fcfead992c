import time
from collections import Sequence

import keras
import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm_notebook

plt.style.use("seaborn-dark")
STARTED = time.clock()


class MLP:
    def __init__(self, d, est_lossderiv):
        self.sizes = [d]
        self.est_lossderiv = est_lossderiv
        self.weights = []
        self.biases = []
        self.fs = []
        self.fderivs = []
        self.names = np.array([], dtype=np.object)
        self.grad_weights = []
        self.grad_biases = []

    def add_layer(self, m, f, fderiv, name=None):
        self.weights.append(np.array(np.random.randn(m, self.sizes[-1]) * 0.1, dtype=np.float))
        self.biases.append(np.random.randn(m))
        self.grad_weights.append(np.zeros_like(self.weights[-1]))
        self.grad_biases.append(np.zeros_like(self.biases[-1]))
        self.fs.append(f)
        self.fderivs.append(fderiv)
        self.names = np.append(self.names, np.array([name], dtype=np.object))
        self.sizes.append(m)

    def forward(self, x, start=None, end=None):
        first = 0
        last = len(self.weights) - 1
        if start is not None:
            first = np.asscalar(np.array([list(self.names).index(start)]))
        if end is not None:
            last = np.int(list(self.names).index(end))
        for i in range(first, last + 1):
            x = self.fs[i](self.weights[i] @ x + self.biases[i])
        return x

    def backward(self, x, y):
        L = len(self.weights)
        h = [None] * (L + 1)
        a = [None] * L
        h[0] = x
        for i in range(L):
            a[i] = self.weights[i] @ h[i] + self.biases[i]
            h[i + 1] = self.fs[i](a[i])
        g = self.est_lossderiv(h[L], y)
        for i in reversed(range(L)):
            if i != L - 1:
                g = g * self.fderivs[i](a[i])
            self.grad_biases[i] = self.grad_biases[i] + g
            self.grad_weights[i] = self.grad_weights[i] + np.outer(g, h[i])
            g = self.weights[i].T @ g

    def step(self, alpha):
        for i in range(len(self.weights)):
            self.weights[i] = self.weights[i] - alpha * self.grad_weights[i]
            self.biases[i] = self.biases[i] - alpha * self.grad_biases[i]

    def zero_grad(self):
        for i in range(len(self.weights)):
            self.grad_weights[i] = np.zeros(self.weights[i].shape)
            self.grad_biases[i] = np.zeros(self.biases[i].shape)
