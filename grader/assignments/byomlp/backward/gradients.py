"""Comparing gradients block by block: each W and each b by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.assignments.byomlp.backward.probes import GradientExample, GradientRecord
from grader.assignments.byomlp.network.networks import (
    Network,
    activations,
    flatten,
    gradients,
    unflatten,
)
from grader.assignments.byomlp.network.parameters import is_square
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.network.snapshots import RunRecord
from grader.functions import LOSSES, SLOPES
from grader.kits.patterns import Compared
from grader.model import Array
from grader.numerics import Tolerance, Worst, is_float32, is_nearly_float32
from grader.text import at_entry

# measured for correct code: at most 5e-9 in float64, 2e-8 .. 1e-5 in float32; for the mildest bug 1.6e-4. Blocks below the floor
# are judged on its scale: rounding of the differences would rule otherwise
TOLERANCE = Tolerance(1e-6, single=1e-4, floor=1e-2)
# a second array that is so near to the first one is no other answer
NEAR = 1e-4


@dataclass(frozen=True)
class Block:
    """The weights or the bias of one layer (counted from 1), and where they lie in the vector of all parameters."""

    kind: str
    layer: int
    where: slice
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.kind} of layer {self.layer}"

    def role(self, net: Network) -> str:
        """Return what it is in networks of any depth: the same letter of the last layer, of the first one or in between."""
        layers = len(net.layers)
        return f"{self.kind} {'last' if self.layer == layers else 'first' if self.layer == 1 else 'between'}"


def blocks(net: Network) -> Iterator[Block]:
    """Yield W and b of every layer."""
    position = 0
    for index, (n, m) in enumerate(zip(net.widths, net.widths[1:], strict=False), start=1):
        yield Block("W", index, slice(position, position + m * n), (m, n))
        yield Block("b", index, slice(position + m * n, position + m * n + m), (m,))
        position += m * n + m


@dataclass(frozen=True)
class Difference:
    """The block in which two gradients differ most."""

    block: Block
    worst: Worst

    def __str__(self) -> str:
        return at_entry(f"gradient of {self.block}, entry ", self.worst.index, self.worst.got, self.worst.want)


def difference(net: Network, got: Array, want: Array) -> Difference:
    """Return where two gradients, as vectors (k,), differ most."""
    compared = (
        Difference(
            block,
            TOLERANCE.worst(got[block.where].reshape(block.shape), want[block.where].reshape(block.shape)),
        )
        for block in blocks(net)
    )
    return max(compared, key=lambda each: each.worst.error)


def by_role(net: Network, got: Array, want: Array) -> Iterator[Compared]:
    """Yield the blocks of two gradients (k,), each under its role."""
    for block in blocks(net):
        a, b = (each[block.where].reshape(block.shape) for each in (got, want))
        yield Compared(block.role(net), a, b)


def is_single(net: Network, vector: Array) -> bool:
    """Tell whether some of the parameters (k,) are in single precision: biases are read as they are, weights as differences."""
    return any((is_float32 if block.kind == "b" else is_nearly_float32)(vector[block.where]) for block in blocks(net))


def tolerance(net: Network, vector: Array) -> float:
    """Return how far gradients at these parameters (k,) may be off: single precision is allowed more."""
    return TOLERANCE.bound(single=is_single(net, vector))


def same(net: Network, got: Array, want: Array, *, bound: float = TOLERANCE.double) -> bool:
    """Tell whether two gradients agree in every block."""
    return difference(net, got, want).worst.error <= bound


@dataclass(frozen=True)
class Measured:
    """One example on one network: the gradient expected (k,), and what a step of 1 took off the parameters (k,), or, where step
    ends in an error, what backward has left on the object.

    `right` says that they agree; `held` that the arrays of the object hold the right gradient though the step did not apply
    it; `uphill` that the step went exactly the other way; `carried` that it is the gradient that belongs to a forward pass
    which uses the parameters otherwise than it should. `way` is how the parameters were read.
    """

    net: Network
    way: str
    vector: Array
    x: Array
    y: Array
    want: Array
    got: Array
    right: bool
    held: bool
    opposite_held: bool
    carried: bool = False

    @property
    def uphill(self) -> bool:
        return same(self.net, self.got, -self.want)


def measured(record: GradientRecord) -> list[list[Measured]]:
    """Return every example of one network's evidence, each measured in every way that its parameters could be read."""
    net = from_evidence(record)
    return [[measure(net, each, way) for way in each["before"]] for each in record["objects"]]


def measure(net: Network, each: GradientExample, way: str) -> Measured:
    """Measure one example in one way of reading."""
    vector, x, y = each["before"][way], each["x"], each["y"]
    want = true_gradient(net, vector, x, y)
    # where step ends in an error nothing moves: what backward has left behind is looked at instead
    got = change(each, way) if not unapplied(each) else gathered(net, each["filled"])
    bound = tolerance(net, vector)
    filled = {} if is_choice(net, each["filled"]) else each["filled"]
    used = [reading for other, reading in each["before"].items() if way == "attributes" != other]
    if all(is_square(W) for W, _ in unflatten(net, vector)):
        # how square weights lie is not known: what forward takes for W may be stored as its transpose
        used.append(vector)
    return Measured(
        net,
        way,
        vector,
        x,
        y,
        want,
        got,
        right=same(net, got, want, bound=bound),
        held=holds(net, filled, want, bound=bound),
        opposite_held=holds(net, each["filled"], -want, bound=bound),
        carried=any(
            same(net, got, own, bound=bound) or holds(net, filled, own, bound=bound)
            for reading in used
            for own in _carried(net, reading, vector, x, y)
        ),
    )


def _carried(net: Network, used: Array, held: Array, x: Array, y: Array) -> Iterator[Array]:
    """Yield the gradients (k,) that are right for a forward pass which uses other parameters than the object holds.

    On its way back, code may meet those that are held, or again those that forward has used.
    """
    forward, back = unflatten(net, used), unflatten(net, held)
    h = activations(net, forward, x)
    a = [W @ before + b for (W, b), before in zip(forward, h, strict=False)]
    turned = tuple((W.T if is_square(W) else W, b) for W, b in back)
    for parameters in (back, forward, turned):
        g = LOSSES[net.loss][1](h[-1], y)
        found: list[tuple[Array, Array]] = []
        for layer in reversed(range(len(a))):
            if layer < len(a) - 1:
                g = g * SLOPES[net.layers[layer].activation](a[layer])
            found.insert(0, (np.outer(g, h[layer]), g))
            g = parameters[layer][0].T @ g
        yield flatten(found)


def unapplied(run: RunRecord) -> bool:
    """Tell whether backward has filled arrays and the step after it has ended in an error."""
    return bool(run["filled"] and run["steps"] and run["steps"][0]["problem"])


def fits(block: Block, array: Array) -> bool:
    """Tell whether an array has the shape of a block, as it is or transposed, or with an axis of one entry more."""
    return array.shape in {block.shape, block.shape[::-1], (*block.shape, 1), (1, *block.shape)}


def gathered(net: Network, filled: Mapping[str, Array]) -> Array:
    """Return the arrays that backward has filled as one gradient (k,), by their shapes; NaN for a block that is not there."""
    left, found = dict(filled), []
    for block in blocks(net):
        exact_first = sorted(left, key=lambda path: left[path].shape != block.shape)
        path = next((path for path in exact_first if fits(block, left[path])), None)
        array = left.pop(path) if path else np.full(block.shape, np.nan)
        found.append((array.T if array.shape != block.shape and array.shape == block.shape[::-1] else array).ravel())
    return np.concatenate(found)


def true_gradient(net: Network, vector: Array, x: Array, y: Array) -> Array:
    """Return the gradient (k,) of one example by central differences."""
    return flatten(gradients(net, unflatten(net, vector), x, y))


def change(run: RunRecord, way: str, *, step: int = 0) -> Array:
    """Return what the steps up to number `step` took off the parameters (k,), NaN where they cannot be read any more."""
    before = run["before"][way]
    after = run["steps"][step]["after"].get(way)
    return before - after if after is not None and after.shape == before.shape else np.full(before.shape, np.nan)


def holds(net: Network, filled: Mapping[str, Array], want: Array, *, bound: float = TOLERANCE.double) -> bool:
    """Tell whether every block of a gradient is among an object's arrays, weights as (m, n) or (n, m)."""
    return all(holding(block, filled, want, bound=bound) for block in blocks(net))


def is_choice(net: Network, filled: Mapping[str, Array]) -> bool:
    """Tell whether an object's arrays hold more matrices of the shape of some W than there are: guesses are no answer.

    Copies and transposes count once. Vectors are not counted: outputs of layers have the shapes of biases, too.
    """
    sizes = [tuple(sorted(block.shape)) for block in blocks(net) if block.kind == "W" and min(block.shape) > 1]
    for size in set(sizes):
        found: list[Array] = []
        for array in filled.values():
            if array.ndim != 2 or tuple(sorted(array.shape)) != size or not _is_full(array):
                continue
            if not any(_is_same_matrix(array, other) for other in found):
                found.append(array)
            if len(found) > sizes.count(size):
                return True
    return False


def _is_full(array: Array) -> bool:
    """Tell whether a matrix has entries beside its diagonal, which slopes of activations may be kept on."""
    return bool(np.any(array)) and not (
        array.shape[0] == array.shape[1] and not np.any(array[~np.eye(len(array), dtype=bool)])
    )


def _is_same_matrix(left: Array, right: Array) -> bool:
    return any(
        each.shape == right.shape and np.allclose(each, right, rtol=NEAR, atol=NEAR, equal_nan=True)
        for each in (left, left.T)
    )


def holding(block: Block, filled: Mapping[str, Array], want: Array, *, bound: float = TOLERANCE.double) -> list[str]:
    """Return the paths of the arrays that hold one block of a gradient."""
    expected = want[block.where].reshape(block.shape)
    return [
        path
        for path, array in filled.items()
        for candidate in (array, array.T)
        if TOLERANCE.agrees(candidate, expected, bound)
    ]
