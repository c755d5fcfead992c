# %% [markdown]
# # Homework 6: classification of digits
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
X_train, y_train = get_digits("Digits")
X_test, y_test = get_digits("DigitsTest")
X_train.shape, y_train.shape, X_test.shape

# %%
def to_vec(c):
    v = np.zeros(10)
    v[c] = 1
    return v

def acc(model, X, y):
    correct = 0
    for x, c in zip(X, y):
        if np.argmax(model.forward(x)) == c:
            correct += 1
    return correct / len(y)

def train(model, X, y, epochs=100, lr=2e-4):
    accs = []
    for epoch in range(epochs):
        idx = np.random.permutation(len(X))
        for i in idx:
            model.backward(X[i], to_vec(y[i]))
            model.step(lr)
            model.zero_grad()
        # a few images are enough for the curve
        accs.append(acc(model, X[::20], y[::20]))
    return accs

# %% [markdown]
# ## Model 1: one hidden layer

# %%
model1 = MLP(784, softmax_est_crossentropy_deriv)
model1.add_layer(20, leaky_relu, leaky_relu_deriv, name="hidden")
model1.add_layer(10, softmax, None, name="out")
accs1 = train(model1, X_train, y_train)

# %% [markdown]
# ## Model 2: two hidden layers

# %%
model2 = MLP(784, softmax_est_crossentropy_deriv)
model2.add_layer(40, relu, relu_deriv)
model2.add_layer(20, leaky_relu, leaky_relu_deriv)
model2.add_layer(10, softmax, None)
accs2 = train(model2, X_train, y_train)

# %%
plt.plot(accs1, label="model 1")
plt.plot(accs2, label="model 2")
plt.xlabel("epoch")
plt.ylabel("accuracy (every 20th training image)")
plt.legend()
plt.show()

# %%
train1, test1 = acc(model1, X_train, y_train), acc(model1, X_test, y_test)
train2, test2 = acc(model2, X_train, y_train), acc(model2, X_test, y_test)

# %%
print("Model 1: train accuracy", train1, "test accuracy", test1)
print("Model 2: train accuracy", train2, "test accuracy", test2)

# %% [markdown]
# **Which one is better?** Model 2, because it has one more layer and can form more complicated features. Both are better on the training
# set than on the test set, so there is some overfitting, and it is a bit stronger for model 2 since it has more parameters.
