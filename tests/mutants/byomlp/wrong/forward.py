"""Bugs in `forward`: wrong values."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    bug(
        "bias_not_added",
        "dicts",
        "forward leaves the bias out; backward does not",
        ('a = np.dot(layer["W"], h) + layer["b"]', 'a = np.dot(layer["W"], h)'),
        fails="forward_values disc_separates",
    ),
    bug(
        "bias_never_added",
        "lazy_gradients",
        "neither the forward nor the backward pass adds the bias",
        ("a = W @ h + b\n", "a = W @ h\n"),
        fails="forward_values gradients_match disc_separates",
    ),
    bug(
        "bias_subtracted",
        "layer_objects",
        "a = W h - b, and the gradients as for a = W h + b",
        ("self.a = self.W.dot(h) + self.b", "self.a = self.W.dot(h) - self.b"),
        fails="forward_values step_descends trajectory_matches",
    ),
    bug(
        "weights_not_used",
        "dicts",
        "forward leaves the weights out; backward does not",
        ('a = np.dot(layer["W"], h) + layer["b"]', 'a = 0 * np.dot(layer["W"], h) + layer["b"]'),
        fails="forward_values disc_separates",
    ),
    bug(
        "first_layer_skipped",
        "parallel_lists",
        "without start, forward begins with the second layer",
        ("        first = 0\n", "        first = 1\n"),
        fails="output_shapes forward_values start_and_end disc_separates",
    ),
    bug(
        "bias_added_after_the_activation",
        "flat_slices",
        "forward computes f(W h) + b; backward does not",
        (
            "x = self.f[i](self.W(i) @ x + self.b(i))\n            if",
            "x = self.f[i](self.W(i) @ x) + self.b(i)\n            if",
        ),
        fails="forward_values disc_separates",
        diagnosis="bias_outside_activation",
    ),
    bug(
        "no_activation_in_hidden_layers",
        "parallel_lists",
        "forward applies the nonlinearity only after the last layer; backward has it right",
        (
            "            x = self.fs[i](self.weights[i] @ x + self.biases[i])\n        return x",
            "            x = self.weights[i] @ x + self.biases[i]\n        return self.fs[last](x)",
        ),
        fails="forward_values start_and_end disc_separates",
        diagnosis="hidden_activation_missing",
    ),
    bug(
        "no_activation_at_the_last_layer",
        "closures",
        "forward returns W h + b of the last layer; backward has it right",
        (
            "            _, x = run(x)\n        return x",
            "            a, x = run(x)\n        return a if last == len(self.layers) - 1 else x",
        ),
        fails="forward_values",
        diagnosis="last_activation_missing",
    ),
    bug(
        "no_activation_at_the_last_layer_of_either_pass",
        "numbered_keys",
        "the last layer's nonlinearity is never applied, and the loss derivative is given W h + b",
        (
            'self.cache[f"h{l}"] = self.f[l](self.cache[f"a{l}"])',
            'self.cache[f"h{l}"] = self.f[l](self.cache[f"a{l}"]) if l < len(self.sizes) - 1 else self.cache[f"a{l}"]',
        ),
        fails="forward_values",
        diagnosis="last_activation_missing",
    ),
    bug(
        "last_activation_twice",
        "namedtuples",
        "forward applies the last layer's nonlinearity a second time",
        (
            "            h = layer.f(layer.W @ h + layer.b)\n        return h",
            "            h = layer.f(layer.W @ h + layer.b)\n        return layer.f(h)",
        ),
        fails="forward_values start_and_end disc_separates",
        diagnosis="last_activation_twice",
    ),
    bug(
        "softmax_always",
        "german",
        "forward ends in a softmax, whatever the last layer's nonlinearity is",
        ("import numpy as np", "import numpy as np\nfrom layers import softmax"),
        (
            "                    return x\n        return x",
            "                    return x\n        return softmax(summe)",
        ),
        (
            "x = schicht.f(schicht.Gewichte @ x + schicht.Schwelle)",
            "summe = schicht.Gewichte @ x + schicht.Schwelle\n                x = schicht.f(summe)",
        ),
        fails="forward_values disc_separates",
    ),
    bug(
        "leaky_relu_always",
        "dicts",
        "hidden layers are leaky ReLUs, whatever nonlinearity they were given, in both passes",
        ("import numpy as np", "import numpy as np\n\nfrom layers import leaky_relu, leaky_relu_deriv"),
        (
            '                h = layer["f"](a)\n',
            '                h = layer["f"](a) if layer is self.layers[-1] else leaky_relu(a)\n',
        ),
        (
            '            hs.append(layer["f"](a))\n',
            '            hs.append(layer["f"](a) if layer is self.layers[-1] else leaky_relu(a))\n',
        ),
        ('layer["fderiv"](preacts[i])', "leaky_relu_deriv(preacts[i])"),
        fails="forward_values",
        # where all goes through positive numbers it is as if there were no hidden layer
        may_fail="start_and_end",
    ),
    bug(
        "activation_one_neuron_at_a_time",
        "list_subclass",
        "f is called for every neuron alone, so a softmax sees nothing but itself and returns 1",
        (
            "            x = f((W * x).sum(axis=1) + b)\n",
            "            x = np.array([float(f(np.array([u]))[0]) for u in (W * x).sum(axis=1) + b])\n",
        ),
        fails="forward_values",
    ),
    bug(
        "input_overwritten",
        "german",
        "forward writes a layer's output into the input array where it fits",
        (
            "                x = schicht.f(schicht.Gewichte @ x + schicht.Schwelle)\n",
            "                neu = schicht.f(schicht.Gewichte @ x + schicht.Schwelle)\n"
            "                if neu.shape == x.shape:\n"
            "                    x[:] = neu\n"
            "                else:\n"
            "                    x = neu\n",
        ),
        fails="forward_values",
        diagnosis="input_modified",
    ),
    bug(
        "input_reshaped",
        "column_vectors",
        "forward turns the caller's own array into a column",
        ("        h = x.reshape(-1, 1)\n        skip", "        x.shape = (-1, 1)\n        h = x\n        skip"),
        fails="forward_values",
        diagnosis="input_modified",
    ),
    bug(
        "noise_in_hidden_layers",
        "recursive",
        "forward adds a little noise to every layer",
        (
            "        h = node.f(node.W @ h + node.b)\n        if",
            "        h = node.f(node.W @ h + node.b)\n        h = h + 0.01 * np.random.randn(len(h))\n        if",
        ),
        fails="forward_values start_and_end",
    ),
    bug(
        "output_not_a_number",
        "star_imports",
        "forward standardises in the wrong way and divides zero by zero",
        (
            "            out = self.L[i][2]",
            "            out = (out - out) / np.std(out - out)\n            out = self.L[i][2]",
        ),
        fails="forward_values start_and_end disc_separates",
    ),
)
