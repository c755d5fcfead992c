"""A few numbers of the weights of a network, which are followed on their way: a seed of ours says which ones, on either side."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, TypeVar

from numpy import ndarray
from numpy.random import default_rng

Array = ndarray[Any, Any]
T = TypeVar("T")
# numbers of each of so many arrays
ENTRIES, ARRAYS = 48, 3


def followed(arrays: Sequence[T]) -> list[T]:
    """Return those of some arrays of weights that are followed: the first, a middle one and the last, if so many are there."""
    return [arrays[0], arrays[len(arrays) // 2], arrays[-1]][: min(len(arrays), ARRAYS)] if arrays else []


def places(shapes: Sequence[tuple[int, ...]], seed: int) -> list[Array]:
    """Return the places of the numbers that are followed in arrays of these shapes, of each array laid flat."""
    rng = default_rng([seed, *(size for shape in shapes for size in shape)])
    return [rng.choice(prod(shape), min(prod(shape), ENTRIES), replace=False) for shape in shapes]
