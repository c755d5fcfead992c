from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.checks import check, pending
from grader.model import Finding, Observation, Quote, RubricItem, Transcript, TranscriptCell
from grader.pipeline import judge
from grader.runs import SubmissionFolder, Today
from grader.runs.rereading import LONGEST, answers
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
TODAY = Today(find=lambda _: ASSIGNMENT, load_rubric=lambda *_: RUBRIC)


def folder(path: Path) -> SubmissionFolder:
    made = judge(small.submission(), small.evidence(small.MODULE, small.DICE), ASSIGNMENT, RUBRIC)
    found = SubmissionFolder(path / "ann")
    found.deliver(made)
    judged.clear()
    return found


def test_what_was_written_and_the_notebook_are_found_again(tmp_path: Path) -> None:
    answer = answers(folder(tmp_path), TODAY, {"written"})["written"]
    assert answer.text == "Cell 3:\nI chose 42."
    assert answer.notebooks == ("my_main.ipynb",)


def test_nothing_else_is_judged_for_it(tmp_path: Path) -> None:
    answers(folder(tmp_path), TODAY, {"written"})
    assert judged == ["written"]


def test_a_long_text_is_cut_and_says_so(tmp_path: Path, monkeypatch: object) -> None:
    found = folder(tmp_path)
    long = replace(ASSIGNMENT, checks=(loads, _long))
    rubric = replace(RUBRIC, items=(RubricItem("code", "Code", 3.0, {"loads": 1.0, "_long": 2.0}),))
    said = answers(found, Today(find=lambda _: long, load_rubric=lambda *_: rubric), {"_long"})["_long"].text
    assert len(said) == LONGEST
    assert said.endswith("the rest is in the report)")


@check(reads=["module"])
def _long(module: Observation) -> Finding:
    """A long one."""
    return pending("a person reads it", for_staff=[Quote("Cell", "x" * 2 * LONGEST)])
