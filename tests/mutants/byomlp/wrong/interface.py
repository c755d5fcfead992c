"""Submissions that cannot be loaded, lack something, or answer in a way nobody asked for."""

from __future__ import annotations

from mutants.mutant import Mutant, bug

FORWARD = "layer_shapes initialisation output_shapes forward_values start_and_end"
BACKWARD = "gradients_match gradients_accumulate zero_grad_clears step_descends trajectory_matches disc_separates"
ALL = f"mlp_loads {FORWARD} {BACKWARD}"

MUTANTS = (
    bug("class_missing", "dicts", "the class has another name", ("class MLP:", "class Perceptron:"), fails=ALL),
    bug(
        "syntax_error",
        "closures",
        "a colon is missing",
        ("    def step(self, alpha):", "    def step(self, alpha)"),
        fails=ALL,
    ),
    bug(
        "forbidden_library",
        "german",
        "a library that is not there",
        ("import numpy as np", "import numpy as np\nimport torch"),
        fails=ALL,
    ),
    bug(
        "name_error_at_import",
        "dicts",
        "numpy is imported under another name than the one used",
        ("class MLP:", "pi = numpy.pi\n\n\nclass MLP:"),
        fails=ALL,
    ),
    bug(
        "exits_at_import",
        "recursive",
        "the file ends the program when it is imported",
        ("class MLP:", "exit()\n\n\nclass MLP:"),
        fails=ALL,
    ),
    Mutant("empty_file", "nothing in the file", frozenset(ALL.split()), text="# to do\n"),
    Mutant(
        "nothing_written_yet",
        "all methods are there and do nothing",
        frozenset(ALL.split()) - {"mlp_loads"},
        text=(
            "import numpy as np\n\n\nclass MLP:\n"
            "    def __init__(self, d, est_lossderiv):\n        pass\n\n"
            "    def add_layer(self, m, f, fderiv, name=None):\n        pass\n\n"
            "    def forward(self, x, start=None, end=None):\n        pass\n\n"
            "    def backward(self, x, y):\n        pass\n\n"
            "    def step(self, alpha):\n        pass\n\n"
            "    def zero_grad(self):\n        pass\n"
        ),
    ),
    bug(
        "forward_without_start_and_end",
        "numbered_keys",
        "forward takes x only",
        ("def forward(self, x, start=None, end=None):", "def forward(self, x):"),
        ("l = self.layer_number[start] if start else 1", "l = 1"),
        ("stop = self.layer_number[end] if end else len(self.sizes) - 1", "stop = len(self.sizes) - 1"),
        fails="start_and_end",
    ),
    bug(
        "forward_returns_nothing",
        "dicts",
        "the return statement of forward is missing",
        ("        return h\n", ""),
        fails="output_shapes forward_values start_and_end disc_separates",
    ),
    bug(
        "forward_returns_a_pair",
        "slotted_dataclass",
        "forward returns the pre-activation beside the output",
        (
            '            x = layer.f(np.einsum("ij,j->i", layer.weights, x) + layer.bias)\n        return x\n',
            '            a = np.einsum("ij,j->i", layer.weights, x) + layer.bias\n'
            "            x = layer.f(a)\n"
            "        return a, x\n",
        ),
        fails="output_shapes forward_values start_and_end disc_separates",
    ),
    bug(
        "forward_returns_all_layers",
        "gradient_history",
        "forward returns the list of all layers' outputs",
        (
            "        for name, (W, b), f in todo:\n            x = f(W @ x + b)\n        return x\n",
            "        outputs = []\n        for name, (W, b), f in todo:\n            x = f(W @ x + b)\n"
            "            outputs.append(x)\n        return outputs\n",
        ),
        fails="output_shapes forward_values start_and_end disc_separates",
    ),
    bug(
        "backward_missing",
        "closures",
        "backward has another name",
        ("    def backward(self, x, y):", "    def backprop(self, x, y):"),
        fails=BACKWARD,
    ),
    bug(
        "backward_not_implemented",
        "transposed",
        "backward raises NotImplementedError",
        ("        trace = []\n", "        raise NotImplementedError\n        trace = []\n"),
        fails=BACKWARD,
    ),
    bug(
        "backward_takes_y_first",
        "dicts",
        "backward(y, x) instead of backward(x, y)",
        ("def backward(self, x, y):", "def backward(self, y, x):"),
        fails="gradients_match disc_separates",
    ),
    bug(
        "backward_never_ends",
        "star_imports",
        "the loop that goes back does not count down",
        ("            i = i - 1\n", ""),
        fails=BACKWARD,
    ),
    bug(
        "step_missing",
        "parallel_lists",
        "step has another name",
        ("    def step(self, alpha):", "    def update(self, alpha):"),
        fails="step_descends trajectory_matches disc_separates",
    ),
    bug(
        "step_without_rate",
        "flat_views",
        "step takes no learning rate",
        ("    def step(self, alpha):\n", "    def step(self):\n        alpha = 0.01\n"),
        fails="step_descends trajectory_matches disc_separates",
    ),
    bug(
        "zero_grad_missing",
        "list_subclass",
        "zero_grad has another name",
        ("    def zero_grad(self):", "    def zero_gradients(self):"),
        fails="zero_grad_clears disc_separates",
    ),
)
