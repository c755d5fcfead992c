"""How a student has changed the digits is found from rows that a network got."""

from __future__ import annotations

import numpy as np
import pytest

from grader.datasets.digits import paper
from grader.datasets.digits.scaling import Scaling, Sharpness, scaling_of
from grader.model import Array

SHARP, BLUNT = Sharpness(alike=1e-4, rounding=1e-9), Sharpness(alike=1e-6, rounding=1e-3, enough=3, centred=1e-3)


def scaling(rows: Array) -> tuple[float, float]:
    """Return the two numbers with which rows were made of paper."""
    found = scaling_of(rows, [images()], paper, SHARP)
    return found.a, found.c


def ink(kept: Array) -> Array:
    return kept.astype(np.float32) / np.float32(255)


def images() -> Array:
    """Return 300 images of ink."""
    return np.random.default_rng(3).integers(256, size=(300, 784)).astype(np.uint8)


@pytest.mark.parametrize(("a", "c"), [(-1.0, 1.0), (2.0, -1.0), (255.0, 0.0), (3.2, -2.7)])
def test_a_linear_change_is_found(a: float, c: float) -> None:
    rows = a * (1 - images()[[5, 250, 17]] / 255) + c
    assert scaling(rows) == pytest.approx((a, c), abs=1e-9)


def test_unchanged_intensities_are_exactly_so() -> None:
    assert scaling((255.0 - images()[:4]) * (1 / 255)) == (1.0, 0.0)


def test_rows_that_are_no_images_tell_nothing() -> None:
    assert scaling(np.random.default_rng(4).random((5, 784))) == (1.0, 0.0)


@pytest.mark.parametrize("rows", [np.zeros((0, 784)), np.ones((3, 784)), np.full((2, 784), np.nan), np.ones((2, 5))])
def test_rows_that_cannot_be_compared_tell_nothing(rows: Array) -> None:
    assert scaling(rows) == (1.0, 0.0)


def test_strange_rows_beside_known_ones_do_not_spoil_them() -> None:
    rows = np.concatenate([np.random.default_rng(5).random((3, 784)), 2 * (1 - images()[:3] / 255)])
    assert scaling(rows) == pytest.approx((2.0, 0.0), abs=1e-9)


@pytest.mark.parametrize(("a", "c"), [(1.0, 0.0), (2.0, -1.0), (-1.0, 1.0), (255.0, 0.0)])
@pytest.mark.parametrize("centred", [False, True])
def test_a_mean_image_that_was_taken_off_is_found_too(a: float, c: float, centred: bool) -> None:
    sets = [images()[:200], images()[200:]]
    rows = ink(sets[0]).astype(np.float64)
    given = (a * (rows - rows.mean(axis=0) * centred) + c).astype(np.float32)
    found = scaling_of(given[:6], sets, ink, BLUNT)
    np.testing.assert_allclose(found.applied(rows), given, rtol=0, atol=1e-3 * abs(a))
    np.testing.assert_allclose(found.undone(given), rows, rtol=0, atol=1e-3)


def test_too_few_rows_that_are_images_say_nothing() -> None:
    strange = np.random.default_rng(6).random((5, 784))
    rows = np.concatenate([strange, 2 * ink(images()[:2])])
    assert scaling_of(rows, [images()], ink, BLUNT).is_plain


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Scaling(), "as they are"),
        (Scaling(2.0, -1.0), "as they are, times 2, plus -1"),
        (Scaling(1.0, 0.0, np.zeros(2)), "without the mean image, times 1, plus 0"),
    ],
)
def test_a_scaling_is_said_in_words(found: Scaling, said: str) -> None:
    assert str(found) == said


def test_what_cannot_be_undone_is_left_as_it_is() -> None:
    rows = np.ones((2, 3))
    assert Scaling(0.0, 5.0).undone(rows) is rows
