from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import evidence, locations
from grader.cli import main
from grader.cli.changes import Again, as_data
from grader.model import Observation
from grader.report import as_json
from grader.runs import RunFolder
from kit import small_assignment as small

BROKEN = "def forward(:\n"
NAMES = ("alice", "bob")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run over two submissions that cannot be imported and one that could not be read."""
    folder = tmp_path_factory.mktemp("graded")
    paths = [str(small.hand_in(folder / name, BROKEN)) for name in NAMES]
    (folder / "carol.txt").write_text("my homework", encoding="utf-8")
    words = ["grade", *paths, str(folder / "carol.txt"), "--assignment", "byomlp", "--sandbox", "process"]
    assert main([*words, "--items", "forward", "--out", str(folder / "out")]) == 1
    return folder / "out"


@pytest.fixture
def run_dir(graded: Path, tmp_path: Path) -> Path:
    """Return a copy of the run, in which alice once had 4 points."""
    shutil.copytree(graded, tmp_path / "run")
    data = read(tmp_path / "run" / "alice" / "report.json")
    data["score"]["earned"] = data["items"][0]["earned"] = 4
    (tmp_path / "run" / "alice" / "report.json").write_text(json.dumps(data), encoding="utf-8")
    return tmp_path / "run"


def read(path: Path) -> Any:
    """Return a JSON document."""
    return json.loads(path.read_bytes())


def contents(folder: Path) -> dict[Path, bytes]:
    """Return every file of a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_changes_where_nothing_changed(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regrade", str(run_dir / "bob")]) == 0
    assert "0 of 1 change." in capsys.readouterr().out


def test_reports_come_out_as_they_were(graded: Path, run_dir: Path) -> None:
    main(["regrade", str(run_dir), "--apply"])
    assert read(run_dir / "bob" / "report.json") == read(graded / "bob" / "report.json")
    assert read(run_dir / "alice" / "report.json") == read(graded / "alice" / "report.json")


def test_who_changes_is_shown_with_points_before_and_now(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regrade", str(run_dir)]) == 0
    said = capsys.readouterr().out
    (row,) = [line for line in said.splitlines() if "alice" in line]
    assert row.split()[:8] == ["alice", "4", "/", "10", "0", "/", "10", "-4"]
    assert "1 of 2 change." in said


def test_a_report_of_the_format_before_this_one_is_compared(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = run_dir / "alice" / "report.json"
    path.write_text(json.dumps({**read(path), "schema": "mlpgrader.report/1"}), encoding="utf-8")
    main(["regrade", str(run_dir), "--dry-run"])
    assert "1 of 2 change." in capsys.readouterr().out


def test_nothing_is_written_without_apply(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_dir / "summary.csv").unlink()
    before = contents(run_dir)
    assert main(["regrade", str(run_dir)]) == 0
    assert contents(run_dir) == before
    assert "Nothing was written" in capsys.readouterr().out


def test_the_summary_is_written_again_and_keeps_who_could_not_be_read(graded: Path, run_dir: Path) -> None:
    (run_dir / "summary.csv").unlink()
    main(["regrade", str(run_dir), "--apply"])
    assert read(run_dir / "summary.json") == read(graded / "summary.json")
    assert (run_dir / "summary.csv").read_bytes() == (graded / "summary.csv").read_bytes()


def test_judging_one_submission_again_brings_the_summary_of_the_run_up_to_date(graded: Path, run_dir: Path) -> None:
    main(["regrade", str(run_dir / "alice"), "--apply"])
    assert read(run_dir / "summary.json") == read(graded / "summary.json")


def test_a_submission_that_belongs_to_no_run_gets_no_summary(run_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(run_dir / "bob", tmp_path / "elsewhere" / "bob")
    assert main(["regrade", str(tmp_path / "elsewhere" / "bob"), "--apply"]) == 0
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["bob"]


def test_a_run_that_another_grader_writes_is_not_judged_meanwhile(
    run_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with RunFolder(run_dir).taken():
        assert main(["regrade", str(run_dir / "bob"), "--apply"]) == 2
        assert "another grader is writing there" in capsys.readouterr().err
        assert main(["regrade", str(run_dir)]) == 0


def test_a_submission_called_evidence_is_one_of_a_run(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_dir / "bob").rename(run_dir / "evidence")
    assert main(["regrade", str(run_dir)]) == 0
    assert "of 2 change." in capsys.readouterr().out


def test_evidence_that_is_gone_is_said(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(run_dir / "bob" / "evidence")
    assert main(["regrade", str(run_dir / "bob")]) == 1
    assert "grade the submission again" in capsys.readouterr().out.replace("\n", " ")


def test_damaged_evidence_is_said_and_the_others_are_judged(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_dir / "bob" / "evidence" / "evidence.zst").write_bytes(b"nonsense")
    assert main(["regrade", str(run_dir), "--apply"]) == 1
    assert "bob: not judged" in capsys.readouterr().out
    assert read(run_dir / "alice" / "report.json")["score"]["earned"] == 0


def test_a_submission_without_a_report_is_new(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run_dir / "alice" / "report.json").unlink()
    assert main(["regrade", str(run_dir / "alice"), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["submissions"]
    assert (row["changed"], row["before"], row["now"]["possible"]) == (True, None, 10)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "something/1", "items": 7}'])
def test_a_report_that_is_none_counts_as_no_report(
    run_dir: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (run_dir / "alice" / "report.json").write_text(text, encoding="utf-8")
    assert main(["regrade", str(run_dir / "alice")]) == 0
    assert "new" in capsys.readouterr().out


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_evidence_is_refused(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["regrade", str(tmp_path / folder)]) == 2
    assert "give the --out folder" in capsys.readouterr().err


def test_json_says_for_each_item_what_changed() -> None:
    before = as_json(small.report().result)
    now = small.report(Observation("module", {"functions": [], "problem": ""}), small.DICE)
    (row,) = as_data([Again(now.result, before)], {}, dry_run=True)["submissions"]
    assert (row["before"]["earned"], row["now"]["earned"]) == (7, 5)
    assert [item["before"] == item["now"] for item in row["items"]] == [False, True]


def test_an_item_that_is_no_more_is_shown_too() -> None:
    before = as_json(small.report().result)
    before["items"].append({**before["items"][0], "id": "style"})
    (row,) = as_data([Again(small.report().result, before)], {}, dry_run=True)["submissions"]
    assert row["items"][2] == {"id": "style", "before": row["items"][0]["now"], "now": None}


def test_a_run_with_a_rubric_of_its_own_is_judged_by_it_again_and_other_parameters_are_said_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rubric, alice, out = tmp_path / "ours.toml", small.hand_in(tmp_path / "alice", BROKEN), str(tmp_path / "out")
    text = locations.rubric_file("byomlp").read_text(encoding="utf-8")
    rubric.write_text(text.replace('mlp_file = "mlp.py"', 'mlp_file = "net.py"'), encoding="utf-8")
    (alice / "mlp.py").rename(alice / "net.py")
    words = ["grade", str(alice), "--assignment", "byomlp", "--sandbox", "process", "--items", "forward", "--out", out]
    assert main([*words, "--rubric", str(rubric)]) == 0
    rubric.unlink()
    before = read(tmp_path / "out" / "alice" / "report.json")
    assert main(["regrade", out, "--apply"]) == 0
    assert "alice: judged by the rubric that was given with --rubric before" in capsys.readouterr().err
    assert read(tmp_path / "out" / "alice" / "report.json") == before
    assert main(["regrade", out, "--rubric", "byomlp"]) == 0
    assert "mlp_file was 'net.py' and is 'mlp.py': forward of alice" in capsys.readouterr().err


def test_what_evidence_lacks_is_asked_alone_where_that_is_wanted(
    graded: Path, run_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bob, whole = run_dir / "bob", graded / "bob"
    kept, submission, name = evidence.load(bob / "evidence")
    *others, last = kept.observations
    some = replace(kept, observations={each: kept.observations[each] for each in others})
    evidence.save(some, submission, bob / "evidence", assignment=name)
    assert main(["regrade", str(bob)]) == 1
    assert "1 submission: today's checks read what was never asked" in capsys.readouterr().err
    assert main(["regrade", str(bob), "--ask"]) == 0
    said = capsys.readouterr()
    assert ("0 of 1 change." in said.out, "it is asked now" in said.err) == (True, True)
    assert last not in evidence.load(bob / "evidence")[0].observations
    assert main(["regrade", str(bob), "--ask", "--apply"]) == 0
    now = evidence.load(bob / "evidence")[0].observations
    assert list(now) == [*others, last]
    assert {each: now[each].problem for each in now} == {each: kept.observations[each].problem for each in now}
    assert read(bob / "report.json")["items"] == read(whole / "report.json")["items"]
