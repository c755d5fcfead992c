"""A training that departs is named by its cause, and by no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.backward.mistakes import Rules, backpropagate
from grader.assignments.byomlp.network.networks import Layer, Network, size, unflatten
from grader.assignments.byomlp.training.trajectory import replayed
from grader.assignments.byomlp.training.trajectory_mistakes import diagnose
from grader.assignments.byomlp.training.trajectory_probe import Stage
from grader.model import Array

NET = Network(2, (Layer(4, "logistic", "a"), Layer(3, "logistic", "b"), Layer(1, "identity", "c")), "squared")
STAGES = (Stage(1, 1, 0.1), Stage(1, 1, 0.1), Stage(3, 2, 0.05), Stage(8, 1, 0.1))
RNG = np.random.default_rng(8)
START, X, Y = 0.5 * RNG.standard_normal(size(NET)), RNG.standard_normal((4, 2)), RNG.standard_normal((4, 1))
ORDER = RNG.integers(4, size=sum(stage.examples for stage in STAGES))
Vectors = Iterator[Array]


def record(seen: Vectors) -> dict[str, Any]:
    stages = [
        {"steps": stage.steps, "batch": stage.batch, "alpha": stage.alpha, "after": after}
        for stage, after in zip(STAGES, seen, strict=True)
    ]
    return {"network": NET.as_data(), "start": START, "X": X, "Y": Y, "order": ORDER, "stages": stages}


def through_first_weights() -> Vectors:
    first = {W.shape: W for W, _ in unflatten(NET, START)}
    rules = Rules(back=lambda W, g, dW: first[W.shape].T @ g)
    return replayed(NET, START, X, Y, STAGES, ORDER.tolist(), rules=rules)


def with_momentum() -> Vectors:
    vector, last, coming = START, np.zeros_like(START), iter(ORDER.tolist())
    for stage in STAGES:
        for _ in range(stage.steps):
            chosen = [next(coming) for _ in range(stage.batch)]
            parameters = unflatten(NET, vector)
            taken = np.sum([backpropagate(NET, parameters, X[i], Y[i], Rules()) for i in chosen], axis=0)
            vector = vector - stage.alpha * (taken + 0.3 * last)
            last = taken
        yield vector


def with_small_rates_raised() -> Vectors:
    raised = [replace(stage, alpha=max(stage.alpha, 0.08)) for stage in STAGES]
    return replayed(NET, START, X, Y, raised, ORDER.tolist())


def with_the_last_bias_frozen() -> Vectors:
    looks = list(replayed(NET, START, X, Y, STAGES, ORDER.tolist()))
    looks[3] = np.concatenate([looks[3][:-1], looks[2][-1:]])
    return iter(looks)


def with_something_unheard_of() -> Vectors:
    return (vector + 0.01 * k * np.sin(np.arange(vector.size)) for k, vector in enumerate(right()))


def right() -> Vectors:
    return replayed(NET, START, X, Y, STAGES, ORDER.tolist())


@pytest.mark.parametrize(
    ("training", "step", "name", "hint"),
    [
        (through_first_weights, 2, "stale_weights_on_the_way_back", "the weights of its first call"),
        (with_momentum, 2, "momentum", "repeats 0.3 of the step before"),
        (with_small_rates_raised, 5, "rate_changed", "with the rate 0.08, though step is given 0.05"),
        (with_the_last_bias_frozen, 13, "stands_still", "The last steps did not change b of layer 3"),
    ],
)
def test_a_known_mistake_is_named(training: Callable[[], Vectors], step: int, name: str, hint: str) -> None:
    found = diagnose(record(training()), step)
    assert found is not None
    assert found.id == name
    assert hint in found.hint


def test_what_is_in_no_catalogue_is_not_named() -> None:
    assert diagnose(record(with_something_unheard_of()), 2) is None


@pytest.mark.parametrize("gone", [None, np.zeros(1), np.full(size(NET), np.inf)])
def test_parameters_that_are_gone_explain_nothing(gone: Array | None) -> None:
    lost = record(right())
    lost["stages"][2]["after"] = gone
    assert diagnose(lost, 5) is None
