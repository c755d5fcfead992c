"""What forward makes of the parameters that add_layer has drawn, by what is read and what the object holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.assignments.byomlp.forward.held_parameters import otherwise_used
from grader.assignments.byomlp.network.networks import Layer, Network, Parameters
from grader.assignments.byomlp.network.parameters import layouts
from grader.model import Array

SEED = 5
NET = Network(4, (Layer(3, "identity", "one"), Layer(3, "identity", "two"), Layer(2, "identity", "three")), "squared")


def drawn(seed: int = SEED) -> Parameters:
    """Return parameters as a right add_layer draws them."""
    stream = np.random.RandomState(seed)
    pairs = zip(NET.widths, NET.widths[1:], strict=False)
    return tuple((0.1 * stream.randn(m, n), 0.1 * stream.randn(m)) for n, m in pairs)


def used(weights: Callable[[Array], Array] = np.array, biases: Callable[[Array], Array] = np.array) -> Parameters:
    """Return what forward uses that changes weights and biases in this way."""
    return tuple((weights(W), biases(b)) for W, b in drawn())


def normalised(W: Array) -> Array:
    return np.asarray(W / np.linalg.norm(W, axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("parameters_averaged", used(biases=lambda b: np.full(b.shape, b.mean()))),
        ("one_parameter_for_all", used(biases=lambda b: np.full(b.shape, b[0]))),
        ("absolute_parameters", used(weights=np.abs)),
        ("absolute_parameters", used(biases=np.abs)),
        ("squared_parameters", used(weights=np.square)),
        ("positive_parameters", used(weights=lambda W: np.maximum(W, 0))),
        ("clipped_parameters", used(weights=lambda W: np.clip(W, -0.05, 0.05))),
        ("rounded_parameters", used(weights=lambda W: np.round(W, 2))),
        ("centred_parameters", used(weights=lambda W: W - W.mean())),
        ("normalised_rows", used(weights=normalised)),
        ("normalised_columns", used(weights=lambda W: W / np.linalg.norm(W, axis=0))),
        ("parameters_shuffled", used(biases=lambda b: b[::-1])),
        ("parameters_shuffled", used(weights=lambda W: W.T if W.shape == (3, 3) else W)),
        ("parameters_changed", used(weights=np.tanh)),
    ],
)
def test_what_forward_makes_of_its_parameters_is_named(name: str, parameters: Parameters) -> None:
    finding = otherwise_used(NET, parameters, [drawn()], SEED)
    assert finding is not None
    assert finding.diagnosis == name


@pytest.mark.parametrize("factor", [2.0, -1.0, 0.0], ids=["twice", "subtracted", "left out"])
def test_a_multiple_is_told_whatever_the_seed_was(factor: float) -> None:
    finding = otherwise_used(NET, used(biases=lambda b: factor * b), [drawn()], None)
    assert finding is not None
    assert "biases that add_layer has drawn" in finding.message


@pytest.mark.parametrize(
    "held",
    [
        drawn(),
        tuple((10 * W, 10 * b) for W, b in drawn()),
        tuple((W, 10 * b) for W, b in drawn()),
    ],
    ids=["as they are", "scaled where they are used", "weights scaled when they are drawn"],
)
def test_parameters_that_are_used_as_they_are_lose_nothing(held: Parameters) -> None:
    assert otherwise_used(NET, drawn(), [held], SEED) is None


def test_another_array_of_drawn_numbers_may_be_what_is_used() -> None:
    other = tuple((W[::-1].copy(), b) for W, b in drawn(6))
    assert otherwise_used(NET, drawn(), [other], SEED) is None


def test_what_was_not_drawn_says_nothing() -> None:
    assert otherwise_used(NET, used(weights=np.abs), [drawn(6)], SEED) is None


def test_weights_that_lie_transposed_are_used_as_they_are() -> None:
    arrays = {f"W{k}": W.T for k, (W, _) in enumerate(drawn())} | {f"b{k}": b for k, (_, b) in enumerate(drawn())}
    assert otherwise_used(NET, drawn(), layouts(NET, arrays), SEED) is None
