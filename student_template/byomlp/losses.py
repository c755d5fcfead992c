"""Losses, and the gradients with which backpropagation starts.

In every function y_est is what a network estimates and y is what is true: numbers or arrays of one shape (y may also be
a single number for a network with one output). What they are given is never changed.

Losses add up over the last axis: for the outputs of one example, 1-D, the loss is a number; for rows of outputs it is
one number a row. Gradients have the shape of y_est.

Each loss belongs to a nonlinearity of the last layer, and its gradient is taken with respect to z, the *input* of that
nonlinearity. It can be worked out from the network's output alone, and the derivative of the nonlinearity is in it:

    last layer   loss                            gradient for backpropagation
    logistic     logistic_est_loss               logistic_est_loss_deriv
    softmax      softmax_est_crossentropy_loss   softmax_est_crossentropy_deriv
    identity     squared_loss                    squared_loss_deriv
    identity     abs_loss                        abs_loss_deriv
"""

import numpy as np

# Probabilities count as at least this much, so that no logarithm is infinite: one wholly wrong answer costs 36.8.
LEAST = 1e-16


def logistic_est_loss(y_est, y):
    """Logistic loss of estimates between 0 and 1 when y is 0 or 1: -log of the probability given to what is true."""
    y_est, y = np.asarray(y_est, dtype=float), np.asarray(y, dtype=float)
    log_one, log_zero = np.log(np.maximum(y_est, LEAST)), np.log(np.maximum(1.0 - y_est, LEAST))
    return np.sum(-y * log_one - (1.0 - y) * log_zero, axis=-1)


def logistic_est_loss_deriv(y_est, y):
    """Gradient of the logistic loss with respect to z, where y_est = logistic(z), from y_est: y_est - y."""
    return np.subtract(y_est, y, dtype=float)


def logistic_loss_deriv(z, y):
    """Gradient of the logistic loss with respect to z, where y_est = logistic(z), from z itself: logistic(z) - y.

    It is for a model that stops at z and leaves the logistic function out. A network that ends in a logistic layer
    takes the other one: it has logistic(z) in hand already, and this would apply the function a second time.
    """
    return np.subtract(0.5 * (1.0 + np.tanh(0.5 * np.asarray(z, dtype=float))), y)


def softmax_est_crossentropy_loss(y_est, y):
    """Cross-entropy of estimated probabilities and true ones (1 for the right class, 0 for the others)."""
    return -np.sum(np.asarray(y, dtype=float) * np.log(np.maximum(y_est, LEAST)), axis=-1)


def softmax_est_crossentropy_deriv(y_est, y):
    """Gradient of the cross-entropy with respect to z, where y_est = softmax(z), from y_est: y_est - y."""
    return np.subtract(y_est, y, dtype=float)


def squared_loss(y_est, y):
    """Half the sum of the squared differences: half, so that its gradient is the difference itself."""
    return 0.5 * np.sum(np.subtract(y_est, y, dtype=float) ** 2, axis=-1)


def squared_loss_deriv(y_est, y):
    """Gradient of the squared loss with respect to y_est: y_est - y."""
    return np.subtract(y_est, y, dtype=float)


def abs_loss(y_est, y):
    """Sum of the absolute differences."""
    return np.sum(np.abs(np.subtract(y_est, y, dtype=float)), axis=-1)


def abs_loss_deriv(y_est, y):
    """Gradient of the absolute loss with respect to y_est: the sign of each difference, 0 where there is none."""
    return np.sign(np.subtract(y_est, y, dtype=float))
