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
        # your code here
        raise NotImplementedError("write MLP.__init__")

    def add_layer(self, m, f, fderiv, name=None):
        """Add a layer at the end of the network.

        Its weights, a 2-D array, and its biases, a 1-D array, are drawn with np.random.randn; the weights (and the
        biases, if you like) are multiplied by 0.1.

        m: number of neurons in this layer
        f: nonlinearity; it is applied to each entry of an array
        fderiv: derivative of f, likewise; may be None for the last layer, where it is never needed
        name: what `forward` can call this layer by
        """
        # your code here
        raise NotImplementedError("write MLP.add_layer")

    def forward(self, x, start=None, end=None):
        """Return the output of the network for the input x.

        x: 1-D array with one entry for each input dimension
        start: name of the layer that x is fed into; the layers before it are left out (None: the first layer)
        end: name of the layer whose output is returned; the layers after it are left out (None: the last layer)

        Returns a 1-D array with one entry for each neuron of the last layer that was computed.
        """
        # your code here
        raise NotImplementedError("write MLP.forward")

    def backward(self, x, y):
        """Add this example's gradients of the loss, for all weights and biases, to those collected so far.

        x: 1-D array with one entry for each input dimension
        y: what the output should be: a number or a 1-D array
        """
        # your code here
        raise NotImplementedError("write MLP.backward")

    def step(self, alpha):
        """Take a step of gradient descent: subtract alpha times the collected gradients from the weights and biases.

        The gradients stay as they are: clearing them is what `zero_grad` is for.
        """
        # your code here
        raise NotImplementedError("write MLP.step")

    def zero_grad(self):
        """Forget the gradients that were collected, so that the next `backward` begins at zero."""
        # your code here
        raise NotImplementedError("write MLP.zero_grad")
