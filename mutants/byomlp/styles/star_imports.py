from layers import *
from losses import *
import numpy as np
import matplotlib
import random  # was for shuffling


class MLP(object):
    def __init__(self, d, est_lossderiv):
        print("new MLP with", d, "inputs")
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.L = []
        self.count = 0

    def add_layer(self, m, f, fderiv, name=None):
        if len(self.L) > 0:
            last_m = self.L[-1][0].shape[0]
        else:
            last_m = self.d
        W = np.random.randn(m, last_m)
        W = W * 0.1
        b = np.random.randn(m)
        self.L.append((W, b, f, fderiv, name, np.zeros((m, last_m)), np.zeros(m)))
        print("layer", name, W.shape)
        return self

    def forward(self, x, start=None, end=None):
        start_idx = 0
        end_idx = len(self.L)
        for i in range(len(self.L)):
            if start != None and self.L[i][4] == start:
                start_idx = i
            if end != None and self.L[i][4] == end:
                end_idx = i + 1
        out = x
        for i in range(start_idx, end_idx):
            out = self.L[i][2](np.dot(self.L[i][0], out) + self.L[i][1])
        return out

    def backward(self, x, y):
        hs = [x]
        as_ = []
        for (W, b, f, fderiv, name, dW, db) in self.L:
            as_.append(np.dot(W, hs[-1]) + b)
            hs.append(f(as_[-1]))
        if self.count % 1000 == 0:
            print("example", self.count, "estimate", hs[-1])
        self.count += 1
        g = self.est_lossderiv(hs[-1], y)
        i = len(self.L) - 1
        while i >= 0:
            (W, b, f, fderiv, name, dW, db) = self.L[i]
            if i < len(self.L) - 1:
                g = g * fderiv(as_[i])
            dW += np.outer(g, hs[i])
            db += g
            g = np.dot(W.T, g)
            i = i - 1
        return hs[-1]

    def step(self, alpha):
        for (W, b, f, fderiv, name, dW, db) in self.L:
            W -= alpha * dW
            b -= alpha * db

    def zero_grad(self):
        for (W, b, f, fderiv, name, dW, db) in self.L:
            dW *= 0
            db *= 0
