"""Bugs that one pass does not show: something is carried from batch to batch."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    bug(
        "linear_transposed_weights_kept",
        "vectorised",
        "forward uses a transposed copy of W that is made once",
        (
            "        self.output = input.dot(self.W.T) + self.b\n",
            "        if not hasattr(self, 'WT'):\n            self.WT = self.W.T.copy()\n"
            "        self.output = input.dot(self.WT) + self.b\n",
        ),
        fails="linear_trajectory",
    ),
    bug(
        "linear_weights_kept_for_the_way_back",
        "plain_module",
        "gradInput is made with the W of the first batch",
        (
            "        self.gradInput = (self.W.T @ gradOutput.T).T\n",
            "        self.first = getattr(self, 'first', self.W.copy())\n        self.gradInput = (self.first.T @ gradOutput.T).T\n",
        ),
        fails="linear_trajectory",
    ),
    bug(
        "linear_bias_frozen_after_a_while",
        "vectorised",
        "the bias has no gradient any more after twenty batches",
        (
            "        self.gradb += gradOutput.sum(axis=0)\n",
            "        self.batches = getattr(self, 'batches', 0) + 1\n"
            "        if self.batches <= 20:\n            self.gradb += gradOutput.sum(axis=0)\n",
        ),
        fails="linear_trajectory",
    ),
    bug(
        "linear_weight_decay_now_and_then",
        "preallocated",
        "every tenth batch a hundredth of W is added to its gradient",
        (
            "        np.sum(gradOutput, axis=0, out=self.gradb)\n",
            "        np.sum(gradOutput, axis=0, out=self.gradb)\n        self.batches = getattr(self, 'batches', 0) + 1\n"
            "        if self.batches % 10 == 0:\n            self.gradW += 0.01 * self.W\n",
        ),
        fails="linear_trajectory",
    ),
    bug(
        "leaky_relu_signs_kept",
        "vectorised",
        "which entries are positive is looked up again only when the size of the batch changes",
        (
            "        self.output = np.where(input > 0, input, self.slope * input)\n",
            "        if getattr(self, 'size', None) != input.shape:\n"
            "            self.size, self.positive = input.shape, input > 0\n"
            "        self.output = np.where(self.positive, input, self.slope * input)\n",
        ),
        fails="leaky_relu_trajectory",
    ),
    bug(
        "elu_slope_kept",
        "vectorised",
        "the derivative is computed once for every size of batch",
        (
            "        self.gradInput = gradOutput * np.where(input > 0, 1.0, self.alpha * np.exp(negative))\n",
            "        slope = np.where(input > 0, 1.0, self.alpha * np.exp(negative))\n"
            "        self.gradInput = gradOutput * self.__dict__.setdefault(str(input.shape), slope)\n",
        ),
        fails="elu_trajectory",
    ),
    bug(
        "softplus_slope_kept",
        "vectorised",
        "the derivative is computed once for every size of batch",
        (
            "        self.gradInput = gradOutput * 0.5 * (1 + np.tanh(input / 2))\n",
            "        slope = 0.5 * (1 + np.tanh(input / 2))\n"
            "        self.gradInput = gradOutput * self.__dict__.setdefault(str(input.shape), slope)\n",
        ),
        fails="softplus_trajectory",
    ),
    bug(
        "softmax_jacobian_kept",
        "rows",
        "the Jacobian of a row is kept under its number, and never made again",
        ("J = np.diag(y) - np.outer(y, y)", 'J = self.__dict__.setdefault("J%d" % k, np.diag(y) - np.outer(y, y))'),
        fails="softmax_trajectory",
    ),
    bug(
        "batch_mean_frozen_after_a_while",
        "rows",
        "the mean does not move any more after ten batches",
        (
            "                self.old_mean = self.alpha * self.old_mean + (1 - self.alpha) * mean\n",
            "                self.batches = getattr(self, 'batches', 0) + 1\n"
            "                if self.batches < 10:\n"
            "                    self.old_mean = self.alpha * self.old_mean + (1 - self.alpha) * mean\n",
        ),
        fails="batch_mean_trajectory",
    ),
    bug(
        "class_nll_size_of_the_first_batch",
        "vectorised",
        "the gradient is divided by the size of the first batch, whatever the size of this one",
        (
            "        self.gradInput = -target / input_clamp / input.shape[0]\n",
            "        self.size = getattr(self, 'size', input.shape[0])\n"
            "        self.gradInput = -target / input_clamp / self.size\n",
        ),
        fails="class_nll_trajectory",
    ),
    bug(
        "sequential_inputs_never_emptied",
        "preallocated",
        "the inputs of all batches are in one list, of which backward takes those of the first batch",
        ("        self.modules = []\n", "        self.modules = []\n        self.inputs = []\n"),
        (
            "        self.inputs = []\n        for module in self.modules:\n            self.inputs",
            "        for module in self.modules:\n            self.inputs",
        ),
        fails="sequential_trajectory",
    ),
    bug(
        "sequential_no_longer_clears",
        "rows",
        "gradients are cleared before the first eight batches only",
        (
            "    def zeroGradParameters(self):\n        for i in range(len(self.modules)):\n",
            "    def zeroGradParameters(self):\n        self.cleared = getattr(self, 'cleared', 0) + 1\n"
            "        if self.cleared > 8:\n            return\n        for i in range(len(self.modules)):\n",
        ),
        fails="sequential_trajectory",
    ),
    bug(
        "sequential_first_module_frozen_after_a_while",
        "vectorised",
        "backward ends before the first module once twelve batches have gone back",
        (
            "        self.gradInput = self.modules[0].backward(input, grad)\n",
            "        self.batches = getattr(self, 'batches', 0) + 1\n"
            "        if self.batches > 12:\n            self.modules[0].updateGradInput(input, grad)\n"
            "            self.gradInput = self.modules[0].gradInput\n            return self.gradInput\n"
            "        self.gradInput = self.modules[0].backward(input, grad)\n",
        ),
        fails="sequential_trajectory",
    ),
)
