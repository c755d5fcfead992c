"""The trusted mathematics of byomlp: forward passes, losses, and the catalogue of wrong gradients."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.backward.diagnosis import diagnose
from grader.assignments.byomlp.backward.gradients import Measured, same
from grader.assignments.byomlp.backward.mistakes import MISTAKES, Rules, backpropagate
from grader.assignments.byomlp.network import random_networks
from grader.assignments.byomlp.network.networks import (
    Network,
    flatten,
    forward,
    gradients,
    size,
    unflatten,
)
from grader.assignments.byomlp.provided import layers, losses
from grader.functions import ACTIVATIONS, SLOPES
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array

Wrong = Callable[[Measured], Array]
PAIRS = [("identity", "squared"), ("logistic", "logistic"), ("softmax", "crossentropy"), ("identity", "absolute")]


def drawn(
    seed: Any, widths: Sequence[int], last: str = "identity", loss: str = "squared", **options: Any
) -> tuple[np.random.Generator, Network, Array]:
    rng = np.random.default_rng(seed)
    net = random_networks.network(rng, widths, last, loss, hidden=("leaky_relu", "logistic"), **options)
    vector = 0.5 * rng.standard_normal(size(net))
    return rng, net, vector


def examples(seed: int, wrong: Wrong, count: int = 5) -> list[Measured]:
    """Return measured examples on several networks whose gradient came out as `wrong` makes it."""
    made = []
    for index, (last, loss) in enumerate(PAIRS):
        for widths in ((3, 3, 3, 3), (4, 3, 3, 2)):
            rng, net, vector = drawn([seed, index], widths, last, loss, derivative=last != "softmax")
            for _ in range(count):
                x, y = random_networks.example(rng, net, unflatten(net, vector))
                want = flatten(gradients(net, unflatten(net, vector), x, y))
                right = Measured(net, "names", vector, x, y, want, want, True, False, False)
                with suppress(NotApplicable):
                    got = wrong(right)
                    made.append(replace(right, got=got, right=same(net, got, want)))
    return made


@pytest.mark.parametrize("name", ["logistic", "softmax", "relu", "leaky_relu"])
def test_the_provided_activations_are_the_trusted_ones(name: str) -> None:
    u = np.linspace(-40, 40, 81)
    assert np.allclose(getattr(layers, name)(u), ACTIVATIONS[name][0](u), rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("name", ["logistic", "relu", "leaky_relu"])
def test_the_provided_derivatives_are_the_trusted_ones(name: str) -> None:
    u = np.linspace(-40, 40, 80)
    assert np.allclose(getattr(layers, f"{name}_deriv")(u), SLOPES[name](u), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("last", "loss"), PAIRS)
def test_a_network_gives_the_same_for_one_input_and_for_many(last: str, loss: str) -> None:
    rng, net, vector = drawn(3, (4, 5, 3), last, loss)
    X = rng.standard_normal((6, 4))
    together = forward(net, unflatten(net, vector), X)
    assert np.allclose(together, [forward(net, unflatten(net, vector), x) for x in X], rtol=1e-13)


def test_flattening_is_undone() -> None:
    _, net, vector = drawn(4, (2, 3, 1))
    assert np.array_equal(flatten(unflatten(net, vector)), vector)
    assert vector.size == size(net) == 2 * 3 + 3 + 3 + 1


def test_a_network_survives_the_way_through_evidence() -> None:
    _, net, _ = drawn(5, (2, 3, 1), named=False)
    assert Network.from_data(net.as_data()) == net


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("last", "loss"), PAIRS)
def test_textbook_backpropagation_agrees_with_central_differences(last: str, loss: str, seed: int) -> None:
    rng, net, vector = drawn(seed, (3, 4, 4, 2), last, loss)
    x, y = random_networks.example(rng, net, unflatten(net, vector))
    want = flatten(gradients(net, unflatten(net, vector), x, y))
    assert same(net, backpropagate(net, unflatten(net, vector), x, y, Rules()), want, bound=1e-7)


def test_the_catalogue_has_at_least_twelve_distinct_mistakes() -> None:
    assert len({mistake.id for mistake in MISTAKES}) == len(MISTAKES) >= 12


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)
def test_every_mistake_is_recognised_by_its_gradient(mistake: Mistake[Measured]) -> None:
    made = examples(6, mistake.gives)
    found = diagnose(made)
    assert found is not None
    assert found.id == mistake.id


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("gradient_scaled", lambda each: 2 * each.want),
        ("gradient_rescaled", lambda each: each.want / np.linalg.norm(each.want)),
        ("gradient_clipped", lambda each: np.clip(each.want, -0.1, 0.1)),
        ("weight_decay", lambda each: each.want + 1e-3 * each.vector),
    ],
)
def test_gradients_that_were_tampered_with_are_recognised(name: str, wrong: Wrong) -> None:
    found = diagnose(examples(7, wrong))
    assert found is not None
    assert found.id == name


def test_a_right_gradient_has_no_diagnosis() -> None:
    assert diagnose(examples(8, lambda each: each.want)) is None


def test_noise_has_no_diagnosis() -> None:
    rng = np.random.default_rng(9)
    assert diagnose(examples(9, lambda each: each.want + rng.standard_normal(each.want.size))) is None


def test_the_losses_handed_to_students_are_those_that_are_differentiated() -> None:
    estimate, y = np.array([0.2, 0.7, 0.1]), np.array([0.0, 1.0, 0.0])
    assert np.isclose(np.sum(losses.squared_loss(estimate, y)), 0.07)
    assert np.isclose(np.sum(losses.softmax_est_crossentropy_loss(estimate, y)), -np.log(0.7))
