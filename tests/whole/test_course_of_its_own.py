"""The guide to adding an assignment is true: its course is made outside of any checkout, and graded with an installed wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kit import ROOT

# one worker builds the wheel, for all of them
pytestmark = pytest.mark.xdist_group("packaging")
GUIDE = (ROOT / "docs" / "adding-an-assignment.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
RUBRIC, SOLVED = FILES["statistics_course/rubric.toml"], FILES["reference/regression.py"]
ID = "linear_regression"
WRONG = "def fit(X, y):\n    return X.T @ y\n"


@pytest.fixture(scope="module")
def course(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the repository of the guide, installed beside the wheel as the guide says."""
    root = tmp_path_factory.mktemp("statistics-course")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", installed / "python", "install", "--quiet", "--no-build-isolation"]
    subprocess.run([*pip, "--no-deps", "--no-index", "--editable", root], check=True, cwd=root)
    return root


def command(programs: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the installed grader in the folder of the course."""
    return subprocess.run([programs / "mlpgrader", *words], cwd=root, capture_output=True, text=True, check=False)


def grade(programs: Path, root: Path, *words: Path | str) -> None:
    """Grade as the guide says."""
    done = command(programs, root, "grade", "--assignment", ID, "--sandbox", "process", *map(str, words))
    assert done.returncode == 0, done.stdout + done.stderr


def report_on(programs: Path, root: Path, folder: Path | str, *more: str) -> Any:
    """Grade a folder, and return the report."""
    grade(programs, root, folder, "--out", "graded", *more)
    return json.loads((root / "graded" / Path(folder).name / "report.json").read_bytes())


def test_its_files_are_those_that_the_guide_lists() -> None:
    assert sorted(FILES) == [
        "pyproject.toml",
        "reference/regression.py",
        "statistics_course/__init__.py",
        "statistics_course/rubric.toml",
    ]
    shown = FILES["statistics_course/__init__.py"]
    assert set(re.findall(r"^(?:from|import) (\w+)", shown, re.MULTILINE)) == {"pathlib", "numpy", "mlpgrader"}


def test_the_assignment_is_known_to_every_command(installed: Path, course: Path) -> None:
    assert ID in command(installed, course, "grade", "--help").stdout
    assert command(installed, course, "rubric", ID).returncode == 0
    assert "made-up houses" in command(installed, course, "data", "show", "houses").stdout


def test_the_reference_earns_everything(installed: Path, course: Path) -> None:
    assert report_on(installed, course, "reference", "--fail-under", "100")["score"]["earned"] == 4


def test_the_template_is_made_and_earns_nothing(installed: Path, course: Path) -> None:
    made = command(installed, course, "template")
    assert (made.returncode, made.stderr) == (0, "")
    assert "linalg" not in (course / "template" / "regression.py").read_text(encoding="utf-8")
    assert report_on(installed, course, "template")["score"]["earned"] == 0
    assert command(installed, course, "template", "--check").returncode == 0


def test_a_change_of_the_rubric_is_regraded(installed: Path, course: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "regression.py").write_text(WRONG, encoding="utf-8")
    assert report_on(installed, course, tmp_path / "wrong")["score"]["earned"] == 1
    changed = RUBRIC.replace("fit_answers = 1, weights_right = 3", "fit_answers = 2, weights_right = 2")
    (course / "statistics_course" / "rubric.toml").write_text(changed, encoding="utf-8")
    assert command(installed, course, "regrade", "graded/wrong", "--apply").returncode == 0
    (course / "statistics_course" / "rubric.toml").write_text(RUBRIC, encoding="utf-8")
    assert json.loads((course / "graded" / "wrong" / "report.json").read_bytes())["score"]["earned"] == 2


# what students hand in -> the points that it earns, and what is said of it
HANDED_IN = {
    "right": (SOLVED, 4, ""),
    "wrong": (WRONG, 1, "expected"),
    "nothing": ("def fit(X, y):\n    return None\n", 0, "no array of shape (3,)"),
    "raises": ("def fit(X, y):\n    raise ValueError('oh')\n", 0, "ValueError: oh (regression.py line 2, in fit)"),
    "missing": ("x = 1\n", 0, "has no `fit`"),
    "exits": ("import os\nos._exit(3)\n", 0, "ends the whole process"),
}


@pytest.fixture(scope="module")
def reports(installed: Path, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Return the reports on what students hand in, graded by one command."""
    root = tmp_path_factory.mktemp("handed-in")
    for name, (source, _, _) in HANDED_IN.items():
        (root / name).mkdir()
        (root / name / "regression.py").write_text(source, encoding="utf-8")
    grade(installed, course, *(root / name for name in HANDED_IN), "--seed", "5", "--out", str(root / "graded"))
    return {name: json.loads((root / "graded" / name / "report.json").read_bytes()) for name in HANDED_IN}


@pytest.mark.parametrize("name", HANDED_IN)
def test_submissions_go_through_the_whole_pipeline(reports: Mapping[str, Any], name: str) -> None:
    _, earned, said = HANDED_IN[name]
    assert reports[name]["score"]["earned"] == earned
    assert said in json.dumps(reports[name], ensure_ascii=False)


def test_the_public_face_grades_it_too(installed: Path, course: Path) -> None:
    program = (
        "import mlpgrader; from pathlib import Path; print(Path(mlpgrader.__file__).parent)\n"
        f"print(mlpgrader.grade('reference', assignment='{ID}', sandbox='process').score.marks.earned)"
    )
    told = subprocess.check_output([installed / "python", "-c", program], cwd=course, text=True).splitlines()
    assert told[1] == "4.0"
    assert Path(told[0]).is_relative_to(installed.parent)
