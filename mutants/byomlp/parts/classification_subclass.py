# %%
import numpy as np
from matplotlib import pyplot as plt
%matplotlib inline

from digits import get_digits
from layers import *
from losses import *
from mlp import MLP

# %%
Xtr, Ytr = get_digits("Digits")
Xte, Yte = get_digits("DigitsTest")

# %%
class Classifier(MLP):
    """MLP that knows about classes"""

    def predict(self, x):
        return int(np.argmax(self.forward(x)))

    def score(self, X, Y):
        return sum(self.predict(x) == y for x, y in zip(X, Y)) / len(Y)

    def fit(self, X, Y, n_epochs, lr):
        onehot = np.identity(10)
        history = []
        for _ in range(n_epochs):
            order = np.arange(len(X))
            np.random.shuffle(order)
            for n, k in enumerate(order):
                self.zero_grad()
                self.backward(X[k], onehot[Y[k]])
                self.step(lr)
            history.append(self.score(Xte[::10], Yte[::10]))
        return history

# %%
clf_a = Classifier(784, softmax_est_crossentropy_deriv)
clf_a.add_layer(20, leaky_relu, leaky_relu_deriv)
clf_a.add_layer(10, softmax, None)
hist_a = clf_a.fit(Xtr, Ytr, n_epochs=100, lr=0.0005)
print("(a) accuracy train:", clf_a.score(Xtr, Ytr))
print("(a) accuracy test:", clf_a.score(Xte, Yte))

# %%
clf_b = Classifier(784, softmax_est_crossentropy_deriv)
clf_b.add_layer(40, relu, relu_deriv)
clf_b.add_layer(20, leaky_relu, leaky_relu_deriv)
clf_b.add_layer(10, softmax, None)
hist_b = clf_b.fit(Xtr, Ytr, n_epochs=100, lr=0.0005)
print("(b) accuracy train:", clf_b.score(Xtr, Ytr))
print("(b) accuracy test:", clf_b.score(Xte, Yte))

# %%
plt.plot(hist_a, 'r', hist_b, 'b')
plt.legend(["(a)", "(b)"])
plt.title("accuracy on every 10th test image")

# %% [markdown]
# (b) is better in the end, (a) learns faster in the first epochs. Two hidden layers can model more. Neither overfits badly: the accuracy on the test set
# is only somewhat lower than on the training set and it does not go down while we train.
