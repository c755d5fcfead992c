# %% [markdown]
# # HW3
#
# Done together with nobody.

# %%
%matplotlib inline
from __future__ import print_function
import numpy as np
import matplotlib.pyplot as plt
from IPython.display import clear_output
from sklearn.datasets import fetch_mldata
np.random.seed(3)

# %%
%run HW3_Modules.ipynb

# %%
class Trainer(object):
    """Plain gradient descent on random batches."""

    def __init__(self, model, criterion, step):
        self.model, self.criterion, self.step, self.log = model, criterion, step, []

    def walk(self, x, dx):
        if isinstance(x, list):
            for a, b in zip(x, dx):
                self.walk(a, b)
        else:
            x -= self.step * dx

    def fit(self, data, target, iterations, batch=50):
        for i in range(iterations):
            idx = np.random.randint(0, data.shape[0], batch)
            out = self.model.forward(data[idx])
            self.log.append(self.criterion.forward(out, target[idx]))
            self.model.zeroGradParameters()
            self.model.backward(data[idx], self.criterion.backward(out, target[idx]))
            self.walk(self.model.getParameters(), self.model.getGradParameters())
        return self

def stack(*layers):
    s = Sequential()
    for layer in layers:
        s.add(layer)
    return s

# %%
a = np.random.randn(500, 2) - 2
b = np.random.randn(500, 2) + 2
points = np.r_[a, b]
classes = np.r_[np.tile([1., 0.], (500, 1)), np.tile([0., 1.], (500, 1))]
toy = Trainer(stack(Linear(2, 2), SoftMax()), ClassNLLCriterion(), 0.5)
for part in range(4):
    toy.fit(points, classes, 100)
    clear_output(True)
    plt.plot(toy.log); plt.xlabel('step'); plt.show()
    print('loss', toy.log[-1])

# %%
mnist = fetch_mldata('MNIST original', data_home='.')
data = mnist.data / 255. * 2 - 1
target = np.zeros((len(data), 10)); target[np.arange(len(data)), mnist.target.astype(int)] = 1
print(data.shape, data.min(), data.max())

# %%
iterations = 3 * len(data) // 50
logs = []
for layer in [ReLU, ELU, LeakyReLU, SoftPlus]:
    plain = Trainer(stack(Linear(784, 40), layer(), Linear(40, 10), SoftMax()), ClassNLLCriterion(), 0.05)
    mean = Trainer(stack(Linear(784, 40), BatchMeanSubtraction(), layer(), Linear(40, 10), SoftMax()), ClassNLLCriterion(), 0.05)
    logs += [plain.fit(data, target, iterations).log, mean.fit(data, target, iterations).log]

# %%
fig, ax = plt.subplots(figsize=(9, 6))
for k, (log, color) in enumerate(zip(logs, ['b', 'b', 'r', 'r', 'g', 'g', 'k', 'k'])):
    ax.semilogy(np.mean(np.reshape(log[:len(log) // 4 * 4], (-1, 4)), axis=1), color + ['-', ':'][k % 2])
ax.set_xlabel('iterations / 4')
ax.set_ylabel('loss')
ax.legend(['relu', 'relu + bms', 'elu', 'elu + bms', 'leaky', 'leaky + bms', 'softplus', 'softplus + bms'])
fig.savefig('plot.png')

# %% [markdown]
# **Opinion.** ELU was the best for me and softplus the worst, it needs more iterations and much more time because of exp and log.
# I do not see that the mean subtraction layer helps with a net which has only one hidden layer, everything looks the same to me.

# %%
def final(data, target, epochs=12, batch=50):
    first = len(data) * 5 // 6
    x, y, xv, yv = data[:first], target[:first], data[first:], target[first:]
    model = stack(Linear(784, 80), ELU(), Dropout(0.3), Linear(80, 10), SoftMax())
    crit, step = ClassNLLCriterion(), 0.05
    for epoch in range(epochs):
        if epoch % 4 == 3:
            step /= 2.
        for m in model.modules:
            m.training = True
        order = np.random.permutation(first)
        for i in range(0, first, batch):
            xb, yb = x[order[i:i + batch]], y[order[i:i + batch]]
            model.zeroGradParameters()
            model.backward(xb, crit.backward(model.forward(xb), yb))
            for pars, grads in zip(model.getParameters(), model.getGradParameters()):
                for p, g in zip(pars, grads):
                    p -= step * g
        for m in model.modules:
            m.evaluate()
        out = model.forward(xv)
        acc = 100. * np.mean(np.argmax(out, 1) == np.argmax(yv, 1))
        print('epoch', epoch, 'validation loss', crit.forward(out, yv), 'accuracy', acc, '%')
    return acc

final(data, target)
