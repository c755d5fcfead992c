"""The commands as a newcomer gives them, each once, in this process and on real submissions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cli import GRADED, main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "byomlp"
CAROL = EXAMPLES / "carol-end-broken"
ASKED = ("--assignment", "byomlp", "--items", "forward", "--sandbox", "process")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "graded"
    assert main(["grade", str(CAROL), *ASKED, "--out", str(folder)]) == GRADED
    return folder


def test_grade_writes_pages_reports_and_a_summary(out: Path) -> None:
    report = json.loads((out / CAROL.name / "report.json").read_text(encoding="utf-8"))
    assert (report["score"]["earned"], report["score"]["possible"]) == (8, 10)
    assert all((out / CAROL.name / page).is_file() for page in ("report.html", "staff.html", "results.json"))
    assert (out / "summary.csv").read_text(encoding="utf-8").splitlines()[1].startswith(f"{CAROL.name},8,10,")


def test_grade_skips_what_is_graded(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(CAROL), *ASKED, "--out", str(out)]) == GRADED
    assert "1 of 1 is graded already and skipped" in capsys.readouterr().err


def test_regrade_changes_nothing_where_nothing_has_changed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regrade", str(out), "--apply"]) == GRADED
    assert "0 of 1" in capsys.readouterr().out


def test_check_tells_a_student_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(CAROL), "--items", "forward", "--json"]) == GRADED
    assert json.loads(capsys.readouterr().out)["score"]["earned"] == 8


def test_calibrate_writes_down_what_catches_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLPGRADER_STORE", str(tmp_path / "store"))
    page = tmp_path / "page.md"
    assert main(["calibrate", "--assignment", "byomlp", "--only", "bias_too_small", "--out", str(page)]) == GRADED
    row = next(
        line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| `bias_too_small` |")
    )
    assert "| `initialisation` |" in row


def test_a_rubric_is_printed_with_its_points(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric", str(EXAMPLES.parents[1] / "rubrics" / "byomlp.toml")]) == GRADED
    assert "Backpropagation" in capsys.readouterr().out
