from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli import main
from grader.cli.check import saved, watch
from kit import ROOT
from kit import small_assignment as small

BROKEN = "def forward(:\n"


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    """Return a folder whose mlp.py cannot even be imported."""
    return small.hand_in(tmp_path / "homework", BROKEN)


def test_results_come_first_then_what_to_do_and_a_report_is_written_where_it_is_wanted(
    homework: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(homework), "--out", str(tmp_path / "feedback")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Notebooks are run, too")
    assert lines[2].startswith(("✗ ", "– "))  # whichever lane is the first to know
    assert "0 of 45 points" in "".join(lines[-5:])
    assert sorted(path.name for path in (tmp_path / "feedback").iterdir()) == ["report.html", "report.json"]


def test_json_is_the_report_and_nothing_else(homework: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(homework), "--json", "--seed", "7"]) == 0
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert (report["schema"], report["seed"], report["sandbox"]) == ("mlpgrader.report/2", 7, "process")
    assert said.err == ""


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["nowhere"], 1, "check the path"),
        (["nowhere", "--watch"], 1, "check the path"),
        (["--assignment", "byomlq"], 2, "did you mean 'byomlp'"),
        (["empty"], 2, "no file of any is there; say one of --assignment byomlp (mlp.py, Classification.ipynb"),
        (["--watch", "--json"], 2, "leave one of them out"),
    ],
)
def test_what_cannot_be_checked_is_said(
    words: list[str],
    status: int,
    message: str,
    homework: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (homework / "empty").mkdir()
    monkeypatch.chdir(homework)
    assert main(["check", *words]) == status
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("student_template/modules", "this is modules (Basic Artificial Neural Networks), by HW3_Modules.ipynb, "),
        ("reference/modules", "this is modules (Basic Artificial Neural Networks), by HW3_Modules.ipynb, "),
        ("student_template/byomlp", "this is byomlp (Build Your Own Multilayer Perceptron), by Autoencoder.ipynb, "),
        ("reference/byomlp/mlp.py", "this is byomlp (Build Your Own Multilayer Perceptron), by mlp.py; "),
    ],
)
def test_an_assignment_is_known_by_its_files_and_they_are_told(
    folder: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # an item that there is not ends it before anything is run
    assert main(["check", str(ROOT / folder), "--items", "none"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "name", "said"),
    [
        ("reference/modules/HW3_Modules.ipynb", "my layers.ipynb", "this is modules (Basic"),
        ("reference/byomlp/mlp.py", "net.py", "this is byomlp (Build"),
        ("reference/byomlp/mlp.py", "MLP (1).py", "this is byomlp (Build"),
    ],
)
def test_an_assignment_is_known_by_what_is_in_files_of_other_names(
    file: str, name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes((ROOT / file).read_bytes())
    assert main(["check", str(tmp_path), "--items", "none"]) == 2
    assert f"{said}" in capsys.readouterr().err


def test_watching_checks_at_once_and_again_for_every_change() -> None:
    checked: list[int] = []
    assert watch(lambda: checked.append(1), [set(), set(), {"mlp.py"}, set(), {"mlp.py"}]) == 0
    assert len(checked) == 3


def test_watching_ends_well_with_an_interrupt() -> None:
    def changes() -> Iterator[object]:
        yield set()
        raise KeyboardInterrupt

    checked: list[int] = []
    assert watch(lambda: checked.append(1), changes()) == 0
    assert checked == [1]


def test_runs_are_set_apart_from_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    watch(lambda: print("checked"), [set(), {"mlp.py"}])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line == "checked"] == ["checked"] * 2
    assert sum(line.startswith("──") for line in lines) == 2


@pytest.mark.parametrize("name", ["mlp.py", "Classification.ipynb"])
def test_saving_code_is_seen_and_saving_something_else_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / "__pycache__").mkdir()
    changes = iter(saved(tmp_path))
    assert next(changes) == set()
    (tmp_path / "notes.txt").write_text("think", encoding="utf-8")
    (tmp_path / "__pycache__" / "mlp.py").write_text("old", encoding="utf-8")
    (tmp_path / name).write_text("code", encoding="utf-8")
    change = next(found for found in changes if found)
    assert {Path(path).relative_to(tmp_path).as_posix() for _, path in change} == {name}  # type: ignore[attr-defined]
