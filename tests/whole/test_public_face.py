"""What `import mlpgrader` offers: nothing else is public, everything says what it is, and every example is true."""

from __future__ import annotations

import doctest
import importlib
import inspect
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.runs import SubmissionFolder
from grader.runs.kept_answers import Answers
from kit import ROOT

FACES = ("mlpgrader", "mlpgrader.authoring")
# names that have no docstring of their own to carry an example
PLAIN = {"__version__"}
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def names(face: str) -> list[str]:
    """Return what a face offers, versions left out."""
    return [name for name in importlib.import_module(face).__all__ if name not in PLAIN]


OFFERED = [(face, name) for face in FACES for name in names(face)]
# what both faces offer is run once
EXAMPLES = list({id(getattr(importlib.import_module(face), name)): (face, name) for face, name in OFFERED}.values())


@pytest.mark.parametrize("face", FACES)
def test_nothing_is_public_but_what_is_listed(face: str) -> None:
    module = importlib.import_module(face)
    listed = set(module.__all__)
    assert sorted(module.__all__) == module.__all__
    assert {name for name in vars(module) if not name.startswith("_")} - listed - {"annotations", "authoring"} == set()


@pytest.mark.parametrize("face", FACES)
def test_everything_that_is_listed_is_there_and_says_what_it_is(face: str) -> None:
    module = importlib.import_module(face)
    assert [name for name in names(face) if not inspect.getdoc(getattr(module, name))] == []


def test_a_name_that_there_is_not_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'mlpgrader' has no attribute 'grades'"):
        importlib.import_module("mlpgrader").grades  # noqa: B018
    assert "grade" in dir(importlib.import_module("mlpgrader"))


@pytest.mark.parametrize(("face", "name"), EXAMPLES, ids=lambda value: str(value))
def test_every_example_is_true(face: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    offered: Any = getattr(importlib.import_module(face), name)
    if isinstance(offered, ModuleType):
        offered, name = importlib.import_module(face), face
    text = inspect.getdoc(offered) or ""
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    assert test.examples, f"{face}.{name} has no example"
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    assert runner.run(test, out=told.append).failed == 0, "".join(told)


def test_the_reference_is_what_the_docstrings_give() -> None:
    command = [sys.executable, "docs/generate_api.py", "--check"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_it_imports_nothing_heavy() -> None:
    program = "import sys, mlpgrader; print([n for n in ('numpy', 'rich', 'matplotlib', 'grader') if n in sys.modules])"
    answer = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert answer.strip() == "[]"


def test_what_is_graded_and_judged_again_keeps_what_the_commands_keep(tmp_path: Path) -> None:
    face, own = importlib.import_module("mlpgrader"), tmp_path / "own.toml"
    own.write_bytes((ROOT / "rubrics" / "byomlp.toml").read_bytes() + b"# a rubric of its own\n")
    asked = {"assignment": "byomlp", "sandbox": "process", "items": ["forward"], "seed": 4711, "rubric": own}
    face.grade(ROOT / "examples/byomlp/alice-other-style", out=tmp_path / "run", **asked)
    folder = SubmissionFolder(tmp_path / "run" / "alice-other-style")
    for again in (False, True):
        if again:
            folder.forget_answers()
            with pytest.warns(UserWarning, match="judged by the rubric that was given"):
                face.regrade(tmp_path / "run", write=True)
        assert folder.rubric
        assert folder.rubric.read_bytes() == own.read_bytes()
        assert folder.judged_by
        assert Answers(tmp_path / "run").has("alice-other-style")


def test_a_self_check_shows_itself_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    face = importlib.import_module("mlpgrader")
    shown = face.check("examples/byomlp/bob-no-derivative", items=["forward"], seed=4711)._repr_html_()
    assert shown.startswith('<iframe sandbox srcdoc="&lt;!doctype html&gt;')
    assert "<script" not in shown
    assert "bob-no-derivative" in shown
