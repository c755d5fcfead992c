from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader import assignments
from grader.cli import main
from grader.errors import AuthorError
from kit.small_assignment import ASSIGNMENT

SOLVED = 'def double(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the material of one assignment, beside another that has none."""
    (tmp_path / "reference" / "small").mkdir(parents=True)
    (tmp_path / "reference" / "small" / "twice.py").write_text(SOLVED, encoding="utf-8")
    small = replace(ASSIGNMENT, reference=tmp_path / "reference/small", template=tmp_path / "student_template/small")
    monkeypatch.setattr(assignments, "every", lambda: ((ASSIGNMENT, small), ()))
    return tmp_path


def test_the_template_is_built_without_the_solution(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template"]) == 0
    assert "return 2 * x" not in (course / "student_template" / "small" / "twice.py").read_text(encoding="utf-8")
    assert "student_template/small/twice.py" in capsys.readouterr().out


def test_what_was_just_built_is_up_to_date(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["template"])
    assert main(["template", "--check"]) == 0
    assert main(["template"]) == 0
    assert "was up to date" in capsys.readouterr().out


def test_a_template_that_is_out_of_date_fails_the_check_and_is_left_alone(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "--check"]) == 2
    assert "is missing" in capsys.readouterr().err
    assert not (course / "student_template").exists()


def test_material_that_cannot_be_stripped_is_refused(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "reference" / "small" / "twice.py").write_text("### BEGIN SOLUTION\n", encoding="utf-8")
    assert main(["template"]) == 2
    assert "mark its end" in capsys.readouterr().err


def test_without_solved_material_there_is_nothing_to_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assignments, "every", lambda: ((ASSIGNMENT,), ()))
    assert main(["template"]) == 2
    assert "run this in a clone of the repository" in capsys.readouterr().err


def test_a_broken_assignment_is_said_and_keeps_no_other_from_being_built(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _ = assignments.every()
    monkeypatch.setattr(assignments, "every", lambda: (found, (AuthorError("cards 1.0: cannot be loaded"),)))
    assert main(["template"]) == 0
    told = capsys.readouterr()
    assert ("small/twice.py" in told.out, told.err) == (True, "mlpgrader: cards 1.0: cannot be loaded\n")
