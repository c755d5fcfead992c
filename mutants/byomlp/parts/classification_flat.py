# %%
import numpy as np
import matplotlib.pyplot as plt
from layers import leaky_relu, leaky_relu_deriv, relu, relu_deriv, softmax
from losses import softmax_est_crossentropy_deriv
from mlp import MLP
from digits import get_digits

# %%
X, Y = get_digits('Digits')
Xt, Yt = get_digits('DigitsTest')
labels = np.eye(10)
N = X.shape[0]

# %%
net = MLP(784, softmax_est_crossentropy_deriv)
net.add_layer(20, leaky_relu, leaky_relu_deriv)
net.add_layer(10, softmax, softmax)

# %%
alpha = 0.0005
for epoch in range(100):
    perm = np.random.permutation(N)
    for i in perm:
        net.backward(X[i], labels[Y[i]])
        net.step(alpha)
        net.zero_grad()
    pred = [net.forward(X[i]).argmax() for i in range(N)]
    print(epoch, np.mean(pred == Y))

# %%
pred = np.array([net.forward(x).argmax() for x in X])
print('Training accuracy:', round(100 * np.mean(pred == Y), 2), '%')
pred = np.array([net.forward(x).argmax() for x in Xt])
print('Test accuracy:', round(100 * np.mean(pred == Yt), 2), '%')

# %% [markdown]
# Now with three layers

# %%
net = MLP(784, softmax_est_crossentropy_deriv)
net.add_layer(40, relu, relu_deriv)
net.add_layer(20, leaky_relu, leaky_relu_deriv)
net.add_layer(10, softmax, softmax)
for epoch in range(100):
    perm = np.random.permutation(N)
    for i in perm:
        net.backward(X[i], labels[Y[i]])
        net.step(alpha)
        net.zero_grad()
    pred = [net.forward(X[i]).argmax() for i in range(N)]
    print(epoch, np.mean(pred == Y))

# %%
pred = np.array([net.forward(x).argmax() for x in X])
print('Training accuracy:', round(100 * np.mean(pred == Y), 2), '%')
pred = np.array([net.forward(x).argmax() for x in Xt])
print('Test accuracy:', round(100 * np.mean(pred == Yt), 2), '%')

# %% [markdown]
# The bigger network gets a higher accuracy at the end. I think it is because 40 features are better than 20. There is a little bit of overfitting (train > test) in both.
