from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import grader.cli.calibrate
from grader import assignments
from grader.cli import calibrate, main
from kit import ROOT


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--assignment", "byomlq"], "no assignment 'byomlq'; did you mean 'byomlp'?"),
        (["--only", "step_add"], "nothing is called 'step_add'; did you mean 'step_adds'?"),
        (["--mutants", "nowhere"], "say which one assignment they are of, with --assignment ID"),
        (["--mutants", "nowhere", "--assignment", "byomlp"], "nowhere: there is no such folder"),
        (["--mutants", "x", "--assignment", "byomlp", "--generated"], "do not go together"),
    ],
)
def test_what_cannot_be_done_is_said(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", *words]) == 2
    assert message in capsys.readouterr().err


def test_without_a_checkout_it_is_said_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    byomlp = replace(assignments.find("byomlp"), reference=None)
    monkeypatch.setattr(assignments, "every", lambda: ((byomlp,), ()))
    assert main(["calibrate"]) == 2
    assert "run this in a clone of the repository" in capsys.readouterr().err


def folder_of_two(folder: Path) -> list[str]:
    """Write two bugs, of which the second is none, and return the words that calibrate with them."""
    folder.mkdir()
    table = """
    [no_step]
    replace = [["def step(self, alpha):", "def update(self, alpha):"]]
    fails = ["step_descends", "trajectory_matches", "disc_separates"]
    [harmless]
    replace = [["def zero_grad(self):", "def zero_grad(self, *unused):"]]
    """
    (folder / "mutants.toml").write_text(table, encoding="utf-8")
    return [
        "calibrate",
        "--assignment",
        "byomlp",
        "--mutants",
        str(folder),
        "--only",
        "no_step,harmless",
        "--jobs",
        "2",
    ]


def test_own_bugs_are_graded_and_the_page_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*folder_of_two(tmp_path / "bugs"), "--out", str(tmp_path / "page.md"), "--json"]) == 3
    said = capsys.readouterr()
    (found,) = json.loads(said.out)["assignments"]
    assert [(each["name"], each["caught"]) for each in found["gradings"]] == [("no_step", True), ("harmless", False)]
    assert found["complaints"] == ["harmless was not caught: nothing was lost"]
    assert "harmless was not caught" in (tmp_path / "page.md").read_text(encoding="utf-8")
    assert (tmp_path / "page" / "byomlp-matrix.png").is_file()
    assert "[2/2]" in said.err


def test_ctrl_c_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grader.cli.calibrate, "run_all", interrupted)
    assert main([*folder_of_two(tmp_path / "bugs"), "--out", str(tmp_path / "out")]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ([], ROOT / "docs" / "calibration.md"),
        (["--seeds", "5"], ROOT / "docs" / "calibration.md"),
        (["--assignment", "byomlp"], None),
        (["--only", "dicts"], None),
        (["--mutants", "bugs"], None),
        (["--only", "dicts", "--out", "here"], Path("here/calibration.md")),
        (["--out", "here/mine.md"], Path("here/mine.md")),
    ],
)
def test_only_a_run_over_everything_writes_unasked(words: list[str], target: Path | None) -> None:
    arguments = grader.cli.options.parser().parse_args(["calibrate", *words])
    assert calibrate.target(ROOT, arguments) == target


def test_the_command_line_that_repeats_a_run_is_kept() -> None:
    words = [
        "calibrate",
        "--assignment",
        "byomlp",
        "--generated",
        "--notebooks",
        "--seeds",
        "3",
        "--seed",
        "8",
        "--jobs",
        "2",
    ]
    arguments = grader.cli.options.parser().parse_args(words)
    assert calibrate.command(arguments) == " ".join(["mlpgrader", *words])


def test_what_was_asked_before_is_judged_from_kept_evidence_unless_all_is_to_be_fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLPGRADER_STORE", str(tmp_path / "store"))
    words = [*folder_of_two(tmp_path / "bugs"), "--json"]
    kept = []
    for more in ([], [], ["--fresh"]):
        main([*words, *more])
        (found,) = json.loads(capsys.readouterr().out)["assignments"]
        kept.append([grading["kept"] for grading in found["gradings"]])
    assert kept == [[False, False], [True, True], [False, False]]
