"""Known mistakes in each answer function: what they would return, and the hint that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from grader.assignments.modules.differentiation import tasks
from grader.kits.mistakes import Mistake, NotApplicable
from grader.model import Array

Wrong = Callable[..., Any]
SIGN = "The sign is wrong: go through the inner derivative once more, and look at what is subtracted from what."
FACTOR = "Each entry is squared, or stands twice in the sum: its derivative has a factor 2."
TWICE = "The function is linear in the variable, so its derivative has no factor 2."
SIDES = "The result must have the shape of the variable: here it is transposed."
SWAPPED = "A is transposed where it should not be, or the other way round: compare the shapes."
ENTRYWISE = (
    "Entries are multiplied one by one, and nothing is summed: write down one entry of the derivative with its indices."
)
SQUARED = "The entries are squared still: the derivative of a square is linear."
SUMMED = "The entries of the derivative are summed up, but there has to be one for each entry of the variable."
VALUE = "This is y itself, not its derivative, which has an entry for each entry of the variable."
BY_OTHER = "This is the derivative by another argument: look again at what is asked for."
QUADRATIC = "That formula belongs to a quadratic form, in which an argument occurs twice. Here each occurs once."
OUTER = "For one-dimensional arrays `x @ c.T` is a number, as .T does nothing: np.outer makes a matrix of two vectors."
STILL_THERE = "The variable is still in the result, though y is linear in it."
INNER = "The inner derivative, that of A S by S, is missing."
PART = "A part of the square is left out: it contains S squared, too."
MEAN = "The norm is a sum over all entries, not a mean: nothing is divided by how many there are."
ROOT = "This is the derivative of the norm itself; J is the norm squared, so nothing is divided by it."
ROWS = "Rows belong to the entries of F and columns to those of S, so the shape is (N M, R M): here it is transposed."
ORDER = "F and S are written out in different orders: go row by row through both, or column by column through both."
RESHAPE = "The entries are right: put them into a matrix of N M rows and R M columns."
BLOCK = "This is only one block: F has N M entries and S has R M, and there is a number for each pair."


class Asked(Protocol):
    """One call of an answer function, by the arguments that it was given."""

    @property
    def given(self) -> Mapping[str, Array]: ...


def _mistake(name: str, hint: str, wrong: Wrong) -> Mistake[Asked]:
    """Return a mistake: `wrong` takes the arguments of the answer function and returns what would come out, or raises."""

    def gives(asked: Asked) -> Array:
        try:
            return np.asarray(wrong(*asked.given.values()), dtype=np.float64)
        except ValueError as error:  # these shapes do not go together
            raise NotApplicable from error

    return Mistake(name, hint, gives)


def _half(right: Wrong) -> tuple[Mistake[Asked], ...]:
    """Return what goes wrong where a square is differentiated."""
    return (
        _mistake("sign", SIGN, lambda *given: -right(*given)),
        _mistake("factor_two_missing", FACTOR, lambda *given: right(*given) / 2),
        _mistake("factor_and_sign", f"{SIGN} {FACTOR}", lambda *given: -right(*given) / 2),
    )


def _double(right: Wrong) -> tuple[Mistake[Asked], ...]:
    """Return what goes wrong where something linear is differentiated."""
    return (
        _mistake("sign", SIGN, lambda *given: -right(*given)),
        _mistake("factor_two_too_many", TWICE, lambda *given: 2 * right(*given)),
    )


def _transposed(right: Wrong, hint: str = SIDES) -> Mistake[Asked]:
    return _mistake("transposed", hint, lambda *given: right(*given).T)


def _loss(right: Wrong, rest: Wrong) -> tuple[Mistake[Asked], ...]:
    """Return what goes wrong where the squared norm of `rest` is differentiated."""
    return (
        *_half(right),
        _transposed(right),
        _mistake("averaged", MEAN, lambda *given: right(*given) / rest(*given).size),
        _mistake("norm_not_squared", ROOT, lambda *given: right(*given) / (2 * np.linalg.norm(rest(*given)))),
    )


def _rest(X: Array, A: Array, S: Array) -> Any:
    return X - A @ S


def _loss_slope(X: Array, A: Array, S: Array) -> Any:
    return -2 * A.T @ (X - A @ S)


def _by_rows(A: Array, S: Array) -> Any:
    return np.kron(A, np.eye(S.shape[1]))


def _by_columns(A: Array, S: Array) -> Any:
    return np.kron(np.eye(S.shape[1]), A)


def _in_order(letters: str) -> Wrong:
    """Return dF/dS with the entry of F (n, m) by that of S (r, k) where the letters say."""

    def wrong(A: Array, S: Array) -> Any:
        (N, R), M = A.shape, S.shape[1]
        return np.einsum(f"nr,mk->{letters}", A, np.eye(M)).reshape(N * M, R * M)

    return wrong


MISTAKES: Mapping[str, tuple[Mistake[Asked], ...]] = {
    tasks.INNER_PRODUCT.name: (
        *_half(lambda x: 2 * x),
        _mistake("value", VALUE, lambda x: x @ x),
        _mistake("elementwise", SQUARED, lambda x: x**2),
        _mistake("elementwise", SQUARED, lambda x: 2 * x**2),
        _mistake("summed", SUMMED, lambda x: 2 * x.sum()),
    ),
    tasks.TRACE.name: (
        *_double(lambda _A, B: B.T),
        _transposed(lambda _A, B: B.T),
        _mistake("other_argument", BY_OTHER, lambda A, _B: A.T),
        _mistake("quadratic_formula", QUADRATIC, lambda A, _B: A + A.T),
        _mistake("quadratic_formula", QUADRATIC, lambda _A, B: B + B.T),
        _mistake("elementwise", ENTRYWISE, lambda A, B: A * B.T),
        _mistake("value", VALUE, lambda A, B: np.trace(A @ B)),
    ),
    tasks.BILINEAR_X.name: (
        *_double(lambda _x, A, c: A @ c),
        _mistake("transposed", SWAPPED, lambda _x, A, c: A.T @ c),
        _mistake("other_argument", BY_OTHER, lambda x, A, _c: A.T @ x),
        _mistake("quadratic_formula", QUADRATIC, lambda x, A, _c: (A + A.T) @ x),
        _mistake("quadratic_formula", QUADRATIC, lambda _x, A, c: (A + A.T) @ c),
        _mistake("elementwise", ENTRYWISE, lambda _x, A, c: A * c),
        _mistake("value", VALUE, lambda x, A, c: x @ A @ c),
    ),
    tasks.BILINEAR_A.name: (
        *_double(lambda x, _A, c: np.outer(x, c)),
        _transposed(lambda x, _A, c: np.outer(x, c)),
        _mistake("inner_product", OUTER, lambda x, _A, c: x @ c),
        _mistake("elementwise", ENTRYWISE, lambda x, _A, c: x * c),
        _mistake("not_differentiated", STILL_THERE, lambda x, A, c: A * np.outer(x, c)),
        _mistake("value", VALUE, lambda x, A, c: x @ A @ c),
    ),
    tasks.LOSS_S.name: (
        *_loss(_loss_slope, _rest),
        _mistake("a_not_transposed", SWAPPED, lambda X, A, S: -2 * A @ _rest(X, A, S)),
        _mistake("inner_derivative_missing", INNER, lambda X, A, S: -2 * _rest(X, A, S)),
        _mistake("inner_derivative_missing", INNER, lambda X, A, S: 2 * _rest(X, A, S)),
        _mistake("part_missing", PART, lambda X, A, _S: -2 * A.T @ X),
        _mistake("other_argument", BY_OTHER, lambda X, A, S: -2 * _rest(X, A, S) @ S.T),
    ),
    tasks.LOSS_F.name: (
        *_loss(lambda X, F: 2 * (F - X), lambda X, F: X - F),
        _mistake("elementwise", SQUARED, lambda X, F: (X - F) ** 2),
    ),
    tasks.PRODUCT_S.name: (
        *_double(_by_rows),
        *_double(_by_columns),
        _transposed(_by_rows, ROWS),
        _transposed(_by_columns, ROWS),
        _mistake("mixed_order", ORDER, _in_order("nmkr")),
        _mistake("mixed_order", ORDER, _in_order("mnrk")),
        _mistake("not_a_matrix", RESHAPE, lambda A, S: np.einsum("nr,mk->nmrk", A, np.eye(S.shape[1]))),
        _mistake("one_block", BLOCK, lambda A, _S: A),
        _mistake("one_block", BLOCK, lambda A, _S: A.T),
    ),
}
