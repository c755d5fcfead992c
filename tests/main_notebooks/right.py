"""Main notebooks that are right, each in its own way."""

from __future__ import annotations

from main_notebooks.handed_in import Main

RIGHT = (
    Main("in_order", "Everything as it was asked for, one cell after the other."),
    Main(
        "old_style",
        "An old notebook: a Python 2 kernel, fetch_mldata, digits from -1 to 1, plain gradient descent on random batches, "
        "and a final model that exists in a function only.",
        base="old_style",
        kernel="python2",
    ),
    Main(
        "own_optimizer",
        "Adam instead of the given optimizer: its rate is seen by its name.",
        replace=(
            ("def sgd_momentum(x, dx, config, state):", "def sgd_momentum_given(x, dx, config, state):"),
            (
                "----- text\n## Toy problem\n",
                """----- code
def sgd_momentum(x, dx, config, state):
    t = state['t'] = state.get('t', 0) + 1
    i = 0
    for xs, dxs in zip(x, dx):
        for p, g in zip(xs, dxs):
            m = state.setdefault(('m', i), np.zeros_like(g))
            v = state.setdefault(('v', i), np.zeros_like(g))
            m += 0.1 * (g - m)
            v += 0.001 * (g ** 2 - v)
            p -= 0.05 * config['learning_rate'] * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
            i += 1
----- text
## Toy problem
""",
            ),
            ("'learning_rate': 1e-1, 'momentum'", "'learning_rate': 2.0, 'momentum'"),
        ),
    ),
    Main(
        "modules_in_a_py_file",
        "It imports the modules instead of running them.",
        replace=(("%run HW3_Modules.ipynb", "from HW3_Modules import *"),),
        modules_file="HW3_Modules.py",
    ),
    Main(
        "wrong_modules",
        "LeakyReLU gives back a wrong gradient, SoftMax overflows and forgets half of the Jacobian: both are paid for elsewhere.",
        modules=(
            ("self.gradInput = gradOutput * np.where(input > 0, 1.0, self.slope)", "self.gradInput = -gradOutput"),
            ("self.gradInput = self.output * (gradOutput - inner)", "self.gradInput = self.output * gradOutput * 100"),
        ),
        says=(("main_runs", "correct modules in the place of yours"),),
    ),
    Main(
        "with_an_autoencoder",
        "The optional autoencoder is there: it is looked at, and no points hang on it.",
        more="""
----- code
auto = Sequential()
for n, m in ((784, 128), (128, 30), (30, 128), (128, 784)):
    auto.add(Linear(n, m))
    if 30 != m != 784:
        auto.add(BatchMeanSubtraction(0.5))
        auto.add(ReLU())
mse, config, state = MSECriterion(), {'learning_rate': 0.01, 'momentum': 0.9}, {}
for x, _ in get_batches(X, Y, 64):
    auto.zeroGradParameters()
    out = auto.forward(x)
    auto.backward(x, mse.backward(out, x))
    sgd_momentum(auto.getParameters(), auto.getGradParameters(), config, state)
----- code
from sklearn.decomposition import PCA
pca = PCA(30).fit(X)
fig, axes = plt.subplots(3, 10, figsize=(12, 4))
for k in range(10):
    for row, images in enumerate((X[val], auto.forward(X[val]), pca.inverse_transform(pca.transform(X[val])))):
        axes[row, k].imshow(images[k].reshape(28, 28), cmap='gray_r')
        axes[row, k].axis('off')
""",
        says=(("main_runs", "the optional autoencoder 784 -> 128 -> BatchMeanSubtraction"),),
    ),
)
