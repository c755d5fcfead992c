"""The guide to adding an assignment is true: its own example is added to a copy of the grader, and graded with it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader import evidence, pipeline, rubric
from grader.report import as_json
from grader.runs import SubmissionFolder
from grader.sandbox import open_launcher
from kit import ROOT, third_assignment

CODE, RUBRIC = ROOT / "tests" / "kit" / "third_assignment.py", ROOT / "tests" / "kit" / "third_assignment.toml"
GUIDE = (ROOT / "docs" / "adding-an-assignment.md").read_text(encoding="utf-8")
ID = "linear_regression"
WRONG = "def fit(X, y):\n    return X.T @ y\n"


def shown(language: str) -> list[str]:
    """Return the blocks of one language in the guide."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


REFERENCE = shown("python")[1]


def test_the_code_in_the_guide_is_the_code_that_is_tested() -> None:
    assert shown("python")[0] == CODE.read_text(encoding="utf-8")
    assert shown("toml") == [RUBRIC.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout to which one folder, one rubric and course material were added, and nothing else."""
    root = tmp_path_factory.mktemp("extended")
    shutil.copytree(ROOT / "grader", root / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rubrics", root / "rubrics")
    for path, text in (
        (root / "grader" / "assignments" / ID / "__init__.py", shown("python")[0]),
        (root / "rubrics" / f"{ID}.toml", shown("toml")[0]),
        (root / "reference" / ID / "regression.py", REFERENCE),
        (root / "wrong" / "regression.py", WRONG),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the extended grader in its own folder."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *words], cwd=root, capture_output=True, text=True, check=False
    )


def grade(root: Path, folder: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Grade a folder with the new assignment, as the guide says."""
    return command(root, "grade", folder, "--assignment", ID, "--sandbox", "process", "--out", "graded", *more)


def report_of(root: Path, name: str) -> Any:
    """Return the report of a submission."""
    return json.loads((root / "graded" / name / "report.json").read_bytes())


def test_the_rubric_of_the_guide_adds_up(extended: Path) -> None:
    assert command(extended, "rubric", f"rubrics/{ID}.toml").returncode == 0


def test_the_reference_earns_everything(extended: Path) -> None:
    done = grade(extended, f"reference/{ID}", "--fail-under", "100")
    assert done.returncode == 0, done.stdout + done.stderr
    assert report_of(extended, ID)["score"]["earned"] == 4


def test_the_template_is_made_and_earns_nothing(extended: Path) -> None:
    assert command(extended, "template").returncode == 0
    shutil.copytree(extended / "student_template" / ID, extended / "template_of_it", dirs_exist_ok=True)
    assert grade(extended, "template_of_it").returncode == 0
    assert report_of(extended, "template_of_it")["score"]["earned"] == 0


def test_a_change_of_the_rubric_is_regraded(extended: Path) -> None:
    grade(extended, "wrong")
    assert report_of(extended, "wrong")["score"]["earned"] == 1
    changed = shown("toml")[0].replace("fit_answers = 1, weights_right = 3", "fit_answers = 2, weights_right = 2")
    (extended / "rubrics" / f"{ID}.toml").write_text(changed, encoding="utf-8")
    assert command(extended, "regrade", "graded").returncode == 0
    (extended / "rubrics" / f"{ID}.toml").write_text(shown("toml")[0], encoding="utf-8")
    assert report_of(extended, "wrong")["score"]["earned"] == 2


@pytest.mark.parametrize(
    ("source", "earned", "said"),
    [
        (REFERENCE, 4, ""),
        (WRONG, 1, "expected"),
        ("def fit(X, y):\n    return None\n", 0, "no array of shape (3,)"),
        ("def fit(X, y):\n    raise ValueError('oh')\n", 0, "ValueError: oh (regression.py line 2, in fit)"),
        ("x = 1\n", 0, "has no `fit`"),
        ("import os\nos._exit(3)\n", 0, "ends the whole process"),
    ],
    ids=["right", "wrong", "nothing", "raises", "missing", "exits"],
)
def test_submissions_go_through_the_whole_pipeline(tmp_path: Path, source: str, earned: float, said: str) -> None:
    assignment = third_assignment.ASSIGNMENT
    points = rubric.load(RUBRIC, checks=assignment.check_thresholds)
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "regression.py").write_text(source, encoding="utf-8")
    with open_launcher("process") as launcher:
        made = pipeline.grade(tmp_path / "alice", assignment, rubric=points, launcher=launcher, seed=5)
    SubmissionFolder(tmp_path / "out").deliver(made)
    kept, submission, _ = evidence.load(tmp_path / "out" / "evidence")
    assert as_json(pipeline.judge(submission, kept, assignment, points).result) == as_json(made.result)
    assert made.score.marks.earned == earned
    assert said in (tmp_path / "out" / "report.json").read_text(encoding="utf-8")
