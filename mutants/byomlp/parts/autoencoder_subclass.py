# %%
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation
%matplotlib inline

from digits import *
from layers import *
from losses import *
from mlp import MLP

# %%
Xtr, Ytr = get_digits("Digits")
Xte, Yte = get_digits("DigitsTest")

# %%
class Autoencoder(MLP):
    def __init__(self):
        super().__init__(784, squared_loss_deriv)
        for m in [512, 256, 128]:
            self.add_layer(m, leaky_relu, leaky_relu_deriv, f"down{m}")
        self.add_layer(2, logistic, logistic_deriv, "latent")
        for m in [128, 256, 512]:
            self.add_layer(m, leaky_relu, leaky_relu_deriv, f"up{m}")
        self.add_layer(784, logistic, logistic_deriv, "image")

    def encode(self, x):
        return self.forward(x, end="latent")

    def decode(self, z):
        return self.forward(z, start="up128")

# %%
coder = Autoencoder()
lr, bs = 1e-4, 16
epoch = 0
while epoch < 3:
    order = np.arange(len(Xtr))
    np.random.shuffle(order)
    for b in range(int(np.ceil(len(Xtr) / bs))):
        coder.zero_grad()
        for x in Xtr[order[b * bs:(b + 1) * bs]]:
            coder.backward(x, x)
        coder.step(lr)
    lr *= 0.5
    epoch += 1
    print("loss", np.mean([((coder.forward(x) - x) ** 2).sum() for x in Xte]))

# %%
Z = np.array([coder.encode(x) for x in Xte[::10]])
plt.scatter(Z[:, 0], Z[:, 1], c=Yte[::10], cmap="tab10", s=5)
plt.colorbar()
plt.show()
plot_digits_dimreduced_examples(Xte, Yte, coder)
plt.show()

# %%
fig = plt.figure(figsize=(2, 2))
im = plt.imshow(np.ones((28, 28)), cmap="gray", vmin=0, vmax=1)
def update(k):
    w = 2 * np.pi * k / 20
    im.set_data(coder.decode(np.array([0.5 + 0.4 * np.cos(w), 0.5 + 0.4 * np.sin(w)])).reshape(28, 28))
ani = FuncAnimation(fig, update, frames=20)
ani.save("walk.gif", writer="pillow", fps=10)
