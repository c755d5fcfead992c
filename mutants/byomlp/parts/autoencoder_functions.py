# %% [markdown]
# # Homework 6: autoencoder
#
# Fiona

# %%
%load_ext autoreload
%autoreload 2
import numpy as np
import matplotlib.pyplot as plt
from mlp import *
from layers import *
from losses import *
from digits import *

# %%
X, Y = get_digits("Digits")
X_test, Y_test = get_digits("DigitsTest")

# %%
def make_autoencoder():
    ae = MLP(784, squared_loss_deriv)
    ae.add_layer(512, leaky_relu, leaky_relu_deriv)
    ae.add_layer(256, leaky_relu, leaky_relu_deriv)
    ae.add_layer(128, leaky_relu, leaky_relu_deriv)
    ae.add_layer(2, logistic, logistic_deriv, name="latent")
    ae.add_layer(128, leaky_relu, leaky_relu_deriv, name="up128")
    ae.add_layer(256, leaky_relu, leaky_relu_deriv)
    ae.add_layer(512, leaky_relu, leaky_relu_deriv)
    ae.add_layer(784, logistic, logistic_deriv)
    return ae

def train_epoch(ae, X, alpha, batch_size=16):
    idx = np.random.permutation(len(X))
    for start in range(0, len(X), batch_size):
        for i in idx[start:start + batch_size]:
            ae.backward(X[i], X[i])
        ae.step(alpha)
        ae.zero_grad()

def mean_loss(ae, X):
    return np.mean([np.sum((ae.forward(x) - x) ** 2) for x in X])

# %%
ae = make_autoencoder()
losses = [mean_loss(ae, X_test)]
alpha = 1e-4
for epoch in range(3):
    train_epoch(ae, X, alpha)
    alpha /= 2
    losses.append(mean_loss(ae, X_test))
    print("epoch", epoch, "loss", losses[-1])

# %%
plt.plot(losses)
plt.xlabel("epoch")
plt.ylabel("loss")
plt.show()

# %%
plot_digits_dimreduced_examples(X_test, Y_test, ae)
plt.show()

# %%
# walk around a circle in latent space
t = np.linspace(0, 2 * np.pi, 10)
fig, axes = plt.subplots(1, 10, figsize=(10, 1))
for ax, a, b in zip(axes, np.cos(t), np.sin(t)):
    ax.imshow(ae.forward(np.array([0.5 + 0.4 * a, 0.5 + 0.4 * b]), start="up128").reshape(28, 28), cmap="gray")
    ax.axis("off")
plt.show()

# %% [markdown]
# The network finds 0 and 1 easily; 4, 7 and 9 are mixed up.
