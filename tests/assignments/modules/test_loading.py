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


# it computes longer than what a statement may take that is left out the next time
SLOW = b"""
import time

began = time.process_time()
while time.process_time() < began + 0.15:
    pass


def exponential(x):
    import numpy
    return numpy.exp(x)
"""
IN_NEED = SOFTMAX.replace("np.exp(", "sl.exponential(")


@pytest.mark.parametrize(
    "cells",
    [
        ("print('begin')\nimport slow as sl\n%matplotlib inline", IN_NEED),
        (IN_NEED, "import slow as sl"),
        ("try:\n    import slow as sl\nexcept ImportError:\n    pass", IN_NEED),
        ("from slow import *", SOFTMAX.replace("np.exp(", "exponential(")),
        ("import slow as sl", "def power(x):\n    return sl.exponential(x)", SOFTMAX.replace("np.exp(", "power(")),
        (
            "T = []",
            "import slow\nfor each in [slow.exponential]:\n    T.append(each)",
            SOFTMAX.replace("np.exp(", "T[0]("),
        ),
    ],
)
def test_what_a_class_needs_is_there_however_long_it_takes(cells: tuple[str, ...]) -> None:
    files = {FILE: notebook(START, MODULE, *cells), "slow.py": SLOW}
    found = findings(observed(files, *LOADED))
    assert found["softmax_forward"].verdict is Verdict.PASSED


def test_a_slow_import_that_no_class_needs_is_left_out_the_next_time() -> None:
    seen = observed({FILE: notebook(START, MODULE, "import slow", SOFTMAX), "slow.py": SLOW}, *LOADED)
    skipped = {entry["name"]: entry["skip"] for entry in seen.observations["modules"].data["cells"]}
    assert skipped["cell 3"] == [0]


def test_a_class_after_a_thousand_names_is_found() -> None:
    _, found = loaded(START, "for each in range(1000):\n    globals()['name%d' % each] = each", MODULE, SOFTMAX)
    assert found["softmax_forward"].verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (SOFTMAX.replace("SoftMax", "SMax"), "did you mean 'SMax'?"),
        (SOFTMAX.replace("(Module)", "(Modul)"), "NameError: name 'Modul' is not defined"),
    ],
)
def test_a_class_that_is_not_there_is_told_by_what_is(cell: str, said: str) -> None:
    _, found = loaded(START, MODULE, cell)
    assert said in found["softmax_forward"].message
    assert found["softmax_forward"].diagnosis == "class_missing"


def test_a_class_in_a_cell_that_python_cannot_read_is_told_where_to_look() -> None:
    _, found = loaded(START, MODULE, SOFTMAX.replace("        e = ", "          e = "))
    assert "IndentationError" in found["softmax_forward"].message
    assert "compare the spaces" in found["softmax_forward"].hint


def test_a_name_that_is_misspelt_in_a_method_is_told_as_the_file_has_it() -> None:
    _, found = loaded(START, MODULE, SOFTMAX.replace("np.exp(", "numpy.exp("))
    assert "NameError: name 'numpy' is not defined (cell 3 line " in found["softmax_forward"].message
    assert "write np where it says numpy" in found["softmax_forward"].hint


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
