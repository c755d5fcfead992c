"""Right classes stand in the place of wrong ones, and all else that a student has written stays."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

from grader.assignments.modules.inside.right_classes import GIVEN, stand_in
from grader.assignments.modules.main.files import SOLVED

Space = dict[str, Any]
THEIRS = """
import numpy as np

class Module:
    def __init__(self): self.training = True
    def summary(self): return type(self).__name__

class Linear(Module):
    def __init__(self, inputs, outputs, bias=True, name="?"):
        self.name, self.forward = name, None
        self.output = 1 / 0 if name == "broken" else 0
    def updateOutput(self, input): return "wrong"
    def norm(self): return np.linalg.norm(self.W)

class Wide(Linear):
    pass

class Dropout(Module):
    def updateOutput(self, input): return "mine"

class Elu(Module):
    def updateOutput(self, input): return "wrong"

def helper(): return 3
"""


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> Space:
    """Give a student's modules, of which Linear is wrong and SoftMax and ClassNLLCriterion are missing."""
    monkeypatch.setattr(builtins, "__build_class__", builtins.__build_class__)
    for name in ("Linear", "SoftMax", "ClassNLLCriterion", "ELU", "Elu", *GIVEN):
        monkeypatch.setattr(builtins, name, None, raising=False)
    stand_in(SOLVED.read_text(encoding="utf-8"), ["Linear", "SoftMax", "ClassNLLCriterion", "ELU"], {"ELU": "Elu"})
    found: Space = {"__name__": "__main__"}
    exec(THEIRS, found)
    return found


def run(space: Space, source: str) -> Any:
    return eval(source, space)


def test_a_wrong_class_does_what_is_right_and_keeps_its_further_methods(space: Space) -> None:
    layer = space["Linear"](4, 3, name="first")
    assert layer.forward(np.ones((5, 4))).shape == (5, 3)
    assert layer.norm() > 0
    assert (layer.name, layer.summary(), isinstance(layer, space["Module"])) == ("first", "Linear", True)


@pytest.mark.parametrize("source", ["Linear(4, 3)", "Linear(outputs=3, inputs=4)", "Linear(4, 3, False)", "Wide(4, 3)"])
def test_it_is_made_as_the_students_is_with_arguments_in_the_students_order(space: Space, source: str) -> None:
    assert run(space, source).W.shape == (3, 4)


def test_a_constructor_that_raises_is_no_hindrance(space: Space) -> None:
    assert space["Linear"](4, 3, name="broken").forward(np.ones((2, 4))).shape == (2, 3)


def test_right_classes_functions_and_what_derives_from_a_wrong_class_stay(space: Space) -> None:
    assert space["Dropout"]().updateOutput(1) == "mine"
    assert space["helper"]() == 3
    assert space["Wide"](4, 3).forward(np.ones((2, 4))).shape == (2, 3)


def test_what_nobody_defines_is_there(space: Space) -> None:
    assert run(space, "SoftMax().forward(np.zeros((1, 2))).tolist()") == [[0.5, 0.5]]
    assert run(space, "ReLU().forward(np.float64([-1, 1])).tolist()") == [0, 1]


@pytest.mark.parametrize("target", ["[0, 2]", "[[0], [2]]", "[[1, 0, 0], [0, 0, 1]]", "np.float64([0, 2])"])
def test_targets_are_rows_or_class_numbers_in_a_row_or_a_column(space: Space, target: str) -> None:
    loss = run(space, f"ClassNLLCriterion().forward(np.full((2, 3), 0.5), np.array({target}))")
    slope = run(space, f"ClassNLLCriterion().backward(np.full((2, 3), 0.5), np.array({target}))")
    assert loss == pytest.approx(np.log(2))
    assert slope.tolist() == [[-1, 0, 0], [0, 0, -1]]


@pytest.mark.parametrize("target", ["[0, 2]", "[[0], [2]]", "[[1, 0, 0], [0, 0, 1]]"])
def test_targets_that_are_given_first_are_known_by_what_is_in_them(space: Space, target: str) -> None:
    space.update(p=np.float64([[0.5, 0.3, 0.2], [0.1, 0.4, 0.5]]), t=np.array(eval(target)))
    assert run(space, "ClassNLLCriterion().forward(t, p)") == pytest.approx(np.log(2))
    assert run(space, "ClassNLLCriterion().backward(t, p).tolist()") == [[-1, 0, 0], [0, 0, -1]]


def test_a_wrong_class_of_another_spelling_is_replaced_as_well(space: Space) -> None:
    assert run(space, "Elu().forward(np.array([[-800.0, 2.0]]))").tolist() == [[-1.0, 2.0]]
    assert run(space, "ELU().forward(np.array([[3.0]]))").tolist() == [[3.0]]
