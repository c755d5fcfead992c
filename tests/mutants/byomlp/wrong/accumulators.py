"""Bugs in `backward`: what is added to the accumulators, and what has no business there."""

from __future__ import annotations

from mutants.mutant import bug

BACKWARD = "gradients_match gradients_accumulate zero_grad_clears step_descends trajectory_matches disc_separates"

MUTANTS = (
    # what is added
    bug(
        "bias_gradient_forgotten",
        "flat_views",
        "no gradient is collected for the biases",
        ("            gb += g\n", ""),
        fails="gradients_match",
        diagnosis="bias_gradient_missing",
        may_fail="disc_separates",
    ),
    bug(
        "bias_gradient_summed",
        "name_loop",
        "every bias gets the sum of the layer's gradients",
        ("self.sumb[name] += g", "self.sumb[name] += np.sum(g)"),
        fails="gradients_match",
        diagnosis="bias_gradient_summed",
    ),
    bug(
        "bias_gradient_times_input",
        "german",
        "the bias gradient is multiplied by the mean input, as if biases had inputs",
        ("schicht.ΔSchwelle + δ", "schicht.ΔSchwelle + δ * np.mean(h)"),
        fails="gradients_match",
        may_fail="disc_separates",
    ),
    bug(
        "weight_gradient_with_the_pre_activation",
        "dicts",
        "the weight gradient is made with the pre-activation of the layer before instead of its output",
        ("np.outer(grad, hs[i])", "np.outer(grad, preacts[i - 1] if i > 0 else x)"),
        fails="gradients_match",
        diagnosis="pre_activation_in_weight_gradient",
        may_fail="disc_separates",
    ),
    bug(
        "outer_product_swapped",
        "flat_slices",
        "outer(h, g) instead of outer(g, h), which nobody notices in a flat vector",
        ("np.outer(g, h).flatten()", "np.outer(h, g).flatten()"),
        fails="gradients_match",
        diagnosis="outer_product_swapped",
        may_fail="disc_separates",
    ),
    bug(
        "first_layer_left_out",
        "lazy_gradients",
        "the loop stops before the first layer",
        ("range(1, len(run) + 1)", "range(1, len(run))"),
        fails="gradients_match",
        diagnosis="first_layer_forgotten",
    ),
    bug(
        "last_layer_left_out",
        "transposed",
        "no gradients are collected for the last layer",
        ("self.grads[i][0] += np.outer(h_before, g)", "self.grads[i][0] += (i < last) * np.outer(h_before, g)"),
        ("self.grads[i][1] += g", "self.grads[i][1] += (i < last) * g"),
        fails="gradients_match",
        diagnosis="last_layer_forgotten",
        may_fail="disc_separates",
    ),
    bug(
        "only_the_last_layer",
        "gradient_history",
        "the gradient is not passed on to the layers before the last",
        ("deltas.insert(0, (W.T @ deltas[0]) * slopes)", "deltas.insert(0, 0 * slopes)"),
        fails="gradients_match disc_separates",
    ),
    bug(
        "weight_decay",
        "flat_views",
        "a little of the weights is added to their gradient",
        ("gW += np.outer(g, hs.pop())", "gW += np.outer(g, hs.pop()) + 0.01 * self.views[i][0]"),
        fails="gradients_match",
        diagnosis="weight_decay",
    ),
    # accumulating
    bug(
        "gradients_overwritten",
        "dicts",
        "each backward replaces the gradients of the one before",
        ('layer["db"] += grad', 'layer["db"] = grad'),
        ('layer["dW"] += np.outer', 'layer["dW"] = np.outer'),
        fails="gradients_accumulate",
        diagnosis="gradient_overwritten",
    ),
    bug(
        "gradients_overwritten_in_history",
        "gradient_history",
        "only the last example is remembered",
        ("self.history.append(", "self.history = list("),
        ("zip(deltas, h)])", "zip(deltas, h)] for _ in range(1))"),
        fails="gradients_accumulate",
        diagnosis="gradient_overwritten",
    ),
    bug(
        "bias_gradients_overwritten",
        "german",
        "weights accumulate, biases do not",
        ("schicht.ΔSchwelle = schicht.ΔSchwelle + δ", "schicht.ΔSchwelle = δ"),
        fails="gradients_accumulate",
        diagnosis="gradient_overwritten",
    ),
    bug(
        "accumulators_doubled",
        "parallel_lists",
        "what was collected is added to itself before each new gradient",
        (
            "self.grad_weights[i] = self.grad_weights[i] + np.outer(g, h[i])",
            "self.grad_weights[i] += self.grad_weights[i] + np.outer(g, h[i])",
        ),
        fails="gradients_accumulate",
    ),
    bug(
        "accumulators_fade",
        "transposed",
        "earlier gradients fade by a tenth with every example, as with momentum",
        (
            "self.grads[i][0] += np.outer(h_before, g)",
            "self.grads[i][0] = 0.9 * self.grads[i][0] + np.outer(h_before, g)",
        ),
        ("self.grads[i][1] += g", "self.grads[i][1] = 0.9 * self.grads[i][1] + g"),
        fails="gradients_accumulate",
    ),
    bug(
        "running_mean",
        "column_vectors",
        "the mean of old and new is kept instead of the sum",
        ("self.dWs[k] = self.dWs[k] + g @ H[k].T", "self.dWs[k] = (self.dWs[k] + g @ H[k].T) / 2"),
        ("self.dbs[k] = self.dbs[k] + g[:, 0]", "self.dbs[k] = (self.dbs[k] + g[:, 0]) / 2"),
        fails="gradients_match gradients_accumulate",
        diagnosis="gradient_scaled",
    ),
    bug(
        "gradients_not_stored",
        "parallel_lists",
        "the sums are computed and thrown away",
        ("self.grad_biases[i] = self.grad_biases[i] + g", "gb = self.grad_biases[i] + g"),
        (
            "self.grad_weights[i] = self.grad_weights[i] + np.outer(g, h[i])",
            "gW = self.grad_weights[i] + np.outer(g, h[i])",
        ),
        fails=BACKWARD,
        diagnosis="gradient_missing",
    ),
    # what does not belong to backward
    bug(
        "label_overwritten",
        "parallel_lists",
        "the error is computed in the caller's y",
        (
            "        g = self.est_lossderiv(h[L], y)\n",
            "        g = self.est_lossderiv(h[L], y)\n        y -= h[L]  # error, for the plot\n",
        ),
        fails="gradients_accumulate",
        diagnosis="label_modified",
    ),
    bug(
        "input_overwritten_by_backward",
        "recursive",
        "the gradient for the input is written into the caller's x",
        ("        return self._gradient(self.head, x, y)\n", "        x[:] = self._gradient(self.head, x, y)\n"),
        fails="gradients_accumulate",
        diagnosis="input_modified",
    ),
)
