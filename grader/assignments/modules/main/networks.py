"""The networks of a main notebook, told apart by what goes in and out of them, and what they were trained like."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np

from grader.assignments.modules.main.validated import MeasuredNetwork
from grader.model import Array

Network = MeasuredNetwork
N = TypeVar("N", bound=MeasuredNetwork)
PIXELS, CLASSES, POINT, CLOUDS = 784, 10, 2, 2
ACTIVATIONS = ("ReLU", "ELU", "LeakyReLU", "SoftPlus")
MEAN = "BatchMeanSubtraction"
# of the blocks of a series, those at its start and at its end that are compared
END = 0.1


def classifiers(networks: Sequence[N]) -> list[N]:
    """Return the trained networks from digits to ten classes, in the order in which they were made."""
    return [each for each in trained(networks) if (each["inputs"], each["outputs"]) == (PIXELS, CLASSES)]


def toys(networks: Sequence[N]) -> list[N]:
    """Return the trained networks from points of the plane to two classes."""
    return [each for each in trained(networks) if (each["inputs"], each["outputs"]) == (POINT, CLOUDS)]


def autoencoders(networks: Sequence[N]) -> list[N]:
    """Return the trained networks from digits to digits."""
    return [each for each in trained(networks) if (each["inputs"], each["outputs"]) == (PIXELS, PIXELS)]


def trained(networks: Sequence[N]) -> list[N]:
    """Return the networks that were trained at all."""
    return [each for each in networks if each["backwards"]]


def final_candidates(networks: Sequence[N]) -> list[N]:
    """Return the networks that can be the final model, the last one trained first: those with dropout where there are any."""
    found = classifiers(networks)
    dropping = [each for each in found if has(each, "Dropout")]
    return sorted(dropping or found, key=lambda each: -each["last"])


def has(network: Network, kind: str) -> bool:
    """Tell whether a network has a layer of that kind, whatever letters its name is written in."""
    return any(layer["kind"].casefold() == kind.casefold() for layer in network["layers"])


def activations_of(network: Network) -> list[str]:
    """Return which of the assignment's activations a network has."""
    return [kind for kind in ACTIVATIONS if has(network, kind)]


def subtracts_between(network: Network) -> bool:
    """Tell whether a mean is subtracted directly before an activation."""
    kinds = [layer["kind"] for layer in network["layers"]]
    return any(first == MEAN and second in ACTIVATIONS for first, second in pairwise(kinds))


def described(network: Network) -> str:
    """Return a network in words: ``784 -> 100 ReLU -> Dropout -> 10 SoftMax``."""
    words = [str(network["inputs"])]
    for layer in network["layers"]:
        if layer["outputs"]:
            words.append(str(layer["outputs"]))
        elif layer["kind"] in (*ACTIVATIONS, "SoftMax") and words[-1].isdigit():
            words[-1] += f" {layer['kind']}"
        else:
            words.append(layer["kind"])
    text = " -> ".join(words)
    return text if len(text) <= 160 else f"{text[:159]}…"


def loss_ends(network: Network) -> tuple[float, float]:
    """Return the mean loss of a network at the start and at the end of its training; NaN when there is none."""
    losses = network["losses"]
    if not len(losses):
        return float("nan"), float("nan")
    count = max(1, round(END * len(losses)))
    return float(losses[:count].mean()), float(losses[-count:].mean())


def rates_of(network: Network) -> Array:
    """Return the learning rates over the training, as far as they could be seen: positive and finite (K,)."""
    rates: Array = network["fitted"]
    if network["fitted_count"] < network["steps"] / 2:
        rates = network["named"]
    return rates[np.isfinite(rates) & (rates > 0)]


def rate_ends(network: Network) -> tuple[float, float] | None:
    """Return the learning rate at the start and at the end of a training, or None when it could not be seen."""
    rates = rates_of(network)
    if len(rates) < 2:
        return None
    count = max(1, round(END * len(rates)))
    return float(np.median(rates[:count])), float(np.median(rates[-count:]))
