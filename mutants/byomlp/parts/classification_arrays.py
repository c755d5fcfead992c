# %% [markdown]
# # Classification.ipynb

# %%
import matplotlib.pyplot as plt
import numpy as np
import mlp, layers, losses, digits
np.random.seed(42)

# %%
data = {}
data["train"] = digits.load_images("train")
data["test"] = digits.load_images("test")
plt.figure(figsize=(10, 1))
for k in range(10):
    plt.subplot(1, 10, k + 1)
    plt.imshow(data["train"][0][np.where(data["train"][1] == k)[0][0]].reshape(28, 28), cmap="gray")
    plt.axis("off")

# %%
def evaluate(nn, split):
    X, Y = data[split]
    out = np.stack([nn.forward(x) for x in X])
    hits = out.argmax(axis=1) == Y
    return hits.mean(), -np.log(out[np.arange(len(Y)), Y] + 1e-12).mean()

def sgd_epoch(nn, eta):
    X, Y = data["train"]
    perm = np.random.permutation(len(X))
    X_shuffled, T_shuffled = X[perm], np.eye(10)[Y][perm]
    for x, t in zip(X_shuffled, T_shuffled):
        nn.backward(x, t)
        nn.step(eta)
        nn.zero_grad()

# %%
sizes = {"small": [], "large": [40]}
nets, curves = {}, {}
for name in sizes:
    nn = mlp.MLP(28 * 28, losses.softmax_est_crossentropy_deriv)
    for width in sizes[name]:
        nn.add_layer(width, layers.relu, layers.relu_deriv)
    nn.add_layer(20, layers.leaky_relu, layers.leaky_relu_deriv)
    nn.add_layer(10, layers.softmax, None)
    nets[name] = nn

# %%
eta = 2e-4
for name, nn in nets.items():
    curves[name] = []
    epoch = 0
    while epoch < 100:
        sgd_epoch(nn, eta)
        if epoch % 5 == 4:
            curves[name].append(evaluate(nn, "test"))
            print(f"{name} epoch {epoch + 1}: test {curves[name][-1][0]:.3f} loss {curves[name][-1][1]:.3f}", end="\r")
        epoch += 1

# %%
fig, (a, b) = plt.subplots(1, 2, figsize=(9, 3))
for name in curves:
    a.plot([c[0] for c in curves[name]], label=name)
    b.plot([c[1] for c in curves[name]], label=name)
a.set_title("test accuracy")
b.set_title("test cross-entropy")
a.legend()
plt.show()

# %%
for name, nn in nets.items():
    tr, te = evaluate(nn, "train")[0], evaluate(nn, "test")[0]
    print(f"{name:6s}  train {tr:.2%}  test {te:.2%}")

# %% [markdown]
# ## Discussion
#
# The large network is better on both sets. With only 20 neurons right after the pixels the small one cannot
# represent enough strokes. The difference between train and test accuracy is overfitting. It is larger for the large
# network, but it still wins on the test set.
