from __future__ import annotations

import numpy as np
import pytest

from grader.datasets.digits import paper, unseen
from grader.datasets.digits.unseen import moved, thickened
from grader.model import Array
from kit.digits_samples import few


def blob(x: int, y: int) -> Array:
    """Return one image with a dark spot at column x, row y."""
    image = np.zeros((1, 28, 28))
    image[0, y - 1 : y + 2, x - 1 : x + 2] = 1.0
    return image


def centre(image: Array) -> tuple[float, float]:
    """Return where the ink of an image (28, 28) lies on average: column, row."""
    return float(image.sum(axis=0) @ np.arange(28) / image.sum()), float(
        image.sum(axis=1) @ np.arange(28) / image.sum()
    )


def test_paper_is_1_and_ink_is_0() -> None:
    turned = paper(np.array([[0, 255, 51]], np.uint8))
    assert turned.dtype == np.float64
    assert np.allclose(turned, [[1.0, 0.0, 0.8]])


@pytest.mark.parametrize("n", [0, 1, 25, 100])
def test_there_are_as_many_as_asked_for_in_the_units_of_students(n: int) -> None:
    images, labels = unseen(few(), n, np.random.default_rng(0))
    assert (images.shape, images.dtype, labels.shape, labels.dtype) == ((n, 784), np.float64, (n,), np.int64)
    assert np.all((images >= 0) & (images <= 1))


def test_each_test_digit_is_used_once_before_any_is_used_again() -> None:
    digits = few(test=40)
    _, labels = unseen(digits, 40, np.random.default_rng(0))
    assert np.array_equal(np.sort(labels), np.sort(digits.test_labels))


def test_every_one_differs_from_every_digit_there_is_yet_is_nearest_to_its_own() -> None:
    digits = few(test=40)
    images, labels = unseen(digits, 40, np.random.default_rng(0))
    known = paper(digits.test_images)
    distance = np.sqrt(((images[:, None] - known) ** 2).sum(axis=2))
    assert distance.min() > 0.3
    assert np.mean(digits.test_labels[distance.argmin(axis=1)] == labels) > 0.9


def test_the_same_seed_gives_the_same_and_another_gives_others() -> None:
    first, again, other = (unseen(few(), 10, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.any(np.all(first == other, axis=1))


def test_nothing_moved_is_what_it_was() -> None:
    ink = few().test_images.reshape(-1, 28, 28) / 255.0
    n = len(ink)
    assert np.allclose(moved(ink, np.zeros((n, 2)), np.zeros(n)), ink)


@pytest.mark.parametrize("shift", [(2.0, 0.0), (0.0, -1.5), (0.25, 0.75)])
def test_a_shift_moves_the_ink_that_far(shift: tuple[float, float]) -> None:
    x, y = centre(moved(blob(10, 15), np.array([shift]), np.zeros(1))[0])
    assert (x, y) == pytest.approx((10 + shift[0], 15 + shift[1]), abs=0.05)


def test_a_turn_goes_about_the_middle() -> None:
    x, y = centre(moved(blob(20, 13), np.zeros((1, 2)), np.array([0.1]))[0])
    assert (x, y) == pytest.approx(
        (13.5 + 6.5 * np.cos(0.1) + 0.5 * np.sin(0.1), 13.5 + 6.5 * np.sin(0.1) - 0.5 * np.cos(0.1)), abs=0.05
    )


def test_what_is_moved_out_of_the_image_is_gone() -> None:
    ink = moved(blob(1, 1), np.array([[-2.0, -2.0]]), np.zeros(1))
    assert ink.sum() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("amount", "sign"), [(0.4, 1), (-0.3, -1), (0.0, 0)])
def test_ink_grows_or_shrinks_with_the_thickness(amount: float, sign: int) -> None:
    assert np.sign(thickened(blob(10, 10), np.array([amount])).sum() - blob(10, 10).sum()) == sign
