# %%
import numpy as np
import matplotlib.pyplot as plt
from layers import *
from losses import squared_loss, squared_loss_deriv
from mlp import MLP
from digits import get_digits, plot_digits_dimreduced_examples

# %%
X, Y = get_digits('Digits')
N = X.shape[0]
net = MLP(784, squared_loss_deriv)
net.add_layer(512, leaky_relu, leaky_relu_deriv, 'd512')
net.add_layer(256, leaky_relu, leaky_relu_deriv, 'd256')
net.add_layer(128, leaky_relu, leaky_relu_deriv, 'd128')
net.add_layer(2, logistic, logistic_deriv, 'latent')
net.add_layer(128, leaky_relu, leaky_relu_deriv, 'up128')
net.add_layer(256, leaky_relu, leaky_relu_deriv, 'up256')
net.add_layer(512, leaky_relu, leaky_relu_deriv, 'up512')
net.add_layer(784, logistic, logistic_deriv, 'out')

# %%
alpha = 0.0001
for epoch in range(3):
    perm = np.random.permutation(N)
    count = 0
    loss = 0
    for i in perm:
        net.backward(X[i], X[i])
        count += 1
        if count % 16 == 0:
            net.step(alpha)
            net.zero_grad()
        if count % 1000 == 0:
            print(epoch, count, 2 * squared_loss(net.forward(X[i]), X[i]))
    alpha = alpha / 2

# %%
plot_digits_dimreduced_examples(X, Y, net)
