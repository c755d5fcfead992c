"""Intensities that a student has changed are found from the inputs that a network was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from grader.assignments.byomlp.notebook.rescaling import rescaling
from grader.model import Array


def images() -> Array:
    """Return 300 images of ink."""
    return np.random.default_rng(3).integers(256, size=(300, 784)).astype(np.uint8)


@pytest.mark.parametrize(("a", "c"), [(-1.0, 1.0), (2.0, -1.0), (255.0, 0.0), (3.2, -2.7)])
def test_a_linear_change_is_found(a: float, c: float) -> None:
    rows = a * (1 - images()[[5, 250, 17]] / 255) + c
    assert rescaling(rows, images()) == pytest.approx((a, c), abs=1e-9)


def test_unchanged_intensities_are_exactly_so() -> None:
    assert rescaling((255.0 - images()[:4]) * (1 / 255), images()) == (1.0, 0.0)


def test_rows_that_are_no_images_tell_nothing() -> None:
    assert rescaling(np.random.default_rng(4).random((5, 784)), images()) == (1.0, 0.0)


@pytest.mark.parametrize("rows", [np.zeros((0, 784)), np.ones((3, 784)), np.full((2, 784), np.nan), np.ones((2, 5))])
def test_rows_that_cannot_be_compared_tell_nothing(rows: Array) -> None:
    assert rescaling(rows, images()) == (1.0, 0.0)


def test_strange_rows_beside_known_ones_do_not_spoil_them() -> None:
    rows = np.concatenate([np.random.default_rng(5).random((3, 784)), 2 * (1 - images()[:3] / 255)])
    assert rescaling(rows, images()) == pytest.approx((2.0, 0.0), abs=1e-9)
