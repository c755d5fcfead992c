"""Digits are kept as bytes and shown as paper."""

from __future__ import annotations

import numpy as np
import pytest

from grader.datasets.digits.pictures import SIDE, as_bytes, as_paper, grid, lines_of

KEPT = np.arange(5 * SIDE * SIDE, dtype=np.int64).reshape(5, -1).astype(np.uint8)


def test_ink_is_255_and_what_is_no_number_is_ink() -> None:
    assert as_bytes(np.array([[0.0, 1.0, 0.5, 7.0, -1.0, np.nan]])).tolist() == [[0, 255, 128, 255, 0, 255]]


def test_what_was_kept_is_shown_as_paper() -> None:
    assert as_paper(np.array([[255] * SIDE * SIDE, [0] * SIDE * SIDE])).mean(axis=(1, 2)).tolist() == [0, 1]


def test_a_grid_is_filled_up_with_nothing() -> None:
    picture = grid("Digits", KEPT, ["a", "b", "c", "d", "e"], 3)
    assert picture.images.shape == (2, 3, SIDE, SIDE)
    assert picture.captions == (("a", "b", "c"), ("d", "e", ""))
    assert np.isnan(picture.images[1, 2]).all()


@pytest.mark.parametrize("columns", [5, 8])
def test_few_digits_stand_in_one_line(columns: int) -> None:
    assert grid("Digits", KEPT, [""] * 5, columns).images.shape == (1, 5, SIDE, SIDE)


def test_lines_have_their_names() -> None:
    picture = lines_of("Back", {"digit": as_paper(KEPT), "network": as_paper(KEPT)})
    assert (picture.row_labels, picture.images.shape) == (("digit", "network"), (2, 5, SIDE, SIDE))
