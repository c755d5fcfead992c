"""Our own files are found in a checkout and in an installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import places


def test_a_checkout_finds_the_rubrics_beside_the_package(root: Path) -> None:
    assert places.rubric_file("byomlp") == root / "rubrics" / "byomlp.toml"


def test_there_is_an_assignment_for_every_rubric(root: Path) -> None:
    assert list(places.assignments()) == sorted(path.stem for path in (root / "rubrics").iterdir())
    assert "byomlp" in places.assignments()


def test_an_installed_package_finds_the_rubrics_inside_itself(root: Path, tmp_path: Path) -> None:
    (tmp_path / "grader" / "rubrics").mkdir(parents=True)
    for name in ("__init__.py", "places.py"):
        shutil.copy(root / "grader" / name, tmp_path / "grader")
    question = "from grader import places; print(places.rubric_file('x'), places.checkout())"
    answer = subprocess.run([sys.executable, "-c", question], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == [str(tmp_path / "grader" / "rubrics" / "x.toml"), "None"]


def test_the_checkout_is_the_one_that_the_code_lies_in(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert places.checkout() == root


def test_code_outside_a_checkout_finds_the_one_around_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mark in (*places.MARKS, "docs/deep"):
        (tmp_path / mark).mkdir(parents=True)
    monkeypatch.setattr(places, "__file__", str(tmp_path / "elsewhere" / "grader" / "places.py"))
    monkeypatch.chdir(tmp_path / "docs" / "deep")
    assert places.checkout() == tmp_path
