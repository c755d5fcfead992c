"""Gradient descent with one example a step, compiled by numba where it is installed and where the work is worth it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from grader.functions import ACTIVATIONS
from grader.replay.network import Array, Network

KINDS = tuple(ACTIVATIONS)
LOSSES = ("difference", "doubled", "abs")


@dataclass
class Loop:
    """The compiled loop of this process: how many steps asked for it, and what it became (None: not there)."""

    asked: int = 0
    tried: bool = False
    run: Callable[..., None] | None = None


@dataclass
class Flat:
    """All parameters of a network in one vector, where each layer's W and b lie in it, and the names as numbers."""

    theta: Array
    widths: Array
    starts: Array
    kinds: Array
    slopes: Array
    loss: int
    work: Array = field(init=False)

    def __post_init__(self) -> None:
        self.work = np.empty((5, int(self.widths[1:].sum()) + int(self.widths.max())))


LOOP = Loop()


def descend(network: Network, X: Array, Y: Array, alphas: Array, *, after: int) -> bool:
    """Take a step of its own for each row of X, in order; False, and nothing done, when numpy is the better choice.

    after: how many steps of this kind must have been asked for in this process before compiling pays
    """
    LOOP.asked += len(X)
    if LOOP.asked <= after:
        return False
    if not LOOP.tried:
        LOOP.tried = True
        LOOP.run = compile_loop()
    if LOOP.run is None:
        return False
    flat = network.flat or flatten(network)
    LOOP.run(flat.theta, flat.widths, flat.starts, flat.kinds, flat.slopes, flat.loss, X, Y, alphas, flat.work)
    return True


def flatten(network: Network) -> Flat:
    """Put the parameters of a network into one vector, of which its W and b become views."""
    widths = [network.layers[0].W.shape[1], *(len(layer.b) for layer in network.layers)]
    starts = np.cumsum([0, *(layer.W.size + layer.b.size for layer in network.layers)])
    theta = np.empty(int(starts[-1]))
    for layer, start in zip(network.layers, starts[:-1], strict=True):
        middle, end = start + layer.W.size, start + layer.W.size + layer.b.size
        theta[start:middle], theta[middle:end] = layer.W.ravel(), layer.b
        layer.W, layer.b = theta[start:middle].reshape(layer.W.shape), theta[middle:end]
    kinds = [KINDS.index(layer.kind) for layer in network.layers]
    slopes = [KINDS.index(layer.slope) for layer in network.layers[:-1]]
    network.flat = Flat(
        theta, np.array(widths), starts, np.array(kinds), np.array([*slopes, 0]), LOSSES.index(network.loss)
    )
    return network.flat  # type: ignore[no-any-return]


def compile_loop() -> Callable[..., None] | None:
    """Return the compiled loop; None where numba is not installed or does not fit the Python or numpy at hand."""
    try:
        from numba import njit

        from grader.replay import loop
    except ImportError:
        return None
    return loop.build(njit)
