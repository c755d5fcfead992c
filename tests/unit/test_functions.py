"""Known functions are known by what they do, whoever wrote them; all others are not."""

# ruff: noqa: NPY002 - students draw from np.random

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from grader import functions
from grader.assignments.byomlp.provided import layers, losses
from grader.watching.frames import Reader, value_bytes
from grader.watching.recording import trying


def name_of(table: Mapping[str, Any], f: Any) -> str:
    """Return the name that a function gets: it is tried out inside, and known outside by what it answered."""
    asked = functions.questions(table)
    questions = trying.read_questions(Reader(trying_bytes(asked)))
    reader = Reader(trying.answers_bytes(f, questions, loosely=table is functions.SLOPES))
    (count,) = reader.numbers("H")
    return functions.named([reader.value() for _ in range(count)], table)


def trying_bytes(asked: Sequence[tuple[Any, ...]]) -> bytes:
    parts = [bytes([len(each)]) + b"".join(value_bytes(part) or b"" for part in each) for each in asked]
    return len(asked).to_bytes(2, "little") + b"".join(parts)


@pytest.mark.parametrize("name", ["logistic", "relu", "leaky_relu", "softmax"])
def test_the_functions_of_the_course_have_their_names(name: str) -> None:
    assert name_of(functions.VALUES, getattr(layers, name)) == name
    assert name_of(functions.SLOPES, getattr(layers, f"{name}_deriv", None)) == (name if name != "softmax" else "")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("logistic_est_loss_deriv", "difference"),
        ("softmax_est_crossentropy_deriv", "difference"),
        ("squared_loss_deriv", "difference"),
        ("abs_loss_deriv", "abs"),
        ("logistic_loss_deriv", ""),
        ("squared_loss", ""),
    ],
)
def test_the_losses_of_the_course_have_their_names(name: str, found: str) -> None:
    assert name_of(functions.LOSS_SLOPES, getattr(losses, name)) == found


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda u: u, "identity"),
        (lambda u: np.maximum(0, u), "relu"),
        (lambda u: u * (u > 0), "relu"),
        (np.tanh, "tanh"),
        (lambda u: 1 / (1 + np.exp(-u)), "logistic"),
        (lambda u: np.where(u > 0, u, 0.01 * u), "leaky_relu"),
        (lambda u: np.where(u > 0, u, 0.1 * u), ""),
        (lambda u: np.exp(u) / np.sum(np.exp(u)), ""),
        (lambda u: np.maximum(0, u).astype(np.float32), ""),
        (lambda u: list(u), ""),
        (lambda u: np.sin(u), ""),
        (lambda u: u[:1], ""),
        (lambda u: u.nothing, ""),
        (lambda u, v: u, ""),
        (7, ""),
        (None, ""),
    ],
)
def test_a_students_own_nonlinearity_is_known_if_it_is_one_of_them(f: Any, name: str) -> None:
    assert name_of(functions.VALUES, f) == name


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda u: (u > 0) * 1, "relu"),
        (lambda u: u > 0, "relu"),
        (lambda u: 1.0, "identity"),
        (lambda u: 1 - np.tanh(u) ** 2, "tanh"),
        (lambda u: np.where(u > 0, 1, 0.01), "leaky_relu"),
        (lambda u: np.where(u >= 0, 1, 0.01), ""),
        (lambda u: u, ""),
        (None, ""),
    ],
)
def test_a_students_own_derivative_is_known_if_it_is_one_of_them(f: Any, name: str) -> None:
    assert name_of(functions.SLOPES, f) == name


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda y_est, y: y_est - y, "difference"),
        (lambda y_est, y: 2 * (y_est - y), "doubled"),
        (lambda y_est, y: np.sign(y_est - y), "abs"),
        (lambda y_est, y: y - y_est, ""),
        (lambda y_est, y: (y_est - y) / len(y_est), ""),
        (lambda y_est, y: y_est - y[0], ""),
    ],
)
def test_a_students_own_gradient_of_a_loss_is_known_if_it_is_one_of_them(f: Any, name: str) -> None:
    assert name_of(functions.LOSS_SLOPES, f) == name


def halving_in_place(u: np.ndarray) -> np.ndarray:
    u[u < 0] *= 0.01
    return u


def noisy(u: np.ndarray) -> np.ndarray:
    return u * (np.random.rand(*u.shape) >= 0.0)


def printing(u: np.ndarray) -> np.ndarray:
    sys.stdout.write("here\n")
    return u


turns = itertools.count()


def changing(u: np.ndarray) -> np.ndarray:
    return u if next(turns) < 6 else 2 * u


@pytest.mark.parametrize("f", [halving_in_place, noisy, printing, changing])
def test_a_function_with_side_effects_is_none_of_the_known_ones(f: Any) -> None:
    assert name_of(functions.VALUES, f) == ""


def test_asking_draws_nothing_prints_nothing_and_warns_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    np.random.seed(3)
    wanted = np.random.rand()
    np.random.seed(3)
    name_of(functions.VALUES, noisy)
    name_of(functions.VALUES, printing)
    name_of(functions.VALUES, lambda u: 1 / (1 + np.exp(-u)) + 1 / (0 * u))
    assert np.random.rand() == wanted
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", functions.ACTIVATIONS)
def test_rows_are_taken_one_by_one(name: str) -> None:
    U = np.random.default_rng(0).normal(size=(7, 5))
    for f in filter(None, functions.ACTIVATIONS[name]):
        assert np.allclose(f(U), np.array([f(row) for row in U]), rtol=1e-15)


@pytest.mark.parametrize("name", functions.SLOPES)
def test_slopes_are_those_of_the_functions(name: str) -> None:
    f, slope = functions.ACTIVATIONS[name]
    u = np.array([-3.0, -0.7, 0.2, 1.9])
    assert slope is not None
    assert np.allclose(slope(u), (f(u + 1e-5) - f(u - 1e-5)) / 2e-5, atol=1e-9)


BELONGS = {"logistic": "logistic", "crossentropy": "softmax"}


@pytest.mark.parametrize("name", functions.LOSSES)
def test_the_gradient_of_a_loss_is_by_what_goes_into_the_activation_that_belongs_to_it(name: str) -> None:
    f, _ = functions.ACTIVATIONS[BELONGS.get(name, "identity")]
    loss, gradient = functions.LOSSES[name]
    a, y, steps = np.array([-0.8, 0.3, 1.1]), np.array([0.0, 1.0, 0.0]), 1e-5 * np.eye(3)
    assert np.allclose(gradient(f(a), y), (loss(f(a + steps), y) - loss(f(a - steps), y)) / 2e-5, atol=1e-9)


def test_no_name_of_a_loss_is_that_of_a_gradient_too() -> None:
    assert not functions.LOSSES.keys() & functions.LOSS_SLOPES.keys()


@pytest.mark.parametrize("name", functions.ACTIVATIONS)
def test_nothing_overflows(name: str) -> None:
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for f in filter(None, functions.ACTIVATIONS[name]):
            assert np.isfinite(f(np.array([-1000.0, 0.0, 1000.0]))).all()
