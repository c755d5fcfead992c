"""What evidence lacks, and how it is completed: nothing is run here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignments import Assignment
from grader.checks import check, passed
from grader.model import Evidence, Finding, Observation, Rubric, Setting, Submission
from grader.runs import Before, Ready, SubmissionFolder, Today
from grader.runs.asking import completed, lacking, told_of_lacking
from grader.runs.holding import asked
from grader.sandbox import Probe
from kit import small_assignment as small

MODULE, DICE = small.ASSIGNMENT.probes
CUP = Probe("cup", "shaking a cup", small.dice, lane=1, after=("dice",), parameters=("sides",))
ASSIGNMENT = replace(small.ASSIGNMENT, probes=(MODULE, DICE, CUP), parameters={"sides": 6.0})
NOTHING: Any = None


@check(reads=["module", "dice", "cup"], after=[small.loads], thresholds=["most"])
def rolls(module: Observation, dice: Observation, cup: Observation, most: float) -> Finding:
    """Dice show six numbers."""
    return passed()


def today(*, sides: float = 6.0, cup: bool = True) -> Today:
    """Return the small assignment with a check that reads the cup, and the rubric of today."""
    checks = (small.loads, small.answers, rolls if cup else small.rolls)

    def load(_: Assignment, _path: Path | None) -> Rubric:
        return replace(small.RUBRIC, parameters={"sides": sides})

    return Today(None, lambda _: replace(ASSIGNMENT, checks=checks), load)


def kept(folder: Path, *observations: Observation, **more: Any) -> SubmissionFolder:
    """Return the folder of a submission of which this was observed, with six sides."""
    made = small.report(*observations)
    where = SubmissionFolder(folder / "alice")
    where.deliver(replace(made, evidence=replace(made.evidence, parameters={"sides": 6.0}, **more)))
    return where


def names(probes: Sequence[Probe]) -> list[str]:
    return [probe.name for probe in probes]


def test_what_was_never_asked_is_lacking_where_a_check_reads_it(tmp_path: Path) -> None:
    folder = kept(tmp_path, small.MODULE, small.DICE)
    assert names(lacking(folder, today())) == ["cup"]
    assert names(lacking(folder, today(cup=False))) == []


def test_what_was_asked_with_another_parameter_is_lacking(tmp_path: Path) -> None:
    folder = kept(tmp_path, small.MODULE, small.DICE, Observation("cup", {"rolls": np.arange(3)}))
    assert names(lacking(folder, today())) == []
    assert names(lacking(folder, today(sides=8.0))) == ["cup"]


def test_what_was_asked_by_another_code_is_lacking_until_it_is_asked_again(tmp_path: Path) -> None:
    folder, now = kept(tmp_path, small.MODULE, small.DICE, Observation("cup", {})), today()
    by_what = now.by_what(*now.standard(folder, "small"))
    folder.note(by_what, ())
    assert names(lacking(folder, now)) == []
    folder.note({**by_what, asked("dice"): "another code"}, ())
    assert names(lacking(folder, now)) == ["dice"]
    before = Before.of(folder)
    # what was not asked now stays as it was noted
    folder.note(before.by_what(now, "small"), ())
    assert names(lacking(folder, now)) == ["dice"]
    folder.note(before.by_what(now, "small", asked=["dice"]), ())
    assert names(lacking(folder, now)) == []


def test_items_that_were_not_asked_for_lack_nothing(tmp_path: Path) -> None:
    assert names(lacking(kept(tmp_path, small.MODULE, items=("code",)), today())) == []


@pytest.mark.parametrize(("asks", "said"), [(True, "; it is asked now"), (False, "; --ask asks that alone")])
def test_what_is_lacking_is_told(asks: bool, said: str, tmp_path: Path) -> None:
    (line,) = told_of_lacking({tmp_path: (CUP,)}, asks=asks, writes=False)
    assert line.startswith("1 submission: ")
    assert line.endswith(f"(shaking a cup){said}")
    assert list(told_of_lacking({}, asks=asks, writes=True)) == []


def test_it_is_told_that_what_is_completed_will_be_run_anew(tmp_path: Path) -> None:
    said = "\n".join(told_of_lacking({tmp_path: (CUP,)}, asks=True, writes=True))
    assert "the next `mlpgrader grade`" in said


def test_only_what_is_wanted_is_taken_and_asked_with_what_comes_before_it() -> None:
    before = replace(small.evidence(small.MODULE, small.DICE), parameters={"sides": 6.0}, items=("luck",))
    rubric = replace(small.RUBRIC, parameters={"sides": 8.0})
    questions: list[str] = []
    titles: list[str] = []

    def ask(submission: Submission, probes: Sequence[Probe], _inside: object, **given: Any) -> Evidence:
        questions.extend(names(probes))
        for probe in probes:
            given["on_progress"](probe.name, "start")
        assert (given["seed"], given["setting"].parameters) == (before.seed, {"sides": 8.0})
        seen = {probe.name: Observation(probe.name, {"rolls": [9]}) for probe in probes}
        return Evidence(seen, seed=given["seed"], sandbox="process", seconds=2.0, facts={"python": "9"}, output="hello")

    ready = Ready(ASSIGNMENT, rubric, Setting(), NOTHING)
    now = completed(before, small.submission(), {"cup"}, ready, tell=titles.append, ask=ask)
    assert (questions, titles) == (["dice", "cup"], ["rolling", "shaking a cup"])
    assert list(now.observations) == ["module", "dice", "cup"]
    assert now.observations["dice"] is small.DICE
    assert now.observations["cup"].data == {"rolls": [9]}
    assert (now.seconds, now.output, now.items, now.parameters) == (2.5, "hello", ("luck",), {"sides": 8.0})


def test_what_cannot_be_kept_is_a_fault_of_ours() -> None:
    def ask(*_: object, **given: Any) -> Evidence:
        return Evidence({"cup": Observation("cup", {"x": object()})}, seed=7, sandbox="", seconds=0.0)

    alone = replace(ASSIGNMENT, probes=(MODULE, DICE, replace(CUP, after=())))
    ready = Ready(alone, small.RUBRIC, Setting(), NOTHING)
    now = completed(small.evidence(small.MODULE), small.submission(), {"cup"}, ready, tell=lambda _: None, ask=ask)
    assert (now.observations["cup"].data, bool(now.observations["cup"].fault)) == ({}, True)
