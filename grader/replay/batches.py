"""Recorded calls of networks whose functions are all known: which examples make a step together, and that step at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from grader.functions import ACTIVATIONS, LOSS_SLOPES, SLOPES
from grader.replay import compiled, singles
from grader.replay.network import Array, Factors, Network, products

# ("step", examples before it, alpha) or ("zero", examples before it)
Event = tuple[Any, ...]
FEW_SINGLES = 4
MOST_FACTORS = 8


@dataclass
class Part:
    """Something to do with the examples from `low` to before `high`.

    "collect": add their gradients; "step", "zero": as called; "update": collect, step and zero, from accumulators that are
    zero; "singles": the same for each example by itself, with one rate each.
    """

    kind: str
    low: int = 0
    high: int = 0
    alphas: list[float] = field(default_factory=list)

    @cached_property
    def rates(self) -> Array:
        return np.array(self.alphas, dtype=np.float64)


class Program:
    """What was called between and after `count` examples, and what that amounts to; a loop does the same again and again.

    `calls` holds two entries a call, in order: how many examples were before it, and its rate, or None for a clearing.
    """

    def __init__(self, count: int, calls: list[Any]) -> None:
        self.count, self.calls = count, calls
        self.events: list[Event] = [
            ("zero", before) if alpha is None else ("step", before, alpha)
            for before, alpha in zip(calls[::2], calls[1::2], strict=True)
        ]
        self.steps = any(event[0] == "step" for event in self.events)
        self._parts: dict[bool, Sequence[Part]] = {}

    def parts(self, *, clean: bool) -> Sequence[Part]:
        """Return what there is to do; `clean` when the accumulators begin at zero."""
        if clean not in self._parts:
            self._parts[clean] = parts(self.count, self.events, clean=clean)
        return self._parts[clean]


def parts(count: int, events: list[Event], *, clean: bool) -> list[Part]:
    """Return what `count` examples and the events among them amount to; `clean` when the accumulators begin at zero."""
    found: list[Part] = []
    done, number = 0, 0
    while number < len(events):
        event = events[number]
        number += 1
        if event[1] > done:
            low, done = done, event[1]
            if clean and event[0] == "step" and number < len(events) and events[number] == ("zero", done):
                number += 1
                if done - low > 1:
                    found.append(Part("update", low, done, [event[2]]))
                elif found and found[-1].kind == "singles" and found[-1].high == low:
                    found[-1].high = done
                    found[-1].alphas.append(event[2])
                else:
                    found.append(Part("singles", low, done, [event[2]]))
                continue
            found.append(Part("collect", low, done))
            clean = False
        if not clean:
            found.append(Part("step", alphas=[event[2]]) if event[0] == "step" else Part("zero"))
            clean = event[0] == "zero"
    if count > done:
        found.append(Part("collect", done, count))
    return found


def carry_out(network: Network, X: Array, Y: Array, program: Program, *, compile_after: int) -> None:
    """Do what was recorded: examples X (K, d) with targets Y (K, m), and the steps and zeros among them."""
    for part in program.parts(clean=network.clean):
        rows = slice(part.low, part.high)
        if part.kind == "singles" and part.high - part.low >= FEW_SINGLES:
            if not compiled.descend(network, X[rows], Y[rows], part.rates, after=compile_after):
                singles.descend(network, X[rows], Y[rows], part.alphas)
        elif part.kind in ("singles", "update"):
            for number, alpha in enumerate(part.alphas):
                own = slice(part.low + number, part.low + number + 1) if part.kind == "singles" else rows
                descend(network, gradients(network, X[own], Y[own]), alpha)
        elif part.kind == "collect":
            collect(network, X[rows], Y[rows])
        elif part.kind == "zero":
            network.zero()
        else:
            step(network, part.alphas[0])


def gradients(network: Network, X: Array, Y: Array) -> Factors:
    """Return the gradients of the loss for rows X, as factors of every layer; the first H is X itself."""
    h, inputs, activations = X, [], []
    for layer in network.layers:
        inputs.append(h)
        a = h @ layer.W.T
        a += layer.b
        activations.append(a)
        h = ACTIVATIONS[layer.kind][0](a)
    G = LOSS_SLOPES[network.loss](h, Y)
    factors = []
    for k in reversed(range(len(network.layers))):
        layer = network.layers[k]
        if k < len(network.layers) - 1:
            G *= SLOPES[layer.slope](activations[k])
        factors.append((G, inputs[k]))
        if k:
            G = G @ layer.W
    return factors[::-1]


def descend(network: Network, factors: Factors, alpha: float) -> None:
    """Subtract alpha times the gradients given as factors from the parameters."""
    for layer, (G, H) in zip(network.layers, factors, strict=True):
        scaled = alpha * G
        layer.b -= scaled.sum(axis=0)
        for rows, product in products(scaled, H):
            layer.W[rows] -= product


def collect(network: Network, X: Array, Y: Array) -> None:
    """Add the gradients for rows X to the accumulators: as factors while these are the smaller form."""
    factors = gradients(network, X, Y)
    # X is a part of the buffer that the next calls are recorded in
    factors[0] = (factors[0][0], X.copy())
    network.factors.append(factors)
    collected = sum(len(each[0][0]) for each in network.factors)
    first = network.layers[0].W
    if len(network.factors) > MOST_FACTORS or collected * sum(first.shape) > first.size:
        network.gather()


def step(network: Network, alpha: float) -> None:
    """Take a step along the collected gradients, which stay."""
    if any(layer.W_grad is not None for layer in network.layers):
        network.step(alpha)
        return
    for factors in network.factors:
        descend(network, factors, alpha)
