"""Drawn digits: varied, about as much ink as MNIST, told apart by a person and, mostly, by their nearest neighbour."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.datasets.digits import drawing
from grader.model import Array


@cache
def sample() -> tuple[Array, Array]:
    return drawing.draw(3000, np.random.default_rng(5))


def test_images_and_labels_are_bytes_in_the_shapes_of_mnist() -> None:
    images, labels = drawing.draw(7, np.random.default_rng(0))
    assert (images.shape, images.dtype) == ((7, 784), np.uint8)
    assert (labels.shape, labels.dtype) == ((7,), np.uint8)


def test_none_can_be_drawn() -> None:
    images, labels = drawing.draw(0, np.random.default_rng(0))
    assert (images.shape, labels.shape) == ((0, 784), (0,))


def test_a_generator_with_the_same_seed_draws_the_same_digits() -> None:
    first, again = (drawing.draw(50, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])


def test_no_two_digits_are_alike() -> None:
    assert len(np.unique(sample()[0], axis=0)) == 3000


@pytest.mark.parametrize("digit", range(10))
def test_every_class_is_drawn_in_several_shapes_and_about_as_often(digit: int) -> None:
    assert sum(shape[0] == digit for shape in drawing.SHAPES) >= 3
    assert 240 < np.count_nonzero(sample()[1] == digit) < 360


def test_there_is_about_as_much_ink_as_in_mnist() -> None:
    assert 0.16 < np.count_nonzero(sample()[0]) / sample()[0].size < 0.22


def test_paper_is_clean_and_ink_gets_dark() -> None:
    assert np.all(sample()[0].min(axis=1) == 0)
    assert np.mean(sample()[0].max(axis=1) > 200) > 0.99


def test_digits_lie_in_the_middle() -> None:
    ink = sample()[0].reshape(-1, 28, 28).astype(float).mean(axis=0)
    assert abs((ink.sum(axis=0) @ np.arange(28)) / ink.sum() - 13.5) < 0.5
    assert abs((ink.sum(axis=1) @ np.arange(28)) / ink.sum() - 13.5) < 0.5


def test_hardly_any_digit_touches_the_edge() -> None:
    images = sample()[0].reshape(-1, 28, 28)
    edges = np.concatenate((images[:, [0, -1]].reshape(3000, -1), images[:, :, [0, -1]].reshape(3000, -1)), axis=1)
    assert np.mean(edges.any(axis=1)) < 0.002


def test_two_components_explain_about_as_little_as_in_mnist() -> None:
    centred = sample()[0] / 255.0 - sample()[0].mean(axis=0) / 255.0
    spread = np.linalg.eigvalsh(centred.T @ centred)[::-1]
    assert 0.1 < spread[:2].sum() / spread.sum() < 0.3


def test_most_but_not_all_are_nearest_to_one_of_their_class() -> None:
    images, labels = sample()[0].astype(np.float32), sample()[1]
    known, asked = images[:2500], images[2500:]
    distance = (known**2).sum(axis=1) - 2 * asked @ known.T
    right = np.mean(labels[:2500][distance.argmin(axis=1)] == labels[2500:])
    assert 0.85 < right < 0.99


def test_a_smooth_curve_goes_through_its_control_points() -> None:
    control = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [4.0, 4.0]])
    curve = drawing.curve_weights(4, 31) @ control
    assert np.allclose(curve[::10], control)


def test_a_curve_through_points_on_a_line_stays_on_it() -> None:
    curve = drawing.curve_weights(5, 40) @ np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 5.0], [3.0, 7.0], [4.0, 9.0]])
    assert np.allclose(curve[:, 1], 2 * curve[:, 0] + 1)


def test_ink_lies_where_the_pen_went() -> None:
    path = np.stack((np.linspace(5.0, 22.0, 64), np.full(64, 10.0)), axis=-1)[None]
    image = drawing.inked(path, np.full((1, 64), 1.5), np.random.default_rng(0)).reshape(28, 28)
    assert np.all(image[10, 5:23] > 120)
    assert np.all(image[[7, 13]] == 0)


def test_the_generator_needs_nothing_but_numpy() -> None:
    tree = ast.parse(Path(drawing.__file__).read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    wanted = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert plain | wanted == {"numpy", "typing", "__future__"}


def test_the_one_set_is_as_large_as_mnist_and_its_test_digits_are_others(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (drawing.TRAIN, drawing.TEST) == (60_000, 10_000)
    # all of them take seconds
    monkeypatch.setattr(drawing, "TRAIN", 1200)
    monkeypatch.setattr(drawing, "TEST", 1000)
    images, labels, test_images, test_labels = drawing.data_set()
    assert (images.shape, labels.shape) == ((1200, 784), (1200,))
    assert (test_images.shape, test_labels.shape) == ((1000, 784), (1000,))
    assert not {row.tobytes() for row in images} & {row.tobytes() for row in test_images}
