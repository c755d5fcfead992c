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
# of the rows that the network saw which was trained longest, those that one has to see to have been trained for its own sake
IN_EARNEST = 0.25
# of the digits, those that a network has to see in its training to count as trained on them
ENOUGH = 0.5
# of rows, those that have to be in the mode that they should be in; of the rate, what it may be at most in the end
MODE, DECAYED = 0.9, 0.8
# of the digits that a notebook uses, those that have to be held out
HELD_OUT = 0.01


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


def toy_model(networks: Sequence[N]) -> N | None:
    """Return the network that is the toy model: of those that were trained in earnest, the one with the least loss in the end.

    What went through a few passes only, to look at its gradients, is none. Of equals it is the last one.
    """
    found = in_earnest(toys(networks))
    ends = [(each, loss_ends(each)[1]) for each in reversed(found)]
    return min(ends, key=lambda pair: pair[1] if np.isfinite(pair[1]) else np.inf)[0] if ends else None


def in_earnest(networks: Sequence[N]) -> list[N]:
    """Return the networks that were trained for their own sake: on a good part of the rows of the one trained longest."""
    longest = max((each["trained_rows"] for each in networks), default=0)
    return [each for each in networks if each["trained_rows"] >= IN_EARNEST * longest]


def final_candidates(networks: Sequence[N], digits: int = 0) -> list[N]:
    """Return the networks that can be the final model, the last one trained first: those with dropout where there are any.

    Of these, those that saw a good part of the `digits` while being trained, where there are any.
    """
    found = classifiers(networks)
    dropping = [each for each in found if has(each, "Dropout")] or found
    whole = [each for each in dropping if each["trained_rows"] >= ENOUGH * digits]
    return sorted(whole or in_earnest(dropping), key=lambda each: -each["last"])


def holds_out(network: Network) -> bool:
    """Tell whether a network was tried on digits that it was not trained on."""
    known = network["distinct"]
    return network["held_out"] >= max(HELD_OUT * (network["held_out"] + known), 1)


def drops_in_training_only(network: Network) -> bool:
    """Tell whether a network has dropout, which was on in training and off whenever it was only asked."""
    modes = network["modes"]
    trained, asked = modes["trained_on"] + modes["trained_off"], modes["asked_on"] + modes["asked_off"]
    on, off = modes["trained_on"] >= MODE * trained, asked > 0 and modes["asked_off"] >= MODE * asked
    return has(network, "Dropout") and on and off


def decays(network: Network) -> bool:
    """Tell whether the learning rate was seen to be smaller in the end."""
    ends = rate_ends(network)
    return ends is not None and ends[1] <= DECAYED * ends[0]


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


def has_losses(network: Network) -> bool:
    """Tell whether a loss that is a number was computed in the training of a network."""
    return bool(np.any(np.isfinite(network["losses"])))


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
