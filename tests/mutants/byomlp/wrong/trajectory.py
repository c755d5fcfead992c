"""Bugs that one step does not show: something is carried from step to step."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    bug(
        "momentum_after_clearing",
        "flat_views",
        "half of the gradient of the step before is added, once zero_grad was called in between",
        (
            "        self.theta -= alpha * self.grad\n",
            "        self.theta -= alpha * (self.grad + getattr(self, 'speed', 0.0))\n        self.taken = self.grad.copy()\n",
        ),
        (
            "        self.grad[:] = 0.0\n",
            "        self.speed = 0.5 * getattr(self, 'taken', 0.0)\n        self.grad[:] = 0.0\n",
        ),
        fails="trajectory_matches",
        diagnosis="momentum",
        may_fail="disc_separates",
    ),
    bug(
        "rate_falls_after_a_while",
        "dicts",
        "the rate becomes smaller with every step after the fifth",
        ("        self.layers = []\n", "        self.layers = []\n        self.steps = 0\n"),
        (
            "    def step(self, alpha):\n",
            "    def step(self, alpha):\n        self.steps += 1\n        alpha = alpha * 0.999 ** max(0, self.steps - 5)\n",
        ),
        fails="trajectory_matches",
        may_fail="disc_separates",
    ),
    bug(
        "biases_frozen_after_a_while",
        "german",
        "biases are fine-tuned for thirty steps only",
        ("        self.schichten = []\n", "        self.schichten = []\n        self.schritte = 0\n"),
        ("    def step(self, alpha):\n", "    def step(self, alpha):\n        self.schritte += 1\n"),
        (
            "            schicht.Schwelle = schicht.Schwelle - alpha * schicht.ΔSchwelle\n",
            "            if self.schritte <= 30:\n"
            "                schicht.Schwelle = schicht.Schwelle - alpha * schicht.ΔSchwelle\n",
        ),
        fails="trajectory_matches",
        diagnosis="stands_still",
        may_fail="disc_separates",
    ),
    bug(
        "stops_early",
        "list_subclass",
        "after forty steps the network counts as trained",
        (
            "    def step(self, alpha):\n",
            "    def step(self, alpha):\n        self.taken = getattr(self, 'taken', 0) + 1\n"
            "        if self.taken > 40:\n            return\n",
        ),
        fails="trajectory_matches disc_separates",
        diagnosis="stands_still",
    ),
    bug(
        "stale_weights_on_the_way_back",
        "layer_objects",
        "the transposed weights are kept from the first backward, to save time",
        ("        self.a = None\n", "        self.a = None\n        self.WT = None\n"),
        (
            "        return self.W.T.dot(g)",
            "        if self.WT is None:\n            self.WT = self.W.T.copy()\n        return self.WT.dot(g)",
        ),
        fails="trajectory_matches",
        diagnosis="stale_weights_on_the_way_back",
        may_fail="disc_separates",
    ),
    bug(
        "stale_forward_pass_for_a_known_input",
        "recursive",
        "the pre-activations of an input that was seen before are not computed again",
        (
            "        a = node.W @ h + node.b\n        if node.next is None:\n",
            "        if not hasattr(node, 'seen'):\n            node.seen = {}\n"
            "        if tuple(h) not in node.seen:\n            node.seen[tuple(h)] = node.W @ h + node.b\n"
            "        a = node.seen[tuple(h)]\n        if node.next is None:\n",
        ),
        fails="trajectory_matches",
        may_fail="disc_separates",
    ),
    bug(
        "history_loses_one_example",
        "gradient_history",
        "zero_grad takes away one example, however many were collected",
        (
            "    def zero_grad(self):\n        self.history = []\n",
            "    def zero_grad(self):\n        self.history = self.history[1:]\n",
        ),
        fails="trajectory_matches",
    ),
    bug(
        "weights_decay_now_and_then",
        "transposed",
        "every tenth step the weights shrink by a thousandth",
        (
            "            p[0] = p[0] - alpha * g[0]\n",
            "            p[0] = p[0] - alpha * g[0]\n            self.age = getattr(self, 'age', 0) + 1\n"
            "            if self.age % (10 * len(self.params)) == 0:\n                p[0] = 0.999 * p[0]\n",
        ),
        fails="trajectory_matches",
        may_fail="disc_separates",
    ),
    bug(
        "small_rates_are_raised",
        "parallel_lists",
        "a rate below 0.1 is raised to it, so that training is quicker",
        (
            "    def step(self, alpha):\n",
            "    def step(self, alpha):\n        alpha = max(alpha, 0.1) if alpha > 0 else alpha\n",
        ),
        fails="trajectory_matches",
        diagnosis="rate_changed",
        may_fail="disc_separates",
    ),
    bug(
        "clips_when_training",
        "closures",
        "after ten steps the accumulated gradients are cut off at 0.05",
        ("    gb = np.zeros(m)\n\n    def run(h):", "    gb = np.zeros(m)\n    steps = 0\n\n    def run(h):"),
        (
            "        nonlocal W, b\n",
            "        nonlocal W, b, steps\n        steps += 1\n        most = 0.05 if steps > 10 else np.inf\n",
        ),
        ("        W = W - alpha * gW\n", "        W = W - alpha * np.clip(gW, -most, most)\n"),
        fails="trajectory_matches",
        may_fail="disc_separates",
    ),
    bug(
        "networks_share_a_step_count",
        "numbered_keys",
        "the rate falls by a tenth after sixty steps, counted over all networks",
        ('    """params["W1"], params["b1"], ... with layers counted from 1."""\n', "    count = 0\n"),
        (
            "    def step(self, alpha):\n",
            "    def step(self, alpha):\n        MLP.count += 1\n        alpha = alpha if MLP.count <= 60 else 0.9 * alpha\n",
        ),
        fails="trajectory_matches",
        diagnosis="rate_changed",
        may_fail="disc_separates",
    ),
    bug(
        "first_layer_frozen_after_a_while",
        "star_imports",
        "from the twentieth step on the first layer is left alone",
        (
            "    def step(self, alpha):\n",
            "    def step(self, alpha):\n        self.age = getattr(self, 'age', 0) + 1\n",
        ),
        (
            "            W -= alpha * dW\n",
            "            W -= alpha * dW * (self.age < 20 or W is not self.L[0][0])\n",
        ),
        fails="trajectory_matches",
        diagnosis="stands_still",
        may_fail="disc_separates",
    ),
)
