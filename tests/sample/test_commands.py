"""The commands as a newcomer gives them, each once, in this process and on real submissions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cli import GRADED, main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "byomlp"
BOB = EXAMPLES / "bob-no-derivative"
ASKED = ("--assignment", "byomlp", "--items", "backprop", "--sandbox", "process")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "graded"
    assert main(["grade", str(BOB), *ASKED, "--out", str(folder)]) == GRADED
    return folder


def test_grade_writes_pages_reports_and_a_summary(out: Path) -> None:
    report = json.loads((out / BOB.name / "report.json").read_text(encoding="utf-8"))
    assert (report["score"]["earned"], report["score"]["possible"]) == (9, 15)
    assert all((out / BOB.name / page).is_file() for page in ("report.html", "staff.html", "results.json"))
    assert (out / "summary.csv").read_text(encoding="utf-8").splitlines()[1].startswith(f"{BOB.name},9,15,")


def test_grade_skips_what_is_graded(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(BOB), *ASKED, "--out", str(out)]) == GRADED
    assert "1 of 1 is graded already and skipped" in capsys.readouterr().err


def test_regrade_changes_nothing_where_nothing_has_changed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regrade", str(out)]) == GRADED
    assert "0 of 1" in capsys.readouterr().out


def test_check_tells_a_student_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(BOB), "--items", "backprop", "--json"]) == GRADED
    assert json.loads(capsys.readouterr().out)["score"]["earned"] == 9


def test_calibrate_writes_down_what_catches_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLPGRADER_STORE", str(tmp_path / "store"))
    page = tmp_path / "page.md"
    assert main(["calibrate", "--assignment", "byomlp", "--only", "step_adds", "--out", str(page)]) == GRADED
    assert "step_descends" in page.read_text(encoding="utf-8")


def test_a_rubric_is_printed_with_its_points(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", str(EXAMPLES.parents[1] / "rubrics" / "byomlp.toml")]) == GRADED
    assert "Backpropagation" in capsys.readouterr().out
