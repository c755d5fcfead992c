"""What a layer's own forward pass says of its gradient."""

from __future__ import annotations

import numpy as np
import pytest

from grader.kits.layer_contract.records import is_element_wise, is_trivial, own_gradient
from kit.layer_samples import case, measured

X = np.array([[0.5, -1.0], [2.0, 0.25]])


def test_the_gradient_of_its_own_forward_is_measured_by_differences() -> None:
    squared = case(X, around=measured(np.square, X))
    np.testing.assert_allclose(own_gradient(squared), 2 * X * squared["grad"], atol=1e-8)


def test_the_gradient_of_something_else_than_its_output_can_be_asked_for() -> None:
    loss = case(X, around=measured(lambda x: np.sum(x**2).reshape(1), X))
    np.testing.assert_allclose(own_gradient(loss, np.ones(1)), 2 * X, atol=1e-8)


@pytest.mark.parametrize("around", [None, np.zeros((3, 4)), np.full((8, 4), np.nan)])
def test_what_was_not_measured_has_no_gradient(around: np.ndarray | None) -> None:
    assert own_gradient(case(X, around=around)) is None


@pytest.mark.parametrize(
    ("function", "trivial", "element_wise"),
    [
        (lambda x: x, True, True),
        (lambda x: 3 * x, True, True),
        (np.square, False, True),
        (lambda x: x - x.mean(axis=0), False, False),
        (lambda x: x[:, :1], False, False),
    ],
    ids=["identity", "scaled", "square", "mean", "other shape"],
)
def test_a_pass_that_hands_its_input_on_is_told_from_one_by_entries_and_others(
    function: object, trivial: bool, element_wise: bool
) -> None:
    seen = case(X, around=measured(function, X))
    assert (is_trivial(seen), is_element_wise(seen)) == (trivial, element_wise)
