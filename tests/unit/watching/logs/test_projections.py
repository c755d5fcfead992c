"""Rows are known by their products with random vectors: the same ones each time, whatever else is in the array."""

from __future__ import annotations

import numpy as np

from grader.watching.logs.projections import PIECE, Keys, products, random_vectors


def test_a_product_does_not_depend_on_the_rows_around_it() -> None:
    X = np.random.default_rng(1).integers(0, 256, (PIECE + 10, 5), dtype=np.uint8)
    R = random_vectors(5, 20, 2)
    assert np.allclose(products(X, R)[PIECE - 2 :], X[PIECE - 2 :].astype(float) @ R, rtol=1e-12, atol=0)


def test_no_rows_have_no_products() -> None:
    assert products(np.zeros((0, 3)), random_vectors(3, 1, 2)).shape == (0, 2)


def test_of_many_rows_the_same_share_is_kept_each_time() -> None:
    X = np.random.default_rng(2).random((4000, 10))
    keys = Keys(80_000)
    assert keys.every == 10
    assert 250 < len(keys.of(X)) < 550
    assert set(keys.of(X[:100]).tolist()) <= set(keys.of(X).tolist())


def test_rows_that_are_no_numbers_have_a_key() -> None:
    assert Keys(10).of(np.full((2, 3), np.nan)).tolist() == [0, 0]
