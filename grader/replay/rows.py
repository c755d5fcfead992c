"""Outputs of many rows at once."""

from __future__ import annotations

from grader.functions import ACTIVATIONS
from grader.replay.network import Array, Network

Span = tuple[int, int]


def outputs(network: Network, X: Array, span: Span) -> Array:
    """Return what rows X (K, n) become in the layers of the span, whose nonlinearities are known: (K, m)."""
    h = X
    for layer in network.layers[slice(*span)]:
        a = h @ layer.W.T
        a += layer.b
        h = ACTIVATIONS[layer.kind][0](a)
    return h
