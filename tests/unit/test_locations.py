"""Our own files are found in a checkout and in an installed package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs
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


def test_what_installed_courses_consist_of_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = tmp_path / "cards-1.0.dist-info"
    about.mkdir()
    (tmp_path / "cards").mkdir()
    (tmp_path / "hints.py").touch()
    (about / "METADATA").write_text("Name: cards\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[{locations.GROUP}]\ncards = cards:ASSIGNMENT\n", encoding="utf-8")
    (about / "RECORD").write_text("cards/__init__.py,,\nhints.py,,\n../../bin/cards,,\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert locations.installed_courses() == (tmp_path / "cards", tmp_path / "hints.py")


def test_the_cache_is_where_the_system_wants_it_unless_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLPGRADER_CACHE", raising=False)
    assert locations.cache_folder() == platformdirs.user_cache_path("mlpgrader", appauthor=False)
    monkeypatch.setenv("MLPGRADER_CACHE", str(tmp_path))
    assert locations.cache_folder() == tmp_path
