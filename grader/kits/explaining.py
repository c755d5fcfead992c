"""Which function of its arrays a layer is, told by what it makes of rows: then it can be computed here, without asking it again.

What is known has a closed form: an affine map by arrays that were read, an activation, a softmax, a factor and a shift for each
column. Any other layer can be asked in a way that tells whether it treats all of its inputs alike (`mixed`): such a one can hold
no knowledge of what the columns mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grader import functions
from grader.model import Array

# of the largest output, how far single precision may be off
CLOSE = 2e-3
# rows that are needed to tell a layer, and slopes that are tried where it has one of its own
ROWS = 16

Arrays = Sequence[Array]


@dataclass(frozen=True)
class Layer:
    """A layer that is known: what it is called, and what it makes of rows (N, d) with the arrays that it has learned.

    `uses` are the places of its weights and biases among these arrays, the weights of which may lie `turned`, (n_in, n_out). One
    that is `by_entry` makes a number of each number by itself.
    """

    name: str
    of: Callable[[Array, Arrays], Array]
    uses: tuple[int, ...] = ()
    turned: bool = False
    by_entry: bool = False


def near(got: Array, want: Array) -> bool:
    """Tell whether two arrays agree in shape and in every entry, as far as single precision can tell."""
    if got.shape != want.shape or not np.all(np.isfinite(got)) or not np.all(np.isfinite(want)):
        return False
    return bool(np.max(np.abs(got - want), initial=0.0) <= CLOSE * max(float(np.abs(want).max(initial=0.0)), 1e-6))


def known_layer(rows: Array, output: Array, arrays: Arrays) -> Layer | None:
    """Return the layer that makes `output` (N, m) of `rows` (N, d) with these arrays, or None where none is known for it."""
    with np.errstate(all="ignore"):
        candidates = [*_affine(rows.shape[1], arrays)]
        if output.shape == rows.shape:
            candidates += [*_plain(), *_with_slope(rows, output), *_by_column(rows, output)]
        return next((each for each in candidates if near(_tried(each, rows, arrays), output)), None)


def _tried(layer: Layer, rows: Array, arrays: Arrays) -> Array:
    return np.asarray(layer.of(rows, arrays), dtype=np.float64)


def _affine(width: int, arrays: Arrays) -> list[Layer]:
    """Return the affine maps that these arrays can be: weights either way round, with each array of the right size for biases."""
    found = []
    for w, weights in enumerate(arrays):
        if weights.ndim != 2:
            continue
        for turned in (False, True):
            inner, outer = weights.shape if turned else weights.shape[::-1]
            biases = [k for k, each in enumerate(arrays) if k != w and each.size == outer]
            if inner == width:
                found += [_linear(w, b, turned=turned) for b in (*biases, -1)]
    return found


def _linear(w: int, b: int, *, turned: bool) -> Layer:
    def of(rows: Array, arrays: Arrays) -> Array:
        weights = arrays[w].astype(np.float64)
        bias = arrays[b].astype(np.float64).ravel() if b >= 0 else 0.0
        return np.asarray(rows @ (weights if turned else weights.T) + bias)

    return Layer("Linear", of, (w, b) if b >= 0 else (w,), turned)


def _plain() -> list[Layer]:
    table: dict[str, Callable[[Array], Array]] = {
        "identity": functions.identity,
        "ReLU": functions.relu,
        "SoftPlus": functions.softplus,
        "SoftMax": functions.softmax,
        "LogSoftMax": lambda u: u - u.max(axis=1, keepdims=True) - np.log(_powers(u).sum(axis=1, keepdims=True)),
        "logistic": functions.logistic,
        "tanh": functions.tanh,
    }
    return [
        Layer(name, lambda rows, _, f=f: f(rows), by_entry="Max" not in name)  # type: ignore[misc]
        for name, f in table.items()
    ]


def _powers(u: Array) -> Array:
    return np.asarray(np.exp(u - u.max(axis=1, keepdims=True)))


def _with_slope(rows: Array, output: Array) -> list[Layer]:
    """Return LeakyReLU and ELU with the numbers that fit, and a factor for all."""
    below = rows < 0
    found = []
    for name, f in (("LeakyReLU", functions.leaky_relu), ("ELU", functions.elu)):
        shape = f(np.where(below, rows, 0.0), 1.0)[below]
        if (size := float(shape @ shape)) > 0:
            number = float(shape @ output[below]) / size
            found.append(Layer(name, lambda u, _, f=f, number=number: f(u, number), by_entry=True))  # type: ignore[misc]
    if (size := float(np.sum(rows**2))) > 0:
        factor = float(np.sum(rows * output)) / size
        found.append(Layer("factor", lambda u, _: u * factor, by_entry=True))
    return found


def _by_column(rows: Array, output: Array) -> list[Layer]:
    """Return the shift of each column, and a factor and a shift of each, that fit."""
    centred, aims = rows - rows.mean(axis=0), output - output.mean(axis=0)
    spread = np.sum(centred**2, axis=0)
    factors = np.where(spread > 0, np.sum(centred * aims, axis=0) / np.where(spread > 0, spread, 1.0), 1.0)
    shift, shifts = np.median(output - rows, axis=0), output.mean(axis=0) - factors * rows.mean(axis=0)
    return [Layer("shift", lambda u, _: u + shift), Layer("factors", lambda u, _: u * factors + shifts)]


def mixed(rows: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return rows (N, d) with the entries of each in an order of its own, and these orders (N, d)."""
    orders = rng.permuted(np.tile(np.arange(rows.shape[1]), (len(rows), 1)), axis=1)
    return np.take_along_axis(rows, orders, axis=1), orders


def sorted_back(output: Array, orders: Array) -> Array:
    """Return what was made of `mixed` rows, in the order of the columns."""
    back = np.empty_like(output)
    np.put_along_axis(back, orders, output, axis=1)
    return back
