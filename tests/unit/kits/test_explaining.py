"""Layers are known by what they make of rows, and one that treats its inputs alike is told from one that knows them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from grader.kits.explaining import known_layer, mixed, near, sorted_back
from grader.model import Array

RNG = np.random.default_rng(4)
ROWS, OTHERS = RNG.normal(0, 2, (16, 6)), RNG.normal(0, 3, (40, 6))
W, b = RNG.normal(0, 1, (4, 6)).astype(np.float32), RNG.normal(0, 1, 4).astype(np.float32)
SQUARE = RNG.normal(0, 1, (6, 6)).astype(np.float32)


def softmax(u: Array) -> Array:
    powers: Array = np.exp(u)
    return powers / powers.sum(axis=1, keepdims=True)


LAYERS: dict[str, Callable[[Array], Array]] = {
    "identity": lambda u: u,
    "ReLU": lambda u: u * (u > 0),
    "LeakyReLU": lambda u: np.where(u > 0, u, 0.03 * u),
    "ELU": lambda u: np.where(u > 0, u, 1.7 * (np.exp(u) - 1)),
    "SoftPlus": lambda u: np.log(1 + np.exp(u)),
    "SoftMax": softmax,
    "LogSoftMax": lambda u: np.log(softmax(u)),
    "tanh": np.tanh,
    "logistic": lambda u: 1 / (1 + np.exp(-u)),
    "factor": lambda u: 0.8 * u,
    "shift": lambda u: u - np.arange(6),
    "factors": lambda u: u * np.arange(1, 7) + 2,
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_without_weights_is_known_and_computed(name: str) -> None:
    layer = known_layer(ROWS, LAYERS[name](ROWS), [])
    assert layer is not None
    assert layer.name == name
    assert near(layer.of(OTHERS, []), LAYERS[name](OTHERS))


@pytest.mark.parametrize("arrays", [[W, b], [b, W], [W.T.copy(), b], [W, b[:, None]], [W]], ids=len)
def test_an_affine_map_is_known_however_its_arrays_lie(arrays: list[Array]) -> None:
    bias = b if len(arrays) > 1 else 0 * b
    layer = known_layer(ROWS, ROWS @ W.T + bias, arrays)
    assert layer is not None
    assert (layer.name, len(layer.uses)) == ("Linear", len(arrays))
    assert near(layer.of(OTHERS, arrays), OTHERS @ W.T + bias)


def test_which_way_round_square_weights_lie_is_told() -> None:
    layer = known_layer(ROWS, ROWS @ SQUARE, [SQUARE])
    assert layer is not None
    assert near(layer.of(OTHERS, [SQUARE]), OTHERS @ SQUARE)


def test_the_same_map_with_other_arrays_is_another_one() -> None:
    layer = known_layer(ROWS, ROWS @ W.T + b, [W, b])
    assert layer is not None
    assert near(layer.of(OTHERS, [2 * W, b]), OTHERS @ (2 * W).T + b)


@pytest.mark.parametrize(
    "output",
    [ROWS @ W.T + b + 0.1, np.roll(ROWS, 1, axis=1), np.sin(9 * ROWS), np.full(ROWS.shape, np.nan), ROWS[:, :3]],
    ids=["other biases", "columns exchanged", "a wave", "no numbers", "fewer columns"],
)
def test_anything_else_is_not_known(output: Array) -> None:
    assert known_layer(ROWS, output, [W, b]) is None


def answers_alike(layer: Callable[[Array], Array]) -> bool:
    given, orders = mixed(ROWS, np.random.default_rng(1))
    return near(sorted_back(layer(given), orders), layer(ROWS))


@pytest.mark.parametrize("layer", [np.sin, lambda u: u / np.abs(u).max(axis=1, keepdims=True), softmax])
def test_a_layer_that_treats_its_inputs_alike_gives_the_same_in_any_order(layer: Callable[[Array], Array]) -> None:
    assert answers_alike(layer)


def test_a_layer_that_knows_its_inputs_does_not() -> None:
    assert not answers_alike(
        lambda u: np.tile(np.argmin(((u[:, None] - ROWS) ** 2).sum(axis=2), axis=1)[:, None], (1, 6))
    )


def test_each_row_has_an_order_of_its_own() -> None:
    _, orders = mixed(ROWS, np.random.default_rng(1))
    assert len(np.unique(orders, axis=0)) > 10


@pytest.mark.parametrize(
    ("got", "right"), [(np.ones((2, 2)), True), (1.001 * np.ones((2, 2)), True), (1.01 * np.ones((2, 2)), False)]
)
def test_what_is_near_is_as_near_as_single_precision(got: Array, right: bool) -> None:
    assert near(got, np.ones((2, 2))) is right
