"""Every notebook of byomlp that was handed in with known mistakes gets the points that its checks leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.trial import Group, Trial
from grader.model import REDUCED, Finding, Report, Rubric, Verdict
from grader.pipeline import load_rubric, prepare
from grader.rubric import restrict
from kit import warm
from kit.kept import grade
from kit.learning import SEEDS, graded
from kit.planted import hand_in, must_fail, notebooks
from kit.together import joined
from kit.wording import of_report

ASSIGNMENT = find("byomlp")
ITEMS = ("classification", "autoencoder")
LOST = (Verdict.FAILED, Verdict.BLOCKED)
WAITING = frozenset({"comparison_written"})
NOTEBOOKS = notebooks("byomlp")
# right notebooks at the size of a usual run, classifiers with fewer digits where that is enough; the others that are right
# learn from few digits, and calibration has them all at their usual size
USUAL: Mapping[str, Mapping[str, float]] = {
    "interrupted_before_classification": {},
    "rescaled_inputs_autoencoder": {},
    "rescaled_inputs_classification": {"classification_train": 600, "classification_test": 300},
}
# wrong ones in which something has to be learned all the same
LEARNING = ("cells_out_of_order_classification",)
HANDED_IN = joined("byomlp", NOTEBOOKS)
each_notebook = pytest.mark.parametrize("trial", HANDED_IN, ids=lambda trial: trial.name)


@pytest.fixture(scope="module")
def whole() -> Rubric:
    return load_rubric(ASSIGNMENT)


def with_usual_digits(trial: Trial, folder: Path, whole: Rubric) -> Report:
    """Grade a right notebook of `USUAL` with the digits that this machine has, at the size of a usual run."""
    setting = prepare(ASSIGNMENT, whole, size=trial.size, items=trial.asked)
    return grade(
        hand_in(trial, folder),
        ASSIGNMENT,
        rubric=whole,
        launcher=warm.launcher("notebooks"),
        seed=SEEDS["byomlp"],
        items=trial.asked,
        setting=replace(setting, numbers={**setting.numbers, **USUAL[trial.name]}),
    )


def report_on(trial: Trial, folder: Path, whole: Rubric) -> Report:
    """Grade the item of a notebook, with nothing handed in but what belongs to it."""
    if trial.name in USUAL:
        return with_usual_digits(trial, folder, whole)
    is_right = trial.group is Group.RIGHT
    sized = replace(trial, size=REDUCED) if is_right else trial
    learns = is_right or trial.name in LEARNING
    return graded("byomlp", sized, restrict(whole, trial.asked), folder, learns=learns)


def marks(report: Report, left_out: frozenset[str]) -> tuple[float, float]:
    """Return the points that were earned, and those that wait for a person, without the checks that are left out."""
    counted = [
        scored.marks for item in report.score.items for scored in item.findings if scored.finding.check not in left_out
    ]
    return sum(each.earned for each in counted), sum(each.pending for each in counted)


def left(trial: Trial, whole: Rubric) -> tuple[float, float]:
    """Return the points that its checks leave: of those that pass, and of those that a person decides."""
    checks = {check: points for item in whole.items if item.id in trial.asked for check, points in item.checks.items()}
    kept = {
        check: points for check, points in checks.items() if check not in (trial.fails or frozenset()) | trial.may_fail
    }
    waiting = sum(points for check, points in kept.items() if check in WAITING)
    return sum(kept.values()) - waiting, waiting


def findings(report: Report) -> list[Finding]:
    return [scored.finding for item in report.score.items for scored in item.findings]


def reasons(report: Report) -> str:
    return "\n".join(f"{finding.check}: {finding.verdict}, {finding.message}" for finding in findings(report))


# --- the notebooks, graded


@each_notebook
def test_a_notebook_fails_exactly_the_checks_that_it_names_and_gets_the_points_that_they_leave(
    trial: Trial, whole: Rubric, tmp_path: Path
) -> None:
    report = report_on(trial, tmp_path, whole)
    lost = {finding.check for finding in findings(report) if finding.verdict in LOST}
    assert lost - trial.may_fail == must_fail(trial), reasons(report)
    assert marks(report, trial.may_fail) == left(trial, whole), reasons(report)
    assert report.score.marks.withheld == 0, reasons(report)
    assert of_report(report, find("byomlp")) == []


# --- the notebooks, as they are written down


def test_right_notebooks_learn_at_the_usual_size_for_each_item() -> None:
    usual = [each for each in NOTEBOOKS if each.name in USUAL and each.size == "quick" and each.group is Group.RIGHT]
    assert {trial.asked for trial in usual} == {(item,) for item in ITEMS}
    assert len(usual) == len(USUAL)


def test_there_are_enough_notebooks_each_for_one_item() -> None:
    assert len(NOTEBOOKS) >= 60
    assert {trial.asked for trial in NOTEBOOKS} == {(item,) for item in ITEMS}
