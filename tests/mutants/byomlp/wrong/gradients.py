"""Bugs in `backward`: the gradient on its way from the loss to the first layer."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    # the derivative of the nonlinearity
    bug(
        "derivative_left_out",
        "dicts",
        "the derivative of the nonlinearity is never applied",
        ('            if i < len(self.layers) - 1:\n                grad = grad * layer["fderiv"](preacts[i])\n', ""),
        fails="gradients_match disc_separates",
        diagnosis="missing_activation_derivative",
    ),
    bug(
        "derivative_left_out_in_every_layer",
        "recursive",
        "the derivative of the nonlinearity is never applied, in a recursive backward",
        ("self._gradient(node.next, node.f(a), y) * node.fderiv(a)", "self._gradient(node.next, node.f(a), y)"),
        fails="gradients_match disc_separates",
        diagnosis="missing_activation_derivative",
    ),
    bug(
        "derivative_left_out_in_first_layer",
        "parallel_lists",
        "the derivative of the nonlinearity is not applied in the first layer",
        ("if i != L - 1:", "if 0 < i < L - 1:"),
        fails="gradients_match",
        may_fail="disc_separates",
    ),
    bug(
        "derivative_of_the_output",
        "layer_objects",
        "the derivative is taken at f(a) instead of a",
        ("        return self.f(self.a)\n", "        self.h_out = self.f(self.a)\n        return self.h_out\n"),
        ("self.fderiv(self.a)", "self.fderiv(self.h_out)"),
        fails="gradients_match",
        diagnosis="activation_derivative_of_output",
    ),
    bug(
        "derivative_of_last_layer_when_given",
        "namedtuples",
        "the last layer's derivative is applied when there is one",
        ("            if new:\n", "            if layer.fderiv is not None:\n"),
        fails="gradients_match",
        diagnosis="last_layer_derivative",
    ),
    bug(
        "derivative_of_last_layer_always",
        "transposed",
        "the last layer's derivative is applied, which cannot work when it is None",
        (
            "            if i < last:\n                g = g * self.acts[i][1](a)\n",
            "            g = g * self.acts[i][1](a)\n",
        ),
        fails="gradients_match",
    ),
    bug(
        "function_for_its_derivative",
        "closures",
        "the nonlinearity itself is multiplied where its derivative belongs",
        ("            g = g * fderiv(a)\n", "            g = g * f(a)\n"),
        fails="gradients_match disc_separates",
        diagnosis="activation_instead_of_derivative",
        may_fail="disc_separates",
    ),
    bug(
        "derivative_of_first_layer_everywhere",
        "parallel_lists",
        "the first layer's derivative is used in all layers",
        ("self.fderivs[i](a[i])", "self.fderivs[0](a[i])"),
        fails="gradients_match",
    ),
    bug(
        "derivative_at_the_layer_before",
        "dicts",
        "the derivative is taken at the pre-activation of the layer before, which fits only if it is as wide",
        ('layer["fderiv"](preacts[i])', 'layer["fderiv"](preacts[i - 1])'),
        fails="gradients_match disc_separates",
    ),
    bug(
        "relu_slope_everywhere",
        "name_loop",
        "the derivative is 1 for positive and 0 for negative pre-activations, whatever the layer's nonlinearity",
        ("self.actderiv[name](pre[name])", "(pre[name] > 0)"),
        fails="gradients_match",
        diagnosis="relu_slope",
    ),
    bug(
        "leaky_slope_everywhere",
        "star_imports",
        "the leaky ReLU's derivative is used in all layers",
        ("fderiv(as_[i])", "leaky_relu_deriv(as_[i])"),
        fails="gradients_match",
        diagnosis="leaky_relu_slope",
    ),
    bug(
        "derivative_after_the_gradients",
        "german",
        "the derivative is multiplied only after the layer's gradients were taken",
        (
            "            if not letzte:\n"
            "                δ = δ * schicht.f_ableitung(summe)\n"
            "            letzte = False\n",
            "",
        ),
        (
            "            δ = schicht.Gewichte.T @ δ\n",
            "            if not letzte:\n"
            "                δ = δ * schicht.f_ableitung(summe)\n"
            "            letzte = False\n"
            "            δ = schicht.Gewichte.T @ δ\n",
        ),
        fails="gradients_match",
        may_fail="disc_separates",
    ),
    bug(
        "bias_gradient_before_the_derivative",
        "dicts",
        "the bias gradient is taken before the derivative is multiplied",
        ('            layer["db"] += grad\n', ""),
        (
            "            if i < len(self.layers) - 1:\n",
            '            layer["db"] += grad\n            if i < len(self.layers) - 1:\n',
        ),
        fails="gradients_match",
    ),
    # the way back
    bug(
        "weights_not_transposed",
        "dicts",
        "g = W g instead of W^T g on the way back, which works between layers of one width only",
        ('np.dot(layer["W"].T, grad)', 'np.dot(layer["W"], grad)'),
        fails="gradients_match disc_separates",
    ),
    bug(
        "weights_not_transposed_in_einsum",
        "slotted_dataclass",
        "the wrong index is summed on the way back",
        ('np.einsum("ij,i->j", layer.weights, g)', 'np.einsum("ij,j->i", layer.weights, g)'),
        fails="gradients_match disc_separates",
    ),
    bug(
        "weights_not_transposed_when_square",
        "transposed",
        "W is turned round according to its shape, which is no guide when it is square",
        (
            "            g = self.params[i][0] @ g\n",
            "            W = self.params[i][0]\n            g = W.T @ g if W.shape[0] == len(g) else W @ g\n",
        ),
        fails="gradients_match",
        diagnosis="weights_not_transposed",
    ),
    bug(
        "sign_of_the_loss_derivative",
        "parallel_lists",
        "y and the estimate are exchanged",
        ("self.est_lossderiv(h[L], y)", "self.est_lossderiv(y, h[L])"),
        fails="gradients_match disc_separates",
        diagnosis="sign_flipped",
    ),
    bug(
        "gradients_subtracted",
        "star_imports",
        "gradients are subtracted from the accumulators",
        (
            "            dW += np.outer(g, hs[i])\n            db += g\n",
            "            dW -= np.outer(g, hs[i])\n            db -= g\n",
        ),
        fails="gradients_match disc_separates",
        diagnosis="sign_flipped",
    ),
    bug(
        "factor_two",
        "flat_views",
        "the loss derivative is doubled",
        ("g = self.est_lossderiv(hs.pop(), y)", "g = 2 * self.est_lossderiv(hs.pop(), y)"),
        fails="gradients_match",
        diagnosis="gradient_scaled",
    ),
    bug(
        "factor_half",
        "recursive",
        "the loss derivative is halved",
        ("g = self.est_lossderiv(node.f(a), y)", "g = 0.5 * self.est_lossderiv(node.f(a), y)"),
        fails="gradients_match",
        diagnosis="gradient_scaled",
    ),
    bug(
        "mean_over_the_outputs",
        "layer_objects",
        "the loss derivative is divided by the number of outputs",
        ("g = self.est_lossderiv(y_est, y)", "g = self.est_lossderiv(y_est, y) / len(y_est)"),
        fails="gradients_match",
        diagnosis="gradient_averaged_over_outputs",
    ),
    bug(
        "loss_derivative_at_the_pre_activation",
        "parallel_lists",
        "the loss derivative is given the last layer's pre-activation",
        ("self.est_lossderiv(h[L], y)", "self.est_lossderiv(a[L - 1], y)"),
        fails="gradients_match disc_separates",
    ),
    bug(
        "gradient_clipped",
        "closures",
        "the gradient is clipped on its way back",
        (
            "        gb = gb + g\n        return W.T @ g",
            "        gb = gb + g\n        return np.clip(W.T @ g, -0.01, 0.01)",
        ),
        fails="gradients_match disc_separates",
    ),
    bug(
        "gradient_normalised",
        "dicts",
        "the loss derivative is scaled to length 1",
        (
            "        grad = self.est_lossderiv(hs[-1], y)\n",
            "        grad = self.est_lossderiv(hs[-1], y)\n        grad = grad / (np.linalg.norm(grad) + 1e-12)\n",
        ),
        fails="gradients_match",
        diagnosis="gradient_rescaled",
    ),
    bug(
        "only_the_sign",
        "lazy_gradients",
        "only the sign of the loss derivative is used",
        ("delta = self.est_lossderiv(run[-1][1], y)", "delta = np.sign(self.est_lossderiv(run[-1][1], y))"),
        fails="gradients_match",
    ),
    bug(
        "updated_weights_on_the_way_back",
        "name_loop",
        "the gradient goes back through the weights as they will be after the update",
        (
            "            g = np.matmul(self.W[name].T, g)\n",
            "            W_new = self.W[name] - np.outer(g, before[name])\n            g = np.matmul(W_new.T, g)\n",
        ),
        fails="gradients_match disc_separates",
        diagnosis="updated_weights_used",
    ),
    bug(
        "weights_updated_by_backward",
        "layer_objects",
        "backward takes a small step itself before the gradient goes on",
        (
            "        return self.W.T.dot(g)",
            "        self.W -= 0.01 * np.outer(g, self.h_in)\n        return self.W.T.dot(g)",
        ),
        fails="gradients_match gradients_accumulate zero_grad_clears step_descends trajectory_matches",
    ),
    bug(
        "earlier_forward_pass",
        "numbered_keys",
        "backward uses what forward left behind, whatever input that was for",
        (
            "        y_est = self.forward(x)\n        L = len(self.sizes) - 1\n",
            '        L = len(self.sizes) - 1\n        y_est = self.cache[f"h{L}"]\n',
        ),
        fails="gradients_match disc_separates",
    ),
    bug(
        "forward_pass_only_once",
        "layer_objects",
        "backward calls forward only the first time",
        (
            "        y_est = self.forward(x)\n",
            "        if self.layers[-1].a is None:\n"
            "            self.forward(x)\n"
            "        y_est = self.layers[-1].f(self.layers[-1].a)\n",
        ),
        fails="gradients_match disc_separates",
    ),
)
