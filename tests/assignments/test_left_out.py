"""A notebook that is too large to be read is not called missing: the student is told why, and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.assignments import find
from grader.model import Verdict
from grader.pipeline import grade, load_rubric, prepare
from kit import ROOT, warm

# one more than is read of a submission
MEGABYTES = 21


@pytest.mark.parametrize(
    ("assignment", "item", "check", "name"),
    [
        ("byomlp", "classification", "classification_runs", "Classification.ipynb"),
        ("byomlp", "autoencoder", "autoencoder_runs", "Autoencoder.ipynb"),
        ("modules", "toy_problem", "main_runs", "HW3_main.ipynb"),
        ("modules", "differentiation", "inner_product_gradient", "HW3_differentiation.ipynb"),
    ],
)
def test_a_notebook_that_is_too_large_is_said_to_be_so(
    assignment: str, item: str, check: str, name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "alice"
    shutil.copytree(ROOT / "reference" / assignment, folder)
    with (folder / name).open("r+b") as notebook:
        notebook.truncate(MEGABYTES * 2**20)
    found, whole = find(assignment), load_rubric(find(assignment))
    setting = prepare(found, whole, size="quick", items=(item,))
    launcher = warm.launcher("notebooks")
    report = grade(folder, found, rubric=whole, launcher=launcher, seed=1, items=(item,), setting=setting)
    findings = {scored.finding.check: scored.finding for item in report.score.items for scored in item.findings}
    assert findings[check].verdict is Verdict.FAILED
    assert f"{name} does not fit into 20 MB, and was not read" in findings[check].message
    assert "Clear the outputs" in findings[check].hint
