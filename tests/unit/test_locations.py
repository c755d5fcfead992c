"""Our own files are found in a checkout and in an installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import locations


def test_a_checkout_finds_the_rubrics_beside_the_package(root: Path) -> None:
    assert locations.rubric_file("byomlp") == root / "rubrics" / "byomlp.toml"


def test_an_installed_package_finds_the_rubrics_inside_itself(root: Path, tmp_path: Path) -> None:
    (tmp_path / "grader" / "rubrics").mkdir(parents=True)
    for name in ("__init__.py", "locations.py"):
        shutil.copy(root / "grader" / name, tmp_path / "grader")
    question = "from grader import locations; print(locations.rubric_file('x'), locations.checkout())"
    answer = subprocess.run([sys.executable, "-c", question], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [str(tmp_path / "grader" / "rubrics" / "x.toml"), "None"]


def test_the_checkout_is_the_one_that_the_code_lies_in(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert locations.checkout() == root


def test_code_outside_a_checkout_finds_the_one_around_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mark in (*locations.MARKS, "docs/deep"):
        (tmp_path / mark).mkdir(parents=True)
    monkeypatch.setattr(locations, "__file__", str(tmp_path / "elsewhere" / "grader" / "locations.py"))
    monkeypatch.chdir(tmp_path / "docs" / "deep")
    assert locations.checkout() == tmp_path
