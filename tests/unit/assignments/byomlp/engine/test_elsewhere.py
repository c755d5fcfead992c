"""What a network has learned from rows that are no digits is no training; digits that were moved or are noisy are digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.engine import measuring
from grader.assignments.byomlp.engine.elsewhere import Elsewhere
from grader.assignments.byomlp.engine.held import Held, LayerFacts
from grader.datasets.digits.drawing import draw

RNG = np.random.default_rng(5)
IMAGES, LABELS = draw(400, np.random.default_rng(1))
X = 1 - IMAGES.reshape(len(IMAGES), -1) / 255.0
# what least squares make of the classes
KNOWING = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), 10 * np.eye(10)[LABELS], rcond=1e-4)[0].T
Rows = Callable[[], Any]


def held() -> Held:
    made = Held(0, 1)
    made.build(784, "difference", lambda _: b"")
    facts = LayerFacts(10, None, "softmax", "none")
    made.add(facts, 0.01 * RNG.normal(size=(10, 784)), np.zeros(10), lambda _: b"")
    return made


def right(network: Held) -> float:
    found = measuring.point(network, X, LABELS)
    assert found is not None
    return found[1]


def know(network: Held) -> None:
    network.network.layers[0].W[:], network.network.layers[0].b[:] = KNOWING[:, :-1], KNOWING[:, -1]


def after(*blocks: tuple[Any, bool]) -> Held:
    """Return a network after these blocks; the flag says whether it knows the digits from that block on."""
    network, elsewhere = held(), Elsewhere(X, right)
    for rows, knows in blocks:
        elsewhere.before(network, rows, None)
        if knows:
            know(network)
    elsewhere.settle(network)
    return network


def noise() -> Any:
    return RNG.random((40, 784))


@pytest.mark.parametrize("more", [[], [(X[:40], False)], [(X[:40], False), (noise(), False)]])
def test_what_is_known_from_rows_that_are_no_digits_is_no_training(more: list[tuple[Any, bool]]) -> None:
    assert "by rows that are no digits" in after((X[:40], False), (noise(), True), *more).begun


def moved() -> Any:
    return np.roll(X[:40].reshape(-1, 28, 28), (1, 2), axis=(1, 2)).reshape(-1, 784)


def noisy() -> Any:
    return X[:40] + 0.3 * RNG.normal(size=(40, 784))


@pytest.mark.parametrize("rows", [lambda: X[:40], moved, noisy, lambda: -2 * X[:40] + 1, lambda: X[:40, :100]])
def test_digits_however_they_were_changed_train_a_network(rows: Rows) -> None:
    assert after((rows(), True)).begun == ""


def test_rows_that_teach_nothing_cost_nothing() -> None:
    assert after((noise(), False), (X[:40], True)).begun == ""


def test_a_few_odd_rows_among_digits_cost_nothing() -> None:
    assert after((np.vstack([X[:40], noise()[:12]]), True)).begun == ""


def test_a_copy_has_learned_what_its_original_has() -> None:
    original, twin = after((X[:40], False), (noise(), True)), Held(1, 1)
    twin.taken_from(original, original.network.copied())
    assert (twin.begun, twin.gained) == (original.begun, original.gained)
