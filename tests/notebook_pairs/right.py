"""Pairs that earn everything: what students do that is right, or that costs nothing."""

from __future__ import annotations

from notebook_pairs.pair import AUTOENCODER, BOTH, Notebook, Pair, Points, interrupted, printed

ALL = {"classification": Points(8, 2), "autoencoder": Points(10)}
# all but for what few images do not tell
UNLEARNED = {"classification": Points(5, 2), "autoencoder": Points(6)}

STYLES = (
    Pair(
        "functions",
        "star imports, autoreload, a function for everything, the curve on every 20th image",
        Notebook("classification_functions"),
        Notebook("autoencoder_functions"),
        ALL,
        mlp="star_imports",
    ),
    Pair(
        "one_variable",
        "no functions, one variable for both networks, all images evaluated and printed in every epoch",
        Notebook("classification_flat"),
        Notebook("autoencoder_flat"),
        {"classification": Points(8, 2), "autoencoder": Points(6)},
        few=AUTOENCODER,
    ),
    Pair(
        "shuffled_copies",
        "X[permutation] copies, zip, dictionaries of networks, both trained in one cell, \\r in what is printed",
        Notebook("classification_arrays"),
        Notebook("autoencoder_arrays"),
        ALL,
        mlp="layer_objects",
    ),
    Pair(
        "own_subclass",
        "classes of their own made from MLP, gradients cleared before each image, an animation that is saved",
        Notebook("classification_subclass"),
        Notebook("autoencoder_subclass"),
        {"classification": Points(8, 2), "autoencoder": Points(6)},
        few=AUTOENCODER,
        mlp="lazy_gradients",
    ),
    Pair(
        "helper_methods",
        "MLP itself has methods besides those of the assignment, and the notebooks call them",
        Notebook(
            "classification_functions",
            (
                ("accs1 = train(model1, X_train, y_train)", "accs1 = model1.fit(X_train, y_train)"),
                ("accs2 = train(model2, X_train, y_train)", "accs2 = model2.fit(X_train, y_train)"),
            ),
        ),
        Notebook(
            "autoencoder_functions",
            (
                ("    losses.append(mean_loss(ae, X_test))\n", "    losses.append(ae.mean_error(X_test))\n"),
                (
                    "        for i in idx[start:start + batch_size]:\n            ae.backward(X[i], X[i])\n",
                    "        ae.backward_all(X[idx[start:start + batch_size]])\n",
                ),
            ),
        ),
        UNLEARNED,
        few=BOTH,
        methods='''
    # --- for the notebooks

    def fit(self, X, y, epochs=100, alpha=5e-4):
        """SGD, returns the training accuracy on a part of the images after each epoch"""
        accs = []
        for epoch in range(epochs):
            for i in np.random.permutation(len(X)):
                self.backward(X[i], np.eye(10)[y[i]])
                self.step(alpha)
                self.zero_grad()
            accs.append(np.mean([self.predict(x) == c for x, c in zip(X[::20], y[::20])]))
        return accs

    def predict(self, x):
        return self.forward(x).argmax()

    def backward_all(self, X):
        for x in X:
            self.backward(x, x)

    def mean_error(self, X):
        return np.mean([np.sum((self.forward(x) - x) ** 2) for x in X])
''',
    ),
)

HABITS = (
    Pair(
        "rescaled_inputs",
        "the classifier sees pixels between -1 and 1, the autoencoder pixels that a logistic can reach, between 0.05 and 0.95",
        Notebook(
            "classification_functions",
            (("X_train.shape, y_train.shape, X_test.shape", "X_train, X_test = 2 * X_train - 1, 2 * X_test - 1"),),
        ),
        Notebook(
            "autoencoder_functions",
            (
                (
                    'X_test, Y_test = get_digits("DigitsTest")\n',
                    'X_test, Y_test = get_digits("DigitsTest")\nX, X_test = 0.05 + 0.9 * X, 0.05 + 0.9 * X_test\n',
                ),
            ),
        ),
        ALL,
    ),
    Pair(
        "interrupted_before",
        (
            "the rate that the course's curve was made with; what is stored tells of "
            "an earlier run, interrupted, in another kernel"
        ),
        Notebook(
            "classification_flat",
            (("alpha = 0.0005", "alpha = 1e-4"),),
            saved={3: (printed("0 0.1\n1 0.2\n"), interrupted("net.backward(X[i], labels[Y[i]])"))},
            kernel="deep-learning-env",
        ),
        Notebook("autoencoder_flat", saved={2: (interrupted("net.backward(X[i], X[i])"),)}, kernel="deep-learning-env"),
        {"classification": Points(8, 2), "autoencoder": Points(6)},
        few=AUTOENCODER,
        mlp="closures",
    ),
    Pair(
        "undefined_name",
        "a name is misspelt halfway: the cell stops, the cells after it run; one image is tried out before the training",
        Notebook(
            "classification_functions", (('plt.plot(accs1, label="model 1")', 'plt.plot(acs1, label="model 1")'),)
        ),
        Notebook(
            "autoencoder_functions",
            (
                ("plt.plot(losses)", "plt.plot(loses)"),
                (
                    "ae = make_autoencoder()\n",
                    "ae = make_autoencoder()\nprint(ae.forward(X[0], end='latent'))\n"
                    "ae.backward(X[0], X[0])\nae.zero_grad()\n----- code\n",
                ),
            ),
        ),
        UNLEARNED,
        few=BOTH,
        mlp="transposed",
    ),
    Pair(
        "asks_and_shells",
        "input(), shell commands, downloads and files, as they are left over from another machine",
        Notebook(
            "classification_flat",
            (
                (
                    "N = X.shape[0]\n",
                    "N = X.shape[0]\n"
                    "----- code\n!pip install numpy matplotlib\n%pip install --upgrade numpy\n!nvidia-smi\n"
                    "----- code\n%%bash\nls -la\n"
                    "----- code\nname = input('Who are you? ')\nprint('Hello', name)\n"
                    "----- code\nimport urllib.request\n"
                    "urllib.request.urlretrieve('http://127.0.0.1:9/digits.zip', 'digits.zip')\n",
                ),
                (
                    "----- text\nNow with three layers\n",
                    "----- code\nwith open('results.txt', 'w') as f:\n    f.write(str(np.mean(pred == Yt)))\n"
                    "----- code\nfrom google.colab import files\nfiles.download('results.txt')\n"
                    "----- text\nNow with three layers\n",
                ),
            ),
        ),
        Notebook(
            "autoencoder_flat",
            (
                (
                    "plot_digits_dimreduced_examples(X, Y, net)\n",
                    "plot_digits_dimreduced_examples(X, Y, net)\nplt.savefig('/content/drive/MyDrive/ae.png')\n"
                    "----- code\nexit()\n",
                ),
            ),
        ),
        UNLEARNED,
        # google.colab is none of the libraries that are allowed
        fails=frozenset({"imports_allowed"}),
        few=BOTH,
    ),
    Pair(
        "looks_at_weights",
        "the notebooks reach into net.layers, which only the student's own class has",
        Notebook(
            "classification_functions",
            (
                (
                    "----- text\n## Model 2: two hidden layers\n",
                    "----- code\nfig, axes = plt.subplots(2, 10, figsize=(10, 2))\n"
                    "for ax, w in zip(axes.flat, model1.layers[0]['W']):\n"
                    "    ax.imshow(w.reshape(28, 28), cmap='RdBu')\n    ax.axis('off')\nplt.show()\n"
                    "----- text\n## Model 2: two hidden layers\n",
                ),
            ),
        ),
        Notebook(
            "autoencoder_flat",
            (
                (
                    "plot_digits_dimreduced_examples(X, Y, net)\n",
                    "plot_digits_dimreduced_examples(X, Y, net)\n"
                    "----- code\nplt.hist(net.layers[3]['W'].ravel(), bins=50)\nplt.show()\n",
                ),
            ),
        ),
        UNLEARNED,
        few=BOTH,
    ),
    Pair(
        "wrong_mlp",
        "mlp.py forgets the derivative of the hidden layers, which is paid for elsewhere: the notebooks are right",
        Notebook("classification_subclass"),
        Notebook("autoencoder_flat"),
        UNLEARNED,
        few=BOTH,
        mlp="""import numpy as np

class MLP:
    def __init__(self, d, est_lossderiv):
        self.d, self.loss, self.Ws, self.bs, self.fs, self.names = d, est_lossderiv, [], [], [], []

    def add_layer(self, m, f, fderiv, name=None):
        n = len(self.bs[-1]) if self.bs else self.d
        self.Ws.append(np.random.randn(m, n) * 0.1)
        self.bs.append(np.random.randn(m) * 0.1)
        self.fs.append(f)
        self.names.append(name)
        self.zero_grad()

    def forward(self, x, start=None, end=None):
        first = self.names.index(start) if start else 0
        last = self.names.index(end) if end else len(self.Ws) - 1
        for l in range(first, last + 1):
            x = self.fs[l](self.Ws[l] @ x + self.bs[l])
        return x

    def backward(self, x, y):
        hs = [x]
        for W, b, f in zip(self.Ws, self.bs, self.fs):
            hs.append(f(W @ hs[-1] + b))
        g = self.loss(hs[-1], y)
        for l in reversed(range(len(self.Ws))):
            self.dWs[l] += np.outer(g, hs[l])
            self.dbs[l] += g
            g = self.Ws[l].T @ g

    def step(self, alpha):
        for l in range(len(self.Ws)):
            self.Ws[l] -= alpha * self.dWs[l]
            self.bs[l] -= alpha * self.dbs[l]

    def zero_grad(self):
        self.dWs = [np.zeros_like(W) for W in self.Ws]
        self.dbs = [np.zeros_like(b) for b in self.bs]
""",
    ),
    Pair(
        "never_ends",
        "a cell that shows something waits for ever; all that matters is in other cells",
        Notebook(
            "classification_functions",
            (
                (
                    'plt.xlabel("epoch")\n',
                    (
                        'plt.xlabel("epoch")\nfinished = False\n'
                        "while not finished:  # keep the window open\n"
                        "    plt.pause(0.1)\n"
                    ),
                ),
            ),
        ),
        Notebook(
            "autoencoder_functions",
            (
                (
                    "t = np.linspace(0, 2 * np.pi, 10)\n",
                    "k = 0\nwhile k < 10:\n    z = np.array([0.5 + 0.4 * np.cos(k), 0.5 + 0.4 * np.sin(k)])\n"
                    "    picture = ae.forward(z, start='up128')\n",
                ),
            ),
        ),
        UNLEARNED,
        few=BOTH,
        seconds=15,
    ),
    Pair(
        "torch_import",
        "libraries that the assignment forbids are imported, and hardly used",
        Notebook("classification_functions", (("X_train.shape, y_train.shape, X_test.shape", "import torch"),)),
        Notebook(
            "autoencoder_functions",
            (("plt.plot(losses)", "from sklearn.decomposition import PCA\nplt.plot(losses)"),),
        ),
        UNLEARNED,
        fails=frozenset({"imports_allowed"}),
        few=BOTH,
    ),
)

RIGHT = (*STYLES, *HABITS)
