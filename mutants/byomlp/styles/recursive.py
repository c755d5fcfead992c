import numpy as np


class MLP:
    """A chain: every node knows the node after it."""

    class Node:
        pass

    def __init__(self, d, est_lossderiv):
        self.size = d
        self.est_lossderiv = est_lossderiv
        self.head = None

    def add_layer(self, m, f, fderiv, name=None):
        node = MLP.Node()
        node.W = np.random.randn(m, self.size) * 0.1
        node.b = np.random.randn(m) * 0.1
        node.dW, node.db = np.zeros((m, self.size)), np.zeros((m,))
        node.f, node.fderiv, node.name = f, fderiv, name
        node.next = None
        if self.head is None:
            self.head = node
        else:
            tail = self.head
            while tail.next is not None:
                tail = tail.next
            tail.next = node
        self.size = m

    def forward(self, x, start=None, end=None):
        node = self.head
        while start is not None and node.name != start:
            node = node.next
        return self._down(node, x, end)

    def _down(self, node, h, end):
        h = node.f(node.W @ h + node.b)
        if node.next is None or (end is not None and node.name == end):
            return h
        return self._down(node.next, h, end)

    def _gradient(self, node, h, y):
        # returns d loss / d h for the input of this node
        a = node.W @ h + node.b
        if node.next is None:
            g = self.est_lossderiv(node.f(a), y)
        else:
            g = self._gradient(node.next, node.f(a), y) * node.fderiv(a)
        node.dW += np.outer(g, h)
        node.db += g
        return node.W.T @ g

    def backward(self, x, y):
        return self._gradient(self.head, x, y)

    def _nodes(self):
        node = self.head
        while node is not None:
            yield node
            node = node.next

    def step(self, alpha):
        for node in self._nodes():
            node.W -= alpha * node.dW
            node.b -= alpha * node.db

    def zero_grad(self):
        for node in self._nodes():
            node.dW, node.db = np.zeros(node.W.shape), np.zeros(node.b.shape)
