"""What the key of evidence covers, measured: the files that have to do with asking, noted while it is done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kit import ROOT

# tracing takes a minute: one worker does it for all
pytestmark = pytest.mark.xdist_group("evidence keys")
ASSIGNMENTS = ("byomlp", "modules")
# some of what judges or says, and asks nothing
SILENT = (
    "report/page.py",
    "report/templates/item.html",
    "scoring.py",
    "pipeline/__init__.py",
    "rubric/__init__.py",
    "cli/grade.py",
    "assignments/byomlp/forward/checks.py",
    "assignments/byomlp/backward/checks.py",
    "assignments/byomlp/training/disc_checks.py",
    "assignments/byomlp/notebook/classification_checks.py",
    "assignments/modules/layers/linear_checks.py",
    "assignments/modules/layers/sequential_checks.py",
    "assignments/modules/main/digit_checks.py",
    "assignments/modules/main/toy_checks.py",
    "assignments/modules/differentiation/checks.py",
)
each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of everything that the program needs."""
    root = tmp_path_factory.mktemp("tree")
    for name in ("grader", "rubrics", "reference", "mutants", "student_template", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def told(tree: Path, program: str, *words: str) -> Any:
    """Return what a program of the copy says of it."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(tree / "tests/kit" / program), *words]
    said = subprocess.run(command, env=environment, cwd=tree, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(said.stdout)


@pytest.fixture(scope="module")
def traces(tree: Path) -> Mapping[str, Mapping[str, list[str]]]:
    """Return, by assignment, which files had what to do with asking a submission with notebooks."""
    return {assignment: told(tree, "asking_files.py", assignment) for assignment in ASSIGNMENTS}


@each_assignment
def test_every_file_that_is_run_or_read_while_code_is_asked_is_covered(
    traces: Mapping[str, Mapping[str, list[str]]], assignment: str
) -> None:
    trace = traces[assignment]
    assert trace["faults"] == []
    assert {*trace["called"], *trace["read"]} - {*trace["covered"], *trace["sent"]} == set()


def test_the_trace_notes_what_is_run_and_what_is_read(traces: Mapping[str, Mapping[str, list[str]]]) -> None:
    assert {"sandbox/session.py", "assignments/byomlp/notebook/probe.py"} <= set(traces["byomlp"]["called"])
    assert "assignments/modules/solved/modules.py" in traces["modules"]["read"]


@each_assignment
def test_touching_any_covered_file_changes_the_key(
    tree: Path, traces: Mapping[str, Mapping[str, list[str]]], assignment: str
) -> None:
    trace = traces[assignment]
    keys = told(tree, "touching_files.py", assignment, *trace["covered"], *trace["sent"])
    before = keys.pop("")
    assert [name for name, key in keys.items() if key == before] == []


@each_assignment
def test_touching_a_check_a_hint_or_a_report_leaves_the_key(tree: Path, assignment: str) -> None:
    keys = told(tree, "touching_files.py", assignment, *SILENT)
    before = keys.pop("")
    assert [name for name, key in keys.items() if key != before] == []
