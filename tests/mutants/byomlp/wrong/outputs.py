"""Bugs in `forward`: the shape of the output, and the stretch of layers that start and end choose."""

from __future__ import annotations

from mutants.mutant import bug

MUTANTS = (
    # shapes
    bug(
        "output_a_column",
        "column_vectors",
        "forward returns shape (m, 1)",
        ("        return h.ravel()\n", "        return h\n"),
        fails="output_shapes",
    ),
    bug(
        "output_a_row",
        "transposed",
        "forward returns shape (1, m)",
        (
            "        h = np.array(x, dtype=float)\n        for",
            "        h = np.array(x, dtype=float).reshape(1, -1)\n        for",
        ),
        fails="output_shapes",
    ),
    bug(
        "one_output_a_number",
        "parallel_lists",
        "a network with one output returns a number instead of an array",
        ("        return x\n", "        return x[0] if len(x) == 1 else x\n"),
        fails="output_shapes",
    ),
    bug(
        "output_squeezed",
        "name_loop",
        "np.squeeze takes the only axis of a single output away",
        ("        return x\n", "        return np.squeeze(x)\n"),
        fails="output_shapes",
    ),
    bug(
        "output_a_list",
        "flat_views",
        "forward returns a list",
        ("        return x\n", "        return list(x)\n"),
        fails="output_shapes",
    ),
    bug(
        "output_a_float_list_of_lists",
        "column_vectors",
        "forward returns nested lists, one list a neuron",
        ("        return h.ravel()\n", "        return h.tolist()\n"),
        fails="output_shapes",
    ),
    # start and end
    bug(
        "start_one_layer_late",
        "parallel_lists",
        "forward begins with the layer after the named one",
        ("first = self.names.index(start)", "first = self.names.index(start) + 1"),
        fails="start_and_end",
    ),
    bug(
        "start_at_the_layer_before",
        "name_loop",
        "forward begins with the layer before the named one",
        ("names = names[names.index(start) :]", "names = names[max(names.index(start) - 1, 0) :]"),
        fails="start_and_end",
    ),
    bug(
        "end_one_layer_early",
        "flat_views",
        "forward stops before the layer named by end",
        ("self.names.index(end)", "self.names.index(end) - 1"),
        fails="start_and_end",
    ),
    bug(
        "end_one_layer_late",
        "slotted_dataclass",
        "forward stops after the layer that follows the one named by end",
        ("names.index(end) + 1", "names.index(end) + 2"),
        fails="start_and_end",
    ),
    bug(
        "start_ignored",
        "namedtuples",
        "forward always begins with the first layer",
        ("lo = self.position(start, 0)", "lo = 0"),
        fails="start_and_end",
    ),
    bug(
        "end_ignored",
        "closures",
        "forward always runs to the last layer",
        ("last = self.names.index(end) if end else len(self.layers) - 1", "last = len(self.layers) - 1"),
        fails="start_and_end",
    ),
    bug(
        "end_only_with_start",
        "dicts",
        "end is honoured only when start is given",
        ('if end is not None and layer["name"] == end:', 'if start is not None and layer["name"] == end:'),
        fails="start_and_end",
    ),
    bug(
        "start_only_with_end",
        "transposed",
        "start is honoured only when end is given",
        ("if start is not None else 0", "if start is not None and end is not None else 0"),
        fails="start_and_end",
    ),
    bug(
        "start_and_end_together_wrong",
        "list_subclass",
        "with both start and end the last of the layers is left out",
        ("self.index_of(start) : self.index_of(end) + 1]", "self.index_of(start) : self.index_of(end)]"),
        fails="start_and_end",
    ),
    bug(
        "end_returns_the_pre_activation",
        "recursive",
        "with end the output is taken before the nonlinearity",
        (
            "        h = node.f(node.W @ h + node.b)\n"
            "        if node.next is None or (end is not None and node.name == end):\n"
            "            return h\n",
            "        a = node.W @ h + node.b\n        h = node.f(a)\n        if end is not None and node.name == end:\n"
            "            return a\n        if node.next is None:\n            return h\n",
        ),
        fails="start_and_end",
    ),
)
