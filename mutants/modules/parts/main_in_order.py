# %% [markdown]
# # Homework 3, main part
#
# My modules live in the other notebook.

# %%
%matplotlib inline
from time import time, sleep
import numpy as np
import matplotlib.pyplot as plt
np.random.seed(11)

# %%
%run HW3_Modules.ipynb

# %%
def sgd_momentum(x, dx, config, state):
    """Walks the nested lists of parameters and changes them in place."""
    state.setdefault('old_grad', {})
    i = 0
    for cur_layer_x, cur_layer_dx in zip(x, dx):
        for cur_x, cur_dx in zip(cur_layer_x, cur_layer_dx):
            cur_old_grad = state['old_grad'].setdefault(i, np.zeros_like(cur_dx))
            np.add(config['momentum'] * cur_old_grad, config['learning_rate'] * cur_dx, out=cur_old_grad)
            cur_x -= cur_old_grad
            i += 1

# %% [markdown]
# ## Toy problem

# %%
N = 500
X1 = np.random.randn(N, 2) + np.array([2, 2])
X2 = np.random.randn(N, 2) + np.array([-2, -2])
Y = np.concatenate([np.ones(N), np.zeros(N)])[:, None]
Y = np.hstack([Y, 1 - Y])
X = np.vstack([X1, X2])
plt.scatter(X[:, 0], X[:, 1], c=Y[:, 0], edgecolors='none')

# %%
def get_batches(X, Y, batch_size):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), batch_size):
        chosen = order[start:start + batch_size]
        yield X[chosen], Y[chosen]

# %%
toy = Sequential()
toy.add(Linear(2, 2))
toy.add(SoftMax())
criterion = ClassNLLCriterion()
config, state = {'learning_rate': 1e-1, 'momentum': 0.9}, {}
history = []
for epoch in range(20):
    for x, y in get_batches(X, Y, 128):
        toy.zeroGradParameters()
        predictions = toy.forward(x)
        loss = criterion.forward(predictions, y)
        toy.backward(x, criterion.backward(predictions, y))
        sgd_momentum(toy.getParameters(), toy.getGradParameters(), config, state)
        history.append(loss)
plt.figure(figsize=(8, 6))
plt.title('Training loss')
plt.xlabel('#iteration')
plt.ylabel('loss')
plt.plot(history, 'b')
plt.show()
print('Current loss: %f' % loss)

# %% [markdown]
# ## Digits

# %%
with np.load('mnist.npz') as data:
    X, labels = data['X'], data['y']
Y = np.eye(10)[labels]
print(X.shape, Y.shape)

# %%
def train(net, X, Y, epochs=2, rate=0.1, batch_size=64, decay=1.0):
    config, state, losses = {'learning_rate': rate, 'momentum': 0.9}, {}, []
    for epoch in range(epochs):
        for x, y in get_batches(X, Y, batch_size):
            net.zeroGradParameters()
            predictions = net.forward(x)
            losses.append(criterion.forward(predictions, y))
            net.backward(x, criterion.backward(predictions, y))
            sgd_momentum(net.getParameters(), net.getGradParameters(), config, state)
        config['learning_rate'] *= decay
    return losses

def build(activation, mean=False):
    net = Sequential()
    net.add(Linear(784, 50))
    if mean:
        net.add(BatchMeanSubtraction())
    net.add(activation())
    net.add(Linear(50, 10))
    net.add(SoftMax())
    return net

# %%
curves = {}
for activation in (ReLU, ELU, LeakyReLU, SoftPlus):
    for mean in (False, True):
        name = activation.__name__ + (' with mean subtraction' if mean else '')
        started = time()
        curves[name] = train(build(activation, mean), X, Y)
        print('%s: %.2f s, loss %.3f' % (name, time() - started, np.mean(curves[name][-10:])))

# %%
def smooth(values, width=10):
    return np.convolve(values, np.ones(width) / width, mode='valid')

plt.figure(figsize=(10, 7))
for name, losses in curves.items():
    plt.plot(smooth(losses), '--' if 'mean' in name else '-', label=name)
plt.xlabel('iteration')
plt.ylabel('log loss (moving mean)')
plt.title('Activations compared')
plt.legend()
plt.show()

# %% [markdown]
# All four activations end at nearly the same loss. ReLU and LeakyReLU are the fastest to compute, since ELU and SoftPlus need an
# exponential for every entry. Mean subtraction helps a little at the beginning: the curves with it fall faster, and in the end the
# difference is small. I would take LeakyReLU.

# %% [markdown]
# ## The final model

# %%
order = np.random.permutation(len(X))
val, train_part = order[:len(X) // 10], order[len(X) // 10:]
X_train, Y_train, X_val, labels_val = X[train_part], Y[train_part], X[val], labels[val]

net = Sequential()
net.add(Linear(784, 100))
net.add(LeakyReLU())
net.add(Dropout(0.2))
net.add(Linear(100, 10))
net.add(SoftMax())

def set_mode(training):
    for module in net.modules:
        module.training = training

def accuracy(X, labels):
    set_mode(False)
    right = np.mean(net.forward(X).argmax(axis=1) == labels)
    set_mode(True)
    return right

losses = train(net, X_train, Y_train, epochs=6, rate=0.1, decay=0.8)

# %%
print('Validation accuracy: %.4f' % accuracy(X_val, labels_val))
