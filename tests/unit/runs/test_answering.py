from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.checks import check, pending
from grader.errors import HarnessError
from grader.model import Finding, Observation, Quote, RubricItem, Transcript, TranscriptCell
from grader.pipeline import judge
from grader.runs import Bench, Job, SubmissionFolder, Today
from grader.runs.answering import gather, read
from grader.runs.kept_answers import Answers
from grader.sandbox import Launcher
from kit import small_assignment as small

judged: list[str] = []


@check(reads=["module"])
def written(module: Observation) -> Finding:
    """The choice is explained."""
    judged.append("written")
    cells = Transcript("main.ipynb", (TranscriptCell("code", "plot()"),), "work/my main.ipynb")
    return pending("a person reads it", for_staff=[Quote("Cell 3", "I chose 42."), cells])


@check(reads=["module"])
def loads(module: Observation) -> Finding:
    """mlp.py can be loaded."""
    judged.append("loads")
    return small.failed("no", hint="Try.")


ASSIGNMENT = replace(small.ASSIGNMENT, checks=(loads, written))
RUBRIC = replace(small.RUBRIC, items=(RubricItem("code", "Code", 3.0, {"loads": 1.0, "written": 2.0}),), thresholds={})


def today() -> Today:
    return Today(find=lambda _: ASSIGNMENT, load_rubric=lambda *_: RUBRIC)


@pytest.fixture
def folder(tmp_path: Path) -> SubmissionFolder:
    """Return the folder of ann's submission, with evidence and reports and nothing else."""
    made = judge(small.submission(), small.evidence(small.MODULE), ASSIGNMENT, RUBRIC)
    found = SubmissionFolder(tmp_path / "ann")
    found.deliver(made)
    judged.clear()
    return found


def test_what_was_written_and_the_notebook_are_found_again(folder: SubmissionFolder) -> None:
    answer = read(folder, today())["written"]
    assert (answer.text, answer.notebooks) == ("Cell 3:\nI chose 42.", ("my_main.ipynb",))


def test_nothing_else_is_judged_for_it(folder: SubmissionFolder) -> None:
    read(folder, today())
    assert judged == ["written"]


def test_without_a_report_nothing_is_read(folder: SubmissionFolder) -> None:
    folder.report.unlink()
    with pytest.raises(HarnessError, match="grade the submission again"):
        read(folder, today())


def test_a_run_is_read_once(folder: SubmissionFolder) -> None:
    told: list[tuple[int, int]] = []
    shutil.copytree(folder.path, folder.path.with_name("bob"))
    run_dir, names = folder.path.parent, ["ann", "bob", "ann"]
    assert gather(run_dir, names, today(), done=lambda *each: told.append(each)) == {}
    assert told == [(1, 2), (2, 2)]
    assert Answers(run_dir).shown("bob", "written").html
    assert gather(run_dir, names, today(), done=lambda *each: told.append(each)) == {}
    assert len(told) == 2


def test_what_cannot_be_read_is_told_and_the_others_are_read(folder: SubmissionFolder) -> None:
    broken = folder.path.with_name("bob")
    shutil.copytree(folder.path, broken)
    SubmissionFolder(broken).evidence_file.write_bytes(b"no evidence")
    failed = gather(folder.path.parent, ["bob", "ann"], today())
    assert list(failed) == ["bob"]
    assert Answers(folder.path.parent).has("ann")


def test_who_is_judged_leaves_what_was_answered(folder: SubmissionFolder, tmp_path: Path) -> None:
    handed_in = tmp_path / "hand-in"
    handed_in.mkdir()
    (handed_in / "mlp.py").write_text(small.RIGHT, encoding="utf-8")
    launcher = Launcher("process", {}, lambda *_: None)  # type: ignore[arg-type, return-value]
    bench = Bench(find=lambda _: ASSIGNMENT, load_rubric=lambda *_: RUBRIC, open=lambda _: launcher)
    graded = bench.grade(Job(handed_in, "ann", "small", folder.path, kept=True))
    assert graded.result
    assert Answers(tmp_path).said("ann", "written").text == "Cell 3:\nI chose 42."
