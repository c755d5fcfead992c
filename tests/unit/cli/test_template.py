from __future__ import annotations

from pathlib import Path

import pytest

from grader import places
from grader.cli import main

SOLVED = 'def double(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n'


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout with one piece of course material."""
    (tmp_path / "reference" / "small").mkdir(parents=True)
    (tmp_path / "reference" / "small" / "twice.py").write_text(SOLVED, encoding="utf-8")
    # the code under test lies in a checkout of its own, and finds that one first
    monkeypatch.setattr(places, "checkout", lambda: tmp_path)
    return tmp_path


def test_the_template_is_built_without_the_solution(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template"]) == 0
    assert "return 2 * x" not in (checkout / "student_template" / "small" / "twice.py").read_text(encoding="utf-8")
    assert "student_template/small/twice.py" in capsys.readouterr().out


def test_what_was_just_built_is_up_to_date(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["template"])
    assert main(["template", "--check"]) == 0
    assert main(["template"]) == 0
    assert "was up to date" in capsys.readouterr().out


def test_a_template_that_is_out_of_date_fails_the_check_and_is_left_alone(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "--check"]) == 2
    assert "is missing" in capsys.readouterr().err
    assert not (checkout / "student_template").exists()


def test_material_that_cannot_be_stripped_is_refused(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "reference" / "small" / "twice.py").write_text("### BEGIN SOLUTION\n", encoding="utf-8")
    assert main(["template"]) == 2
    assert "mark its end" in capsys.readouterr().err


def test_without_a_checkout_there_is_nothing_to_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "checkout", lambda: None)
    assert main(["template"]) == 2
    assert "run this in a clone of the repository" in capsys.readouterr().err
