# %%
import matplotlib.pyplot as plt
import numpy as np
import mlp, layers, losses, digits
np.random.seed(42)
X_train, Y_train = digits.load_images("train")
X_test, Y_test = digits.load_images("test")

# %%
L, dL = layers.leaky_relu, layers.leaky_relu_deriv
S, dS = layers.logistic, layers.logistic_deriv
widths = [(512, L, dL, None), (256, L, dL, None), (128, L, dL, None), (2, S, dS, "latent"),
          (128, L, dL, "up128"), (256, L, dL, None), (512, L, dL, None), (784, S, dS, None)]
nn = mlp.MLP(784, losses.squared_loss_deriv)
[nn.add_layer(*w) for w in widths]
len(widths)

# %%
rates = [1e-4, 5e-5, 2.5e-5]
curve = []
for eta in rates:
    shuffled = X_train[np.random.permutation(len(X_train))]
    batches = np.array_split(shuffled, range(16, len(shuffled), 16))
    for n, batch in enumerate(batches):
        nn.zero_grad()
        for x in batch:
            nn.backward(x, x)
        nn.step(eta)
        if n % 50 == 0:
            curve.append(np.mean([losses.squared_loss(nn.forward(x), x) for x in X_test[::100]]))
plt.plot(curve)
plt.show()

# %%
mean = X_train.mean(0)
_, V = np.linalg.eigh(np.cov(X_train.T))
W = V[:, -2:]
R = mean + (X_test - mean) @ W @ W.T
print("PCA       ", np.mean(np.sum((R - X_test) ** 2, axis=1)))
print("my network", np.mean([np.sum((nn.forward(x) - x) ** 2) for x in X_test]))

# %%
digits.plot_digits_dimreduced_examples(X_test, Y_test, nn, n_examples=15)
plt.show()

# %%
g = np.linspace(0, 1, 8)
plt.imshow(np.vstack([np.hstack([nn.forward(np.array([a, b]), start="up128").reshape(28, 28) for a in g]) for b in g]), cmap="gray")
plt.axis("off")
plt.show()
