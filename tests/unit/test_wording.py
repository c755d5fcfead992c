"""What students read keeps the rules of tests/kit/wording.py: every text of ours, and every known mistake."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import pytest

import grader.assignments
import grader.kits
from grader.kits.mistakes import Diagnosis, Mistake
from grader.model import Finding, Problem, ProblemKind, Verdict
from kit import ROOT
from kit.wording import of_finding, of_text, texts_in

SAID = ("assignments", "kits", "notebooks", "report", "exports", "watching")
PASSED_OVER = ("provided", "inside", "solved", "recording")


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules of both assignments and of what they share."""
    found = []
    for package in (grader.assignments, grader.kits):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not set(each.name.split(".")) & set(PASSED_OVER):
                found.append(importlib.import_module(each.name))
    return tuple(found)


def mistakes() -> Iterator[tuple[str, Mistake[object] | Diagnosis]]:
    """Yield every known mistake that stands in a module, alone or in a list, and where it stands."""
    for module in modules():
        for value in vars(module).values():
            for each in value if isinstance(value, tuple | list) else (value,):
                if isinstance(each, Mistake | Diagnosis):
                    yield module.__name__, each


def test_every_text_of_ours_keeps_the_rules() -> None:
    paths = [path for part in SAID for path in sorted((ROOT / "grader" / part).rglob("*.py"))]
    offending = [
        f"{path.relative_to(ROOT)}:{line}: {wrong}"
        for path in paths
        if not set(path.parts) & set(PASSED_OVER)
        for line, text in texts_in(path)
        for wrong in of_text(text)
    ]
    assert offending == []


def test_every_known_mistake_says_something_that_keeps_the_rules() -> None:
    found = list(mistakes())
    assert len(found) > 100
    assert [(where, each.id) for where, each in found if not each.hint.endswith((".", "?"))] == []
    said = [
        (where, each.id, wrong)
        for where, each in found
        for wrong in of_text(f"{each.hint} {getattr(each, 'message', '')}")
    ]
    assert said == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("returned 1 numbers", "one is no plural"),
        ("1 more checks", "one is no plural"),
        ("x[0] is 2, expected nan", "expected of nobody"),
        ("the gradient is 0 times what it should be", "0 times"),
        ("mismatch in its core dimension 0, with gufunc signature", "numpy's own words"),
    ],
)
def test_a_text_that_breaks_a_rule_is_found(text: str, wrong: str) -> None:
    assert [each for each in of_text(text) if wrong in each]


@pytest.mark.parametrize(
    "text", ["1 number", "21 numbers", "0.1 times", "1 is", "10 times what it should be", "x - 1 entries"]
)
def test_a_text_that_keeps_the_rules_is_fine(text: str) -> None:
    assert of_text(text) == []


CODE = b"""class Dropout(Module):
    def updateOutput(self, input):
        return self.output

    def updateGradInput(self, input, gradOutput):
        result = gradOutput
        return self.gradInput


class Linear(Module):
    def updateGradInput(self, input, gradOutput):
        self.gradInput = 2
"""


def failing(message: str, hint: str = "", diagnosis: str = "", problem: Problem | None = None) -> Finding:
    return Finding("check", "Check", Verdict.FAILED, message, hint, diagnosis, problem=problem)


def test_a_hint_that_asks_for_what_is_there_is_found() -> None:
    hint = "end that method with `return self.gradInput`."
    (wrong,) = of_finding(failing("Dropout(0.5): gradInput: backward returned None", hint), {"m.py": CODE})
    assert wrong == "the hint asks for what is there: with `return self.gradInput`"
    assert of_finding(failing("Linear: gradInput: backward returned None", hint), {"m.py": CODE}) == []


def test_a_mistake_that_is_named_though_the_code_did_not_get_so_far_is_found() -> None:
    problem = Problem(ProblemKind.RAISED, "NameError: name 'h'", "m.py line 3")
    assert of_finding(failing("NameError: name 'h'", "", "sign", problem), {"m.py": CODE})
    assert of_finding(failing("output[0] is nan, expected 2", "", "sign"), {"m.py": CODE})
    assert of_finding(failing("output[0] is nan, expected 2", "", "not_finite"), {"m.py": CODE}) == []


def test_a_file_that_is_not_there_is_found() -> None:
    assert of_finding(failing("modules.py was taken for HW3_Modules.ipynb"), {"m.py": CODE}, ["HW3_Modules.ipynb"]) == [
        "there is no file modules.py"
    ]
