"""Loading the module notebook: cell by cell, whatever else is in it."""

from __future__ import annotations

from typing import Any

import pytest

from grader.assignments.modules.loading import CLASSES, module_file, python_of
from grader.model import Finding, Verdict
from kit.modules_samples import FILE, LINEAR, MODULE, RIGHT, SOFTMAX, START, findings, notebook, observed

LOADED = ("modules", "softmax")


def loaded(*cells: str) -> tuple[dict[str, Any], dict[str, Finding]]:
    """Return what is seen of a notebook of these cells when it is loaded, and what the checks of SoftMax say then."""
    evidence = observed({FILE: notebook(*cells)}, *LOADED)
    return dict(evidence.observations["modules"].data), findings(evidence)


def test_every_class_is_found_with_its_cell() -> None:
    seen, _ = loaded(*RIGHT)
    assert {name: about["cell"] for name, about in seen["classes"].items()} == {
        "Sequential": "cell 3",
        "Linear": "cell 4",
        "SoftMax": "cell 5",
        "BatchMeanSubtraction": "cell 6",
        "Dropout": "cell 7",
        "LeakyReLU": "cell 8",
        "ELU": "cell 8",
        "SoftPlus": "cell 8",
        "ClassNLLCriterion": "cell 9",
    }


@pytest.mark.parametrize(
    "experiment",
    [
        "print(undefined)",
        "1 / 0",
        "raise SystemExit",
        "from sklearn.datasets import fetch_mldata",
        "import nothing_of_this_name\nprint(nothing_of_this_name)",
        "print 'old'",
        "SoftMax.updateOutput(",
        "!pip install numpy",
        "%timeit 1 + 1",
        "SoftMax?",
        "%%bash\nls | grep -v x\nexit 3",
        "display(SoftMax())",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
    ],
)
def test_an_experiment_does_not_cost_the_classes_around_it(experiment: str) -> None:
    _, found = loaded(START, MODULE, experiment, SOFTMAX, experiment)
    assert {found[name].verdict for name in ("softmax_forward", "softmax_stable", "softmax_gradient")} == {
        Verdict.PASSED
    }


def test_minutes_of_training_are_cut_short_and_what_follows_in_their_cell_is_still_run() -> None:
    seen, found = loaded(START, MODULE, "while True:\n    pass\nrate = 1", SOFTMAX)
    assert [entry["name"] for entry in seen["cells"] if entry["interrupted"]] == ["cell 3"]
    assert found["softmax_forward"].verdict is Verdict.PASSED
    assert "cell 3" in found["modules_load"].message


def test_training_that_catches_everything_is_cut_short_all_the_same() -> None:
    stubborn = "for k in range(10**9):\n    try:\n        sum(range(1000))\n    except:\n        break"
    _, found = loaded(START, MODULE, stubborn, SOFTMAX)
    assert found["softmax_forward"].verdict is Verdict.PASSED


def test_an_experiment_that_ends_the_process_does_not_cost_the_classes() -> None:
    seen, found = loaded(START, MODULE, "import os\nfor k in range(3):\n    os._exit(0)", SOFTMAX)
    assert not seen["done"]
    assert found["modules_load"].verdict is Verdict.FAILED
    assert found["softmax_forward"].verdict is Verdict.PASSED


def test_a_class_whose_cell_fails_is_reported_with_cell_line_and_error() -> None:
    _, found = loaded(START, MODULE, f"x = 1\n1 / 0\n{SOFTMAX}")
    assert "ZeroDivisionError: division by zero (cell 3 line 2)" in found["softmax_forward"].message
    assert found["softmax_forward"].diagnosis == "class_missing"


def test_a_statement_of_python_2_is_named_as_what_it_is() -> None:
    _, found = loaded(*RIGHT, "x = 1\nprint x")
    assert found["modules_load"].verdict is Verdict.PASSED
    assert "a print statement of Python 2 (cell 10 line 2)" in found["modules_load"].message


def test_the_last_definition_of_a_class_counts() -> None:
    wrong = SOFTMAX.replace("e / e.sum(axis=1, keepdims=True)", "e")
    _, found = loaded(START, MODULE, SOFTMAX, wrong)
    assert found["softmax_forward"].verdict is Verdict.FAILED


def test_methods_that_are_attached_later_are_there() -> None:
    late = "def updateOutput(self, input):\n    return None\nSoftMax.updateOutput = updateOutput"
    _, found = loaded(START, MODULE, SOFTMAX, late)
    assert found["softmax_forward"].diagnosis == "nothing_returned"


def test_a_python_file_with_the_classes_is_accepted() -> None:
    text = "\n".join(["import numpy as np", *RIGHT[1:]]).encode()
    found = findings(observed({"layers/my_modules.py": text}, *LOADED))
    assert found["modules_load"].verdict is Verdict.PASSED
    assert found["softmax_forward"].verdict is Verdict.PASSED


def test_what_a_cell_runs_by_magic_is_loaded_with_it() -> None:
    files = {FILE: notebook("%run base.py", SOFTMAX), "base.py": f"import numpy as np\n{MODULE}".encode()}
    assert findings(observed(files, *LOADED))["softmax_forward"].verdict is Verdict.PASSED


def test_without_any_file_the_check_says_what_to_hand_in() -> None:
    found = findings(observed({"README.md": b"hello"}, *LOADED))
    assert found["modules_load"].diagnosis == "no_notebook"
    assert found["softmax_forward"].verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({FILE: notebook(SOFTMAX), "other.py": LINEAR.encode()}, FILE),
        ({FILE: notebook("x = 1"), "mine.ipynb": notebook(SOFTMAX)}, "mine.ipynb"),
        ({"main.ipynb": notebook("%run x"), "x.py": SOFTMAX.encode()}, "x.py"),
        ({"a.ipynb": notebook(SOFTMAX), "b.ipynb": notebook(SOFTMAX, LINEAR)}, "b.ipynb"),
        ({FILE: notebook("x = 1")}, FILE),
        ({"main.ipynb": notebook("x = 1")}, ""),
    ],
)
def test_the_file_with_the_classes_is_chosen(files: dict[str, bytes], chosen: str) -> None:
    assert module_file(files)[0] == chosen


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("%%javascript\nalert(1)", ""),
        ("%time x = f(1)", "x = f(1)"),
        ("%timeit -n 10 f(1)", "f(1)"),
        ("if x:\n    %time y = 1", "if x:\n    y = 1"),
        ("files = !ls", "files = None"),
        ("np.dot?", "pass"),
        ("text = '''\n% of all\n'''", "text = '''\n% of all\n'''"),
        ("x = 7 % 3\n%pylab inline", "x = 7 % 3\npass"),
    ],
)
def test_what_only_jupyter_understands_becomes_python(cell: str, python: str) -> None:
    assert python_of(cell) == python


def test_all_nine_classes_are_looked_for() -> None:
    assert len(set(CLASSES)) == 9


def test_a_class_body_that_never_ends_costs_only_itself() -> None:
    _, found = loaded(START, MODULE, "class Linear(Module):\n    while True:\n        pass", SOFTMAX)
    assert found["softmax_forward"].verdict is Verdict.PASSED
    assert "Linear" in found["modules_load"].message
