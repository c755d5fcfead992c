"""Judging one pass of a layer: its numbers, and the contract around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.kits.layer_contract import LayerCase, broken_contract, judge_forward, judge_gradient, stumbled
from grader.kits.mistakes import Mistake
from grader.model import Array, Finding, Problem, ProblemKind, Verdict
from kit.layer_samples import case, measured, passed

X = np.array([[0.5, -1.0], [2.0, 0.25]])
PROBLEM = {"kind": "raised", "message": "ValueError: oh", "where": "cell 3 line 2"}
HALF = Mistake[LayerCase]("half", "It is halved.", lambda case: case["input"] ** 2 / 2)


def want(case: LayerCase) -> Array:
    return case["input"] ** 2


def slope(case: LayerCase) -> Array:
    return 2 * case["input"] * case["grad"]


def forward(seen: LayerCase) -> Finding | None:
    return judge_forward(seen, want, [HALF], "square it", "Square()")


def gradient(seen: LayerCase, **how: Any) -> Finding | None:
    return judge_gradient(seen, slope, [], "derive it", "Square()", **how)


def test_a_right_pass_is_right_both_ways() -> None:
    assert (forward(case(X)), gradient(case(X))) == (None, None)


@pytest.mark.parametrize(
    ("answer", "message", "diagnosis"),
    [
        (
            passed(None, X, type="NoneType"),
            "forward returned None, and nothing was put into self.output",
            "nothing_returned",
        ),
        (
            passed(None, X, type="NoneType", stored=X**2),
            "forward returned None instead of an array, though self.output holds one",
            "nothing_returned",
        ),
        (passed(None, X, type="str"), "a value of type str instead of an array of numbers", "nothing_returned"),
        (passed(X**2, X, problem=PROBLEM), "forward ends in an error: ValueError: oh (cell 3 line 2)", ""),
        (passed((X**2)[:1], X), "has the shape (1, 2), expected (2, 2)", "wrong_shape"),
        (passed(X**2 / 2, X), "output[1, 0] is 2, expected 4", "half"),
        (passed(-(X**2), X), "output[1, 0] is -4, expected 4", "sign_flipped"),
        (passed(np.full((2, 2), np.nan), X), "output[0, 0] is nan", "not_finite"),
        (passed(X**2, X, stored=None), "is returned, but nothing was put into self.output", "not_stored"),
        (passed(X**2, X, stored=X), "is returned, but self.output holds something else", "not_stored"),
        (passed(X**2, X + 1), "Square(): the array input that was passed in is changed", "input_modified"),
    ],
)
def test_what_is_wrong_with_an_output_is_named(answer: Any, message: str, diagnosis: str) -> None:
    found = forward(case(X, forward=answer))
    assert found is not None
    assert message in found.message
    assert found.diagnosis == diagnosis


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("NameError: name 'numpy' is not defined", "This name is not known there"),
        ("UnboundLocalError: cannot access local variable 'e'", "given no value before"),
        ("AttributeError: 'Drop' object has no attribute 'maks'", "the spelling of this attribute"),
        ("AttributeError: 'NoneType' object has no attribute 'shape'", "Something is None there"),
        ("TypeError: 'NoneType' object is not subscriptable", "Something is None there"),
        ("ValueError: operands could not be broadcast together", "Try it on batches of different shapes."),
    ],
)
def test_what_to_do_about_an_error_depends_on_the_error(error: str, said: str) -> None:
    found = stumbled("Drop()", "forward", Problem(ProblemKind.RAISED, error), "Try it on batches of different shapes.")
    assert error in found.message
    assert said in found.hint


def test_a_gradient_that_belongs_to_the_own_forward_is_right() -> None:
    seen = case(X)
    cubed = case(X, backward=passed(3 * X**2 * seen["grad"], X), around=measured(lambda x: x**3, X))
    assert gradient(cubed) is None
    assert gradient(cubed, trivial=lambda _: True) is not None


def test_a_gradient_with_the_own_output_in_it_is_right_where_that_is_said() -> None:
    carried = case(X, backward=passed(5 * X, X), around=measured(lambda x: x**3, X))
    assert gradient(carried, carried=lambda case: 5 * case["input"]) is None


def test_backward_is_not_blamed_for_a_forward_that_fails() -> None:
    failed = passed(None, X, problem=PROBLEM)
    found = gradient(case(X, forward=failed, backward=failed))
    assert found is not None
    assert found.verdict is Verdict.BLOCKED
    assert "backward cannot be tried without forward" in found.message


def test_what_is_nan_is_stored_where_nan_is_stored() -> None:
    nan = np.full((2, 2), np.nan)
    found = forward(case(X, forward=passed(nan, X)))
    assert found is not None
    assert "is nan, expected" in found.message
    assert "NaN comes from 0 / 0" in found.hint
    assert broken_contract({"input": X, "forward": passed(nan, X)}, "Drop()", attempt="", spared="") is None


def test_an_input_that_forward_has_overwritten_is_paid_for_once() -> None:
    grad = 2 * X * case(X)["grad"]
    overwritten = passed(X**2, np.zeros_like(X))
    same = case(X, forward=overwritten, backward=passed(grad, np.zeros_like(X)))
    other = case(X, forward=overwritten, backward=passed(grad, np.ones_like(X)))
    assert gradient(same) is None
    found = gradient(other)
    assert found is not None
    assert found.diagnosis == "input_modified"


def test_an_output_that_is_changed_on_the_way_back_is_seen() -> None:
    found = gradient(case(X, output_after=X))
    assert found is not None
    assert found.diagnosis == "output_modified"


def test_a_wrong_gradient_is_shown_beside_the_right_one() -> None:
    found = gradient(case(X, backward=passed(X, X)))
    assert found is not None
    assert found.hint == "derive it"
    assert len(found.pictures) == 1


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (passed(X, X, problem=PROBLEM), ""),
        (passed(None, X), "nothing_returned"),
        (passed(X[:1], X), "wrong_shape"),
        (passed(X, X, stored=X + 1), "not_stored"),
        (passed(X, X + 1), "input_modified"),
    ],
)
def test_a_contract_is_broken_whatever_the_numbers_are(answer: Any, diagnosis: str) -> None:
    found = broken_contract({"input": X, "forward": answer}, "Drop()", attempt="try it", spared="`input *= mask`")
    assert found is not None
    assert found.diagnosis == diagnosis


def test_a_contract_that_is_kept_is_not_broken() -> None:
    kept = {"input": X, "forward": passed(7 * X, X)}
    assert broken_contract(kept, "Drop()", attempt="try it", spared="`input *= mask`") is None
