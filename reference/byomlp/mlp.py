"""A multilayer perceptron, trained by backpropagation one example at a time."""

import numpy as np


class MLP:
    """A chain of fully connected layers. Layer by layer, a = W h + b and then h = f(a), beginning with h = x."""

    def __init__(self, d, est_lossderiv):
        """Begin a network without any layers.

        d: number of input dimensions
        est_lossderiv: function of (y_est, y), the network's output and the true output. It returns the gradient of the
            loss with respect to the *input* of the last layer's nonlinearity (so it stands for the derivative of that
            nonlinearity, too)
        """
        ### BEGIN SOLUTION
        self.d = d
        self.est_lossderiv = est_lossderiv
        self.layers = []
        ### END SOLUTION

    def add_layer(self, m, f, fderiv, name=None):
        """Add a layer at the end of the network.

        Its weights, a 2-D array, and its biases, a 1-D array, are drawn with np.random.randn; the weights (and the
        biases, if you like) are multiplied by 0.1.

        m: number of neurons in this layer
        f: nonlinearity; it is applied to each entry of an array
        fderiv: derivative of f, likewise; may be None for the last layer, where it is never needed
        name: what `forward` can call this layer by
        """
        ### BEGIN SOLUTION
        n = len(self.layers[-1]["b"]) if self.layers else self.d
        self.layers.append(
            {
                "name": name,
                "f": f,
                "fderiv": fderiv,
                "W": 0.1 * np.random.randn(m, n),
                "b": 0.1 * np.random.randn(m),
                "W_grad": np.zeros((m, n)),
                "b_grad": np.zeros(m),
            }
        )
        ### END SOLUTION

    def forward(self, x, start=None, end=None):
        """Return the output of the network for the input x.

        x: 1-D array with one entry for each input dimension
        start: name of the layer that x is fed into; the layers before it are left out (None: the first layer)
        end: name of the layer whose output is returned; the layers after it are left out (None: the last layer)

        Returns a 1-D array with one entry for each neuron of the last layer that was computed.
        """
        ### BEGIN SOLUTION
        names = [layer["name"] for layer in self.layers]
        for name in (start, end):
            if name is not None and name not in names:
                raise ValueError(f"no layer is named {name!r}; the names, in order, are {names}")
        first = 0 if start is None else names.index(start)
        last = len(names) - 1 if end is None else names.index(end)
        h = x
        for layer in self.layers[first : last + 1]:
            h = layer["f"](layer["W"] @ h + layer["b"])
        return h
        ### END SOLUTION

    def backward(self, x, y):
        """Add this example's gradients of the loss, for all weights and biases, to those collected so far.

        x: 1-D array with one entry for each input dimension
        y: what the output should be: a number or a 1-D array
        """
        ### BEGIN SOLUTION
        h = x
        inputs, activations = [], []  # of every layer: the h that goes in, and a = W h + b
        for layer in self.layers:
            inputs.append(h)
            activations.append(layer["W"] @ h + layer["b"])
            h = layer["f"](activations[-1])

        g = self.est_lossderiv(h, y)
        for k in reversed(range(len(self.layers))):
            layer = self.layers[k]
            if k < len(self.layers) - 1:  # est_lossderiv has seen to the last nonlinearity
                g = g * layer["fderiv"](activations[k])
            layer["b_grad"] += g
            layer["W_grad"] += np.outer(g, inputs[k])
            g = layer["W"].T @ g
        ### END SOLUTION

    def step(self, alpha):
        """Take a step of gradient descent: subtract alpha times the collected gradients from the weights and biases.

        The gradients stay as they are: clearing them is what `zero_grad` is for.
        """
        ### BEGIN SOLUTION
        for layer in self.layers:
            layer["W"] -= alpha * layer["W_grad"]
            layer["b"] -= alpha * layer["b_grad"]
        ### END SOLUTION

    def zero_grad(self):
        """Forget the gradients that were collected, so that the next `backward` begins at zero."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            layer["W_grad"][:] = 0
            layer["b_grad"][:] = 0
        ### END SOLUTION
