"""What is said of an error in a class: by its own text, and with names that the file has."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import blocked, failed, passed
from grader.kits.layer_contract import advice, told

WRITTEN: dict[str, Any] = {
    "names": ["np", "Module", "Dropout", "sigmoid"],
    "libraries": {"np": "numpy"},
    "imports": {"shifted_exp": "my_helpers"},
    "attributes": {"Dropout": ["mask", "p"], "Module": ["output", "gradInput", "training"]},
}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("NameError: name 'numpy' is not defined (cell 7 line 6)", "write np where it says numpy"),
        ("NameError: name 'sigmiod' is not defined", "did you mean 'sigmoid'?"),
        ("NameError: name 'prnt' is not defined", "did you mean 'print'?"),
        ("NameError: name 'mask' is not defined", "is an attribute: self.mask"),
        ("NameError: name 'xyzzy' is not defined", "define or import it"),
        ("NameError: name 'nothing' is not defined", "define or import it"),
        ("NameError: name 'shifted_exp' is not defined", "shifted_exp was to come from my_helpers, which is not there"),
        ("NameError: name 'sigmoid' is not defined", "sigmoid is made further down"),
        ("AttributeError: 'Dropout' object has no attribute 'maks'", "did you mean 'mask'?"),
        ("AttributeError: 'Dropout' object has no attribute 'mask'", "give it a value in __init__"),
        ("AttributeError: 'Dropout' object has no attribute 'trainig'", "did you mean 'training'?"),
        ("AttributeError: module 'numpy' has no attribute 'maximun'", "did you mean 'maximum'?"),
        ("TypeError: Dropout.__init__() missing 1 required positional argument: 'p'", "give p a default value"),
        ("TypeError: Linear.__init__() missing 2 required positional arguments: 'a' and 'b'", "give a and b a default"),
        ("TypeError: Dropout.updateOutput() missing 1 required positional argument: 'mode'", "leave mode out"),
        ("TypeError: Dropout.updateOutput() takes 1 positional argument but 2 were given", "gets self first"),
        ("ModuleNotFoundError: No module named 'layers'", "layers is not there"),
        ("IndentationError: unexpected indent (cell 3 line 2)", "compare the spaces"),
        ("SyntaxError: '(' was never closed (cell 3 line 2)", "a bracket"),
        ("SyntaxError: Missing parentheses in call to 'print'", "`print x` is Python 2"),
    ],
)
def test_an_error_is_told_with_the_name_that_was_meant(error: str, said: str) -> None:
    assert said in advice(f"Dropout: forward ends in an error: {error}", WRITTEN)


@pytest.mark.parametrize(
    "error",
    [
        "ValueError: operands could not be broadcast together with shapes (4,3) (4,)",
        "AttributeError: 'NoneType' object has no attribute 'shape'",
        "output[0, 1] is 2, expected 3",
    ],
)
def test_nothing_is_said_of_what_no_name_explains(error: str) -> None:
    assert advice(error, WRITTEN) == ""


def test_only_what_failed_for_an_error_is_told_otherwise() -> None:
    error = "NameError: name 'numpy' is not defined"
    seen = {"written": WRITTEN}
    assert "write np" in told(failed(error, hint="Try it."), seen).hint
    assert told(failed("output is 2", hint="Try it."), seen).hint == "Try it."
    assert told(blocked(error, hint="First that."), seen).hint == "First that."
    assert told(passed(error), seen).hint == ""
