"""Bugs in `step` and `zero_grad`."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    # step
    bug(
        "step_adds",
        "flat_views",
        "step goes uphill",
        ("self.theta -= alpha * self.grad", "self.theta += alpha * self.grad"),
        fails="step_descends trajectory_matches disc_separates",
        diagnosis="step_goes_uphill",
    ),
    bug(
        "step_adds_to_the_biases",
        "slotted_dataclass",
        "step goes downhill with the weights and uphill with the biases",
        ("layer.bias -= alpha", "layer.bias += alpha"),
        fails="step_descends trajectory_matches",
        may_fail="disc_separates",
    ),
    bug(
        "step_ignores_the_rate",
        "flat_slices",
        "step subtracts the whole gradient",
        ("self.p = self.p - alpha * self.dp", "self.p = self.p - self.dp"),
        fails="step_descends trajectory_matches",
        may_fail="disc_separates",
        diagnosis="step_ignores_alpha",
    ),
    bug(
        "step_has_its_own_rate",
        "parallel_lists",
        "step uses 0.01, whatever it is given",
        ("    def step(self, alpha):\n", "    def step(self, alpha):\n        alpha = 0.01\n"),
        fails="step_descends trajectory_matches",
        diagnosis="step_scaled",
    ),
    bug(
        "step_clears",
        "flat_views",
        "step clears the accumulators, which is for zero_grad to do",
        (
            "        self.theta -= alpha * self.grad\n",
            "        self.theta -= alpha * self.grad\n        self.zero_grad()\n",
        ),
        fails="step_descends trajectory_matches",
        diagnosis="step_clears",
    ),
    bug(
        "step_forgets_the_biases",
        "german",
        "step changes the weights only",
        ("            schicht.Schwelle = schicht.Schwelle - alpha * schicht.ΔSchwelle\n", ""),
        fails="step_descends trajectory_matches",
        diagnosis="step_forgets_biases",
        may_fail="disc_separates",
    ),
    bug(
        "step_forgets_the_weights",
        "dicts",
        "step changes the biases only",
        ('            layer["W"] -= alpha * layer["dW"]\n', ""),
        fails="step_descends trajectory_matches disc_separates",
    ),
    bug(
        "step_only_in_the_last_layer",
        "list_subclass",
        "step changes the last layer only",
        ("for params, grads, *_ in self:", "for params, grads, *_ in self[-1:]:"),
        fails="step_descends trajectory_matches disc_separates",
    ),
    bug(
        "step_only_in_the_first_layer",
        "name_loop",
        "step returns inside its loop",
        (
            "self.b[name] = self.b[name] - alpha * self.sumb[name]\n",
            "self.b[name] = self.b[name] - alpha * self.sumb[name]\n            return\n",
        ),
        fails="step_descends trajectory_matches disc_separates",
        may_fail="disc_separates",
    ),
    bug(
        "step_divides_by_the_layers",
        "layer_objects",
        "the rate is divided by the number of layers",
        ("layer.update(alpha)", "layer.update(alpha / len(self.layers))"),
        fails="step_descends trajectory_matches",
        diagnosis="step_scaled",
    ),
    bug(
        "step_takes_the_mean",
        "flat_views",
        "step divides by the number of examples since zero_grad",
        (
            "        hs, zs = [x], []\n",
            "        self.count = getattr(self, 'count', 0) + 1\n        hs, zs = [x], []\n",
        ),
        ("self.theta -= alpha * self.grad", "self.theta -= alpha * self.grad / max(getattr(self, 'count', 0), 1)"),
        ("        self.grad[:] = 0.0\n", "        self.grad[:] = 0.0\n        self.count = 0\n"),
        fails="step_descends trajectory_matches",
    ),
    bug(
        "step_with_momentum",
        "flat_views",
        "step keeps a part of the steps before",
        (
            "        self.theta -= alpha * self.grad\n",
            "        self.speed = 0.9 * getattr(self, 'speed', 0.0) + self.grad\n"
            "        self.theta -= alpha * self.speed\n",
        ),
        fails="step_descends trajectory_matches",
    ),
    bug(
        "step_with_weight_decay",
        "name_loop",
        "step shrinks the weights a little",
        ("alpha * self.sumW[name]\n", "alpha * (self.sumW[name] + 0.01 * self.W[name])\n"),
        fails="step_descends trajectory_matches",
    ),
    bug(
        "step_changes_local_names_only",
        "star_imports",
        "W = W - ... in a loop over tuples changes nothing",
        (
            "            W -= alpha * dW\n            b -= alpha * db\n",
            "            W = W - alpha * dW\n            b = b - alpha * db\n",
        ),
        fails="step_descends trajectory_matches disc_separates",
        diagnosis="step_does_nothing",
    ),
    bug(
        "step_does_nothing",
        "dicts",
        "step is not written yet",
        (
            "        for layer in self.layers:\n"
            '            layer["W"] -= alpha * layer["dW"]\n'
            '            layer["b"] -= alpha * layer["db"]\n',
            "        pass\n",
        ),
        fails="step_descends trajectory_matches disc_separates",
        diagnosis="step_does_nothing",
    ),
    # zero_grad
    bug(
        "zero_grad_does_nothing",
        "lazy_gradients",
        "zero_grad is not written yet",
        ("    def zero_grad(self):\n        self.grads = None\n", "    def zero_grad(self):\n        pass\n"),
        fails="zero_grad_clears disc_separates",
        diagnosis="zero_grad_does_nothing",
    ),
    bug(
        "zero_grad_forgets_the_biases",
        "dicts",
        "zero_grad clears the weights' gradients only",
        ('            layer["db"][:] = 0\n', ""),
        fails="zero_grad_clears disc_separates",
        diagnosis="zero_grad_forgets_biases",
    ),
    bug(
        "zero_grad_forgets_the_biases_in_lists",
        "parallel_lists",
        "zero_grad clears the weights' gradients only",
        ("            self.grad_biases[i] = np.zeros(self.biases[i].shape)\n", ""),
        fails="zero_grad_clears disc_separates",
        diagnosis="zero_grad_forgets_biases",
    ),
    bug(
        "zero_grad_forgets_the_weights",
        "german",
        "zero_grad clears the biases' gradients only",
        ("            schicht.nullen()\n", "            schicht.ΔSchwelle = np.zeros_like(schicht.Schwelle)\n"),
        fails="zero_grad_clears disc_separates",
        diagnosis="zero_grad_forgets_weights",
    ),
    bug(
        "zero_grad_only_in_the_last_layer",
        "layer_objects",
        "zero_grad clears the last layer only",
        ("            layer.clear()\n", "            pass\n        layer.clear()\n"),
        fails="zero_grad_clears disc_separates",
    ),
    bug(
        "zero_grad_zeroes_the_weights",
        "flat_views",
        "zero_grad sets the parameters to zero instead of the gradients",
        ("self.grad[:] = 0.0", "self.theta[:] = 0.0"),
        fails="zero_grad_clears disc_separates",
    ),
    bug(
        "zero_grad_changes_local_names_only",
        "star_imports",
        "dW = 0 * dW in a loop over tuples clears nothing",
        ("            dW *= 0\n            db *= 0\n", "            dW = 0 * dW\n            db = 0 * db\n"),
        fails="zero_grad_clears disc_separates",
        diagnosis="zero_grad_does_nothing",
    ),
    bug(
        "zero_grad_leaves_none",
        "name_loop",
        "zero_grad sets None, to which the next backward cannot add",
        ("self.sumW[name] *= 0", "self.sumW[name] = None"),
        ("self.sumb[name] *= 0", "self.sumb[name] = None"),
        fails="zero_grad_clears disc_separates",
    ),
    bug(
        "zero_grad_leaves_small_shapes",
        "recursive",
        "zero_grad makes every accumulator a single zero, which cannot be added to in place",
        (
            "node.dW, node.db = np.zeros(node.W.shape), np.zeros(node.b.shape)",
            "node.dW, node.db = np.zeros(1), np.zeros(1)",
        ),
        fails="zero_grad_clears disc_separates",
    ),
)
