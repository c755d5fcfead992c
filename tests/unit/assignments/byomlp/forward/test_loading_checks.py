"""What is said when mlp.py cannot be loaded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.forward.probes import module
from grader.model import Observation, Problem, ProblemKind
from grader.sandbox import Answer


def hint_for(problem: Problem, *files: str) -> str:
    """Return the hint for somebody whose mlp.py could not be loaded, and who handed in these files."""
    seen: dict[str, Any] = {}
    session: Any = SimpleNamespace(run=lambda *_: [Answer(problem=problem)], files=dict.fromkeys(files, b""), taken={})
    module(session, seen, np.random.default_rng(0))
    return mlp_loads.judge(Observation("module", seen)).hint


MISSING = Problem(ProblemKind.MISSING, "there is no mlp.py", "")
EXACTLY = "Hand in a file that is named exactly mlp.py, in lower case."


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), EXACTLY),
        (("digits.py", "Classification.ipynb"), EXACTLY),
        (("MLP.py", "digits.py"), f"{EXACTLY} You handed in MLP.py: is that it?"),
        (("work/mlp (1).py", "mlp.ipynb"), f"{EXACTLY} You handed in mlp.ipynb and work/mlp (1).py: is that it?"),
        (("mlp\x1b.py",), f"{EXACTLY} You handed in mlp\\x1b.py: is that it?"),
    ],
)
def test_a_file_that_may_be_meant_for_the_missing_one_is_named(files: tuple[str, ...], said: str) -> None:
    assert hint_for(MISSING, *files) == said


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem(ProblemKind.RAISED, "ModuleNotFoundError: no torch", ""), "Only numpy, matplotlib"),
        (Problem(ProblemKind.RAISED, "SystemExit: 0", ""), "Remove the call of exit()"),
        (Problem(ProblemKind.RAISED, "SyntaxError: x", ""), "Run `python -c 'import mlp'`"),
        (Problem(ProblemKind.TIMEOUT, "too slow", ""), "Importing mlp.py may only define things"),
    ],
)
def test_the_hint_fits_what_went_wrong(problem: Problem, said: str) -> None:
    assert hint_for(problem, "MLP.py").startswith(said)


METHODS = {"add_layer": [], "forward": [], "backward": [], "step": [], "zero_grad": []}
ERROR = {"kind": "raised", "message": "FileNotFoundError: mnist.npz", "where": "mlp.py line 41"}


def judged(**value: Any) -> Any:
    """Return what is said of a file that was loaded with this answer."""
    seen: dict[str, Any] = {}
    session: Any = SimpleNamespace(run=lambda *_: [Answer({"functions": {}, **value})], files={}, taken={})
    module(session, seen, np.random.default_rng(0))
    return mlp_loads.judge(Observation("module", seen))


def test_an_error_below_the_class_is_told_and_costs_nothing() -> None:
    finding = judged(classes={"MLP": METHODS}, stumbled=ERROR)
    assert (finding.verdict, finding.message) == (
        "passed",
        "importing it ends in an error below the class: FileNotFoundError: mnist.npz (mlp.py line 41)",
    )
    assert "into a notebook" in finding.hint


def test_an_error_in_a_file_without_the_class_is_why_it_is_not_there() -> None:
    finding = judged(classes={"Layer": {}}, stumbled=ERROR)
    assert (finding.verdict, "could not be loaded: FileNotFoundError" in finding.message) == ("failed", True)


def test_a_class_of_another_name_that_is_taken_is_told() -> None:
    finding = judged(classes={"Network": METHODS, "MLP": METHODS}, called={"MLP": "Network"})
    assert (finding.verdict, finding.message) == ("passed", "Network was taken for MLP")


def test_lines_of_jupyter_are_told_and_cost_nothing() -> None:
    finding = judged(classes={"MLP": METHODS}, jupyter=[1, 4])
    assert (finding.verdict, finding.message) == (
        "passed",
        "passed over, because only Jupyter understands it: mlp.py line 1, 4",
    )
