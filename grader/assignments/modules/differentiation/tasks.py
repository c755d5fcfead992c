"""What is to be differentiated: seven functions of random arguments, and the truth about each by central differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from grader.model import Array
from grader.numerics import central_difference

Arguments = Mapping[str, Array]
Order = Literal["C", "F"]
# vec of a matrix: row by row, or column by column
ROW: Order = "C"
COLUMN: Order = "F"


@dataclass(frozen=True)
class Task:
    """One answer function.

    `arguments` maps each argument to the letters of its shape, and `about` names the one that is differentiated by. `value`
    takes the arguments with a batch (B, ...) of that one, and returns (B,), or (B, k, l) for a function with a Jacobian.
    """

    name: str
    arguments: Mapping[str, str]
    about: str
    value: Callable[..., Array]
    jacobian: bool = False

    @property
    def call(self) -> str:
        """How it is called."""
        return f"{self.name}({', '.join(self.arguments)})"

    @property
    def is_vector(self) -> bool:
        """Whether the answer is a vector, which may stand or lie."""
        return len(self.arguments[self.about]) == 1


def _batch(task: Task, given: Arguments, points: Array, order: Order = ROW) -> Array:
    shape = given[task.about].shape
    if order == COLUMN:
        points = points.reshape(len(points), *shape[::-1]).swapaxes(-1, -2)
    return task.value(**{**given, task.about: points.reshape(len(points), *shape)})


def truths(task: Task, given: Arguments) -> tuple[Array, ...]:
    """Return the right answers, by central differences: one, or for a Jacobian one for each order that vec can have."""
    if not task.jacobian:
        point = given[task.about]
        slope = central_difference(lambda points: _batch(task, given, points), point.ravel())
        return (slope.reshape(point.shape),)
    return tuple(_jacobian(task, given, order) for order in (ROW, COLUMN))


def _jacobian(task: Task, given: Arguments, order: Order) -> Array:
    point = given[task.about].flatten(order)

    def entries(points: Array) -> Array:
        """Return the values at points (B, n) as (B, k), written out in this order."""
        values = _batch(task, given, points, order)
        return (values.swapaxes(-1, -2) if order == COLUMN else values).reshape(len(points), -1)

    def entry(k: int) -> Callable[[Array], Array]:
        return lambda points: entries(points)[:, k]

    return np.array([central_difference(entry(k), point) for k in range(entries(point[None]).size)])


def _squares(values: Array) -> Array:
    return np.asarray(np.sum(values**2, axis=(-2, -1)))


INNER_PRODUCT = Task("dy_dx_inner_product", {"x": "n"}, "x", lambda x: np.sum(x**2, axis=-1))
TRACE = Task("dy_dA_trace", {"A": "nm", "B": "mn"}, "A", lambda A, B: np.einsum("...ij,ji->...", A, B))
BILINEAR_X = Task("dy_dx_bilinear", {"x": "n", "A": "nm", "c": "m"}, "x", lambda x, A, c: x @ (A @ c))
BILINEAR_A = Task("dy_dA_bilinear", {"x": "n", "A": "nm", "c": "m"}, "A", lambda x, A, c: (A @ c) @ x)
LOSS_S = Task("dJ_dS", {"X": "NM", "A": "NR", "S": "RM"}, "S", lambda X, A, S: _squares(X - A @ S))
LOSS_F = Task("dJ_dF", {"X": "NM", "F": "NM"}, "F", lambda X, F: _squares(X - F))
PRODUCT_S = Task("dF_dS", {"A": "NR", "S": "RM"}, "S", lambda A, S: A @ S, jacobian=True)

TASKS = (INNER_PRODUCT, TRACE, BILINEAR_X, BILINEAR_A, LOSS_S, LOSS_F, PRODUCT_S)
NAMES = tuple(task.name for task in TASKS)
SMALLEST, LARGEST = 2, 6
CASES, SQUARE = 5, 2


def drawn(task: Task, rng: np.random.Generator) -> list[dict[str, Array]]:
    """Return random arguments of random shapes: once with all sizes different, twice all the same, then as it comes."""
    letters = sorted({letter for shape in task.arguments.values() for letter in shape})
    several = np.arange(SMALLEST, LARGEST + 1)
    sizes = [rng.choice(several, len(letters), replace=False)]
    # what goes wrong only where shapes do not fit can be told apart where they do
    sizes += [np.full(len(letters), size) for size in rng.choice(several, SQUARE, replace=False)]
    sizes += [rng.choice(several, len(letters)) for _ in range(CASES - len(sizes))]
    return [_arguments(task, dict(zip(letters, (int(n) for n in each), strict=True)), rng) for each in sizes]


def _arguments(task: Task, sizes: Mapping[str, int], rng: np.random.Generator) -> dict[str, Array]:
    shapes = {name: tuple(sizes[letter] for letter in letters) for name, letters in task.arguments.items()}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}
