"""Telling W and b of Linear among arrays by their shapes."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Array

Parameters = tuple[Array, Array]


def pair(arrays: Sequence[Array], n: int, m: int, *, turned: bool) -> Parameters | None:
    """Return the first W, lying as (m, n) or else as (n, m), and the first b among arrays, or None.

    Of a square W only other layers tell whether it lies `turned`, as (n, m).
    """
    for shape in ((m, n), (n, m)):
        W = next((each for each in arrays if each.shape == shape), None)
        if W is not None:
            others = [each for each in arrays if each is not W and each.shape in {(m,), (1, m), (m, 1)}]
            b = min(others, key=lambda each: each.ndim, default=None)
            upright = shape == (m, n) and not (turned and n == m)
            return None if b is None else (W if upright else W.T, b.ravel())
    return None
