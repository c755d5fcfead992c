"""The example submission of modules is wrong in just the ways that its README says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader import rubric, sandbox
from grader.assignments import find
from grader.model import Report, Verdict
from grader.pipeline import grade, load_rubric
from kit import ROOT

EXAMPLES = ROOT / "examples" / "modules"
ASSIGNMENT = find("modules")
CLASSES = ("sequential", "linear", "softmax", "batch_mean_subtraction", "dropout", "leaky_relu", "elu", "softplus")


@pytest.fixture(scope="module")
def frida() -> Report:
    items = (*CLASSES, "class_nll_criterion")
    asked = rubric.restrict(load_rubric(ASSIGNMENT), items)
    with sandbox.open_launcher("process") as launcher:
        return grade(EXAMPLES / "frida-three-bugs", ASSIGNMENT, rubric=asked, launcher=launcher, seed=5)


def test_frida_loses_three_checks_named_by_their_causes_and_what_hangs_on_them(frida: Report) -> None:
    findings = [scored.finding for item in frida.score.items for scored in item.findings]
    lost = {each.check: each.diagnosis for each in findings if each.verdict is not Verdict.PASSED}
    assert lost == {
        "softmax_gradient": "softmax_gradient_element_wise",
        "dropout_evaluation": "scaled_in_evaluation",
        "elu_gradient": "alpha_left_out",
        # what was taken from the points of a gradient goes with it
        "softmax_trajectory": "",
        "elu_trajectory": "",
    }


def test_the_readme_has_a_line_for_each_example() -> None:
    names = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in names if f"| `{name}` |" in text] == names == ["frida-three-bugs"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.ipynb")), ids=lambda path: path.parent.name)
def test_the_notebooks_of_the_examples_are_valid_and_remember_nothing_of_a_machine(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    assert [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["outputs"]] == []
    assert set(notebook["metadata"]) == {"kernelspec"}
