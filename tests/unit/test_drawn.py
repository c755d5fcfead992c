"""First parameters: what was drawn passes whatever its scale, what was learned, computed or written down is told."""

import math
from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
import pytest

from grader.drawn import looks_drawn
from grader.model import Array

Draw = Callable[[np.random.Generator, tuple[int, int]], Array]

DRAWS: dict[str, Draw] = {
    "normal_0.1": lambda rng, shape: rng.normal(0, 0.1, shape),
    "normal_0.01": lambda rng, shape: rng.normal(0, 0.01, shape),
    "he_normal": lambda rng, shape: rng.normal(0, math.sqrt(2 / shape[1]), shape),
    "xavier_normal": lambda rng, shape: rng.normal(0, math.sqrt(2 / sum(shape)), shape),
    "fan_in_uniform": lambda rng, shape: rng.uniform(-1, 1, shape) / math.sqrt(shape[1]),
    "xavier_uniform": lambda rng, shape: rng.uniform(-1, 1, shape) * math.sqrt(6 / sum(shape)),
    "between_0_and_1": lambda rng, shape: rng.random(shape),
    "single": lambda rng, shape: rng.normal(0, 0.1, shape).astype(np.float32),
}
SMALL = ((10, 10), (5, 13), (3, 30), (24, 12), (64, 1), (1, 80))
LARGE = ((10, 784), (784, 10), (32, 784), (128, 32), (100, 100))


def refused(shapes: tuple[tuple[int, int], ...], often: int, seed: int) -> list[str]:
    """Return what is said of right draws: of each kind and shape, `often` times."""
    rng = np.random.default_rng(seed)
    cases = product(range(often), DRAWS.items(), shapes)
    return [
        f"{name} {shape}: {why}"
        for _, (name, draw), shape in cases
        if (why := looks_drawn(draw(rng, shape), np.zeros(shape[0])))
    ]


@cache
def pictures(count: int) -> tuple[Array, Array]:
    """Return smooth random pictures (count, 144), empty at the rim, and to which of five kinds (count,) each belongs."""
    rng = np.random.default_rng(5)
    spots, kinds = rng.normal(0, 1, (5, 12, 12)), rng.integers(0, 5, count)
    for axis in (1, 2):
        spots = sum(np.roll(spots, step, axis) for step in (-1, 0, 1))
    spots[:, [0, -1]] = spots[:, :, [0, -1]] = 0
    rows = np.maximum(spots[kinds] + rng.normal(0, 1, (count, 12, 12)) * (spots[kinds] != 0), 0)
    return rows.reshape(count, 144), kinds


def least_squares(penalty: float) -> Array:
    X, kinds = pictures(2000)
    solved: Array = np.linalg.solve(X.T @ X + penalty * np.eye(144), X.T @ (np.eye(5)[kinds] - 0.2))
    return solved.T


def trained(*, passes: int) -> Array:
    X, kinds = pictures(1000)
    W, Y = np.random.default_rng(6).uniform(-1, 1, (5, 144)) / 12, np.eye(5)[kinds]
    for start in list(range(0, len(X), 20)) * passes:
        rows = slice(start, start + 20)
        powers = np.exp(X[rows] @ W.T)
        W -= 0.1 / 20 * (powers / powers.sum(axis=1, keepdims=True) - Y[rows]).T @ X[rows]
    return W


def disguised() -> Array:
    """Return weights of least squares with each number exchanged for the one of a normal sample that has its place in order."""
    W, sample = least_squares(10), np.sort(np.random.default_rng(7).normal(0, 0.1, 720))
    return sample[np.argsort(np.argsort(W.ravel()))].reshape(W.shape)


def of_rank(rank: int, rng: np.random.Generator) -> Array:
    return rng.normal(size=(40, rank)) @ rng.normal(size=(rank, 200))


RNG = np.random.default_rng(8)
LEARNED = {
    "least_squares": least_squares(1e-6),
    "ridge": least_squares(10),
    "disguised": disguised(),
    "trained": trained(passes=5),
    "class_means": np.stack([pictures(500)[0][pictures(500)[1] == kind].mean(axis=0) for kind in range(5)]),
    "principal": np.linalg.svd(pictures(500)[0], full_matrices=False)[2][:20],
    "identity": np.eye(30),
    "one_hot": np.eye(10)[RNG.integers(0, 10, 300)],
    "zeros": np.zeros((10, 30)),
    "one_direction": of_rank(1, RNG),
    "three_directions": of_rank(3, RNG),
    "rows_that_sum_to_0": (lambda W: W - W.mean(axis=0))(RNG.normal(0, 0.1, (10, 300))),
    "a_few_large_ones": np.where(RNG.random((10, 100)) < 0.01, 3.0, RNG.normal(0, 0.1, (10, 100))),
    "unequal_columns": RNG.normal(0, 0.1, (20, 100)) * np.repeat([0.5, 1.0], 50),
    "smooth": np.apply_along_axis(np.convolve, 1, RNG.normal(0, 0.1, (10, 100)), [0.2, 1.0, 0.2], "same"),
    "not_a_number": np.full((2, 2), math.nan),
}


def test_not_one_of_many_right_draws_is_refused() -> None:
    assert refused(SMALL, 60, seed=1) == []


def test_large_draws_pass_as_well() -> None:
    assert refused(LARGE, 1, seed=2) == []


@pytest.mark.parametrize("name", LEARNED)
def test_what_was_learned_or_written_down_is_told(name: str) -> None:
    assert looks_drawn(LEARNED[name])


@pytest.mark.parametrize("name", sorted(set(LEARNED) - {"one_hot"}))
def test_it_is_told_of_the_transposed_as_well(name: str) -> None:
    assert looks_drawn(LEARNED[name].T)


@pytest.mark.parametrize("b", [np.zeros(100), np.full(100, 0.1), RNG.normal(0, 0.1, 100), RNG.uniform(-1, 1, 100)])
def test_biases_may_be_equal_or_drawn(b: Array) -> None:
    assert looks_drawn(RNG.normal(0, 0.1, (100, 20)), b) == ""


def test_biases_that_hold_a_table_are_told() -> None:
    b = np.where(np.arange(100) == 3, 5.0, RNG.normal(0, 0.1, 100))
    assert looks_drawn(RNG.normal(0, 0.1, (100, 20)), b).startswith("biases have extremes")


def test_a_handful_of_numbers_says_nothing() -> None:
    assert looks_drawn(np.eye(2), np.array([1.0, -3.0])) == ""


def test_the_scale_of_numbers_does_not_matter() -> None:
    W = RNG.normal(0, 1, (10, 50))
    assert [looks_drawn(W * 1e-200), looks_drawn(W * 1e200)] == ["", ""]
