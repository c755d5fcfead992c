"""Bugs in `add_layer`: shapes and random numbers."""

from __future__ import annotations

from mutants.mutant import bug

BACKWARD = "gradients_match gradients_accumulate zero_grad_clears step_descends trajectory_matches disc_separates"

MUTANTS = (
    bug(
        "weights_not_scaled",
        "dicts",
        "the weights are not multiplied by 0.1",
        ('"W": 0.1 * np.random.randn(m, n)', '"W": np.random.randn(m, n)'),
        fails="initialisation",
    ),
    bug(
        "weights_too_small",
        "parallel_lists",
        "the weights are multiplied by 0.01",
        ("np.random.randn(m, self.sizes[-1]) * 0.1", "np.random.randn(m, self.sizes[-1]) * 0.01"),
        fails="initialisation disc_separates",
    ),
    bug(
        "weights_scaled_by_width",
        "transposed",
        "the weights are divided by the root of the number of inputs instead",
        ("np.random.normal(0.0, 0.1, size=(n, m))", "np.random.normal(0.0, 1 / np.sqrt(n), size=(n, m))"),
        fails="initialisation",
    ),
    bug(
        "weights_uniform",
        "layer_objects",
        "np.random.rand for np.random.randn: all weights are positive",
        ("self.W = np.random.randn(m, n) * 0.1", "self.W = np.random.rand(m, n) * 0.1"),
        fails="initialisation",
    ),
    bug(
        "weights_uniform_around_zero",
        "lazy_gradients",
        "uniform weights of the right spread",
        ("W = np.random.randn(m, inputs) / 10", "W = np.random.uniform(-0.1732, 0.1732, (m, inputs))"),
        fails="initialisation",
    ),
    bug(
        "weights_zero",
        "flat_slices",
        "the weights begin at zero",
        ("np.random.randn(m * n) * 0.1", "np.zeros(m * n)"),
        fails="initialisation disc_separates",
    ),
    bug(
        "weights_equal_for_all_neurons",
        "recursive",
        "one row of weights is drawn and used for every neuron of the layer",
        ("node.W = np.random.randn(m, self.size) * 0.1", "node.W = np.tile(np.random.randn(self.size) * 0.1, (m, 1))"),
        fails="layer_shapes initialisation",
    ),
    bug(
        "bias_zero",
        "dicts",
        "the biases begin at zero",
        ('"b": 0.1 * np.random.randn(m)', '"b": np.zeros(m)'),
        fails="initialisation",
    ),
    bug(
        "bias_too_small",
        "recursive",
        "the biases are multiplied by 0.01",
        ("node.b = np.random.randn(m) * 0.1", "node.b = np.random.randn(m) * 0.01"),
        fails="initialisation",
    ),
    bug(
        "bias_uniform",
        "german",
        "np.random.rand for np.random.randn: all biases are positive",
        ("self.Schwelle = 0.1 * np.random.randn(anzahl)", "self.Schwelle = np.random.rand(anzahl)"),
        fails="initialisation",
    ),
    bug(
        "bias_shared_by_the_layer",
        "parallel_lists",
        "one number is drawn and is the bias of every neuron",
        ("self.biases.append(np.random.randn(m))", "self.biases.append(np.random.randn() * np.ones(m))"),
        fails="layer_shapes initialisation",
    ),
    bug(
        "bias_a_column",
        "parallel_lists",
        "biases of shape (m, 1): adding them turns a vector into a matrix",
        ("self.biases.append(np.random.randn(m))", "self.biases.append(np.random.randn(m, 1))"),
        fails=f"layer_shapes output_shapes forward_values start_and_end {BACKWARD}",
    ),
    bug(
        "weights_as_wide_as_the_input",
        "layer_objects",
        "every layer's weights have d columns instead of the previous layer's width",
        ("width = self.layers[-1].W.shape[0] if self.layers else self.d", "width = self.d"),
        fails="layer_shapes output_shapes forward_values start_and_end gradients_match disc_separates",
    ),
    bug(
        "same_seed_in_every_network",
        "closures",
        "np.random.seed(0) in __init__: whatever seed is set outside is lost",
        ("        self.width = d\n", "        np.random.seed(0)\n        self.width = d\n"),
        fails="initialisation",
    ),
    bug(
        "same_seed_in_every_layer",
        "name_loop",
        "np.random.seed(42) in add_layer: layers of one shape are equal",
        (
            "        n = self.W[self.order[-1]].shape[0]",
            "        np.random.seed(42)\n        n = self.W[self.order[-1]].shape[0]",
        ),
        fails="initialisation",
    ),
    bug(
        "own_random_generator",
        "namedtuples",
        "weights from np.random.default_rng(), which np.random.seed does not govern",
        (
            "W = np.random.randn(m, self.n_in) * 0.1",
            "W = np.random.default_rng().standard_normal((m, self.n_in)) * 0.1",
        ),
        fails="initialisation",
    ),
    bug(
        "equal_layers_share_arrays",
        "parallel_lists",
        "a layer as large as one before gets that layer's weight array instead of a new one",
        (
            "        self.weights.append(np.random.randn(m, self.sizes[-1]) * 0.1)\n",
            "        self.store = getattr(self, 'store', {})\n"
            "        if (m, self.sizes[-1]) not in self.store:\n"
            "            self.store[m, self.sizes[-1]] = np.random.randn(m, self.sizes[-1]) * 0.1\n"
            "        self.weights.append(self.store[m, self.sizes[-1]])\n",
        ),
        fails="initialisation",
    ),
    bug(
        "equal_layers_are_one_layer",
        "layer_objects",
        "a layer as large as the one before is a shallow copy of it, so both have the same arrays",
        ("import numpy as np", "import copy\n\nimport numpy as np"),
        (
            "        self.layers.append(Layer(width, m, f, fderiv, name))",
            "        layer = Layer(width, m, f, fderiv, name)\n"
            "        if self.layers and self.layers[-1].W.shape == layer.W.shape:\n"
            "            layer = copy.copy(self.layers[-1])\n"
            "            layer.f, layer.fderiv, layer.name = f, fderiv, name\n"
            "        self.layers.append(layer)",
        ),
        fails="initialisation gradients_match zero_grad_clears",
    ),
    bug(
        "networks_share_their_layers",
        "dicts",
        "the list of layers belongs to the class, so a second network begins with the layers of the first",
        ("        self.layers = []\n", ""),
        ("    def __init__", "    layers = []\n\n    def __init__"),
        fails=f"layer_shapes initialisation output_shapes forward_values start_and_end {BACKWARD}",
    ),
    bug(
        "unnamed_layers_collide",
        "name_loop",
        "layers are kept by name, so a second layer without a name replaces the first",
        (
            '        if name is None:\n            name = "unnamed layer no. %d" % (len(self.order) + 1)\n',
            "",
        ),
        fails="output_shapes forward_values",
    ),
)
