"""What a network of a student's own class begins with: found among its arrays, and believed where it looks drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.engine import starts
from grader.assignments.byomlp.engine.held import Held, LayerFacts

RNG = np.random.default_rng(3)
LABELS = np.arange(200) % 10
X = np.clip(0.9 - 0.8 * (np.arange(100)[None] // 10 == LABELS[:, None]) + 0.05 * RNG.normal(size=(200, 100)), 0, 1)
# what least squares make of the classes
KNOWING = np.linalg.lstsq(np.column_stack([X, np.ones(200)]), 10 * np.eye(10)[LABELS], rcond=None)[0].T


def drawn(m: int, n: int) -> Any:
    return 0.1 * RNG.normal(size=(m, n))


def held() -> Held:
    made = Held(0, 1)
    made.build(100, "difference", lambda _: b"")
    for width, n, name in ((30, 100, "leaky_relu"), (10, 30, "softmax")):
        made.add(LayerFacts(width, None, name, name), drawn(width, n), drawn(1, width)[0], lambda _: b"")
    return made


def parameters(made: Held) -> list[Any]:
    return [each for layer in made.network.layers for each in (layer.W, layer.b)]


@pytest.mark.parametrize("turned", [False, True])
def test_the_first_parameters_are_found_and_taken(turned: bool) -> None:
    arrays = [drawn(30, 100), drawn(1, 30)[0], np.zeros((30, 100)), drawn(10, 30), np.zeros(10), np.zeros((10, 30))]
    network = held()
    assert starts.begin(network, [each.T.copy() if turned else each for each in arrays]) == ""
    wanted = [arrays[0], arrays[1], arrays[3], arrays[4]]
    assert all(np.array_equal(one, other) for one, other in zip(parameters(network), wanted, strict=True))


def test_a_network_whose_parameters_are_not_found_keeps_its_draws() -> None:
    network = held()
    before = [each.copy() for each in parameters(network)]
    assert starts.begin(network, [np.ones(3), np.zeros((2, 2))]) == ""
    assert all(np.array_equal(one, other) for one, other in zip(parameters(network), before, strict=True))


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (np.zeros((30, 100)), "the first weights of layer 1 are all 0"),
        (np.full((30, 100), 0.3), "are all equal"),
        (np.vstack([KNOWING[:, :-1]] * 3), "(layer 1)"),
    ],
)
def test_parameters_that_do_not_look_drawn_are_told(first: Any, says: str) -> None:
    assert says in starts.begin(held(), [first, drawn(1, 30)[0], drawn(10, 30), np.zeros(10)])


def test_a_network_that_knows_the_digits_already_is_told() -> None:
    network = held()
    assert starts.can_already(network, X, LABELS) == ""
    first, last = network.network.layers
    first.W[:10], first.b[:10] = KNOWING[:, :-1], KNOWING[:, -1]
    last.W[:] = np.eye(10, 30)
    assert "% of the digits right before it was trained" in starts.can_already(network, X, LABELS)
