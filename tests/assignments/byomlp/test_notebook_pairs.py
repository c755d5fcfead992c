"""Every notebook of byomlp that was handed in with known mistakes gets the points that its checks leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader import sandbox
from grader.assignments import find
from grader.calibration.trial import Group, Trial
from grader.model import REDUCED, Finding, Report, Rubric, Setting, Verdict
from grader.notebooks import reading
from grader.pipeline import load_rubric, prepare
from kit.kept import grade
from kit.planted import files, hand_in, must_fail, notebooks
from kit.wording import of_report

ASSIGNMENT = find("byomlp")
ITEMS = ("classification", "autoencoder")
LOST = (Verdict.FAILED, Verdict.BLOCKED)
WAITING = frozenset({"comparison_written"})
# one with which autoencoders learn at once: another initialisation may need several tries
SEED = 4_170_273_269
NOTEBOOKS = notebooks("byomlp")
# right notebooks that learn from as many digits as in a usual run; of the others one is enough of each way of learning, and
# calibration has them all at that size
USUAL = ("rescaled_inputs_autoencoder", "rescaled_inputs_classification", "interrupted_before_classification")
# these are no notebooks, or none is handed in
UNREADABLE = ("nothing_in_it_autoencoder", "nothing_in_it_classification", "one_not_handed_in_autoencoder")
each_notebook = pytest.mark.parametrize("trial", NOTEBOOKS, ids=lambda trial: trial.name)


@pytest.fixture(scope="module")
def launcher() -> Iterator[sandbox.Launcher]:
    with sandbox.open_launcher("process") as launcher:
        yield launcher


@pytest.fixture(scope="module")
def whole() -> Rubric:
    return load_rubric(ASSIGNMENT)


@pytest.fixture(scope="module")
def quick(whole: Rubric) -> Setting:
    return prepare(ASSIGNMENT, whole, size="quick", items=ITEMS)


def graded(trial: Trial, folder: Path, rubric: Rubric, setting: Setting, launcher: sandbox.Launcher) -> Report:
    """Grade the item of a notebook, with nothing handed in but what belongs to it."""
    smaller = trial.group is Group.RIGHT and not trial.numbers and trial.name not in USUAL
    usual, reduced = (setting.reduced if smaller else setting.numbers), {**setting.reduced, **trial.numbers}
    # at the reduced size no initialisation is blamed for having learned nothing
    size = REDUCED if smaller else trial.size
    setting = replace(setting, size=size, numbers={**usual, **trial.numbers}, reduced=reduced)
    return grade(
        hand_in(trial, folder),
        ASSIGNMENT,
        rubric=rubric,
        launcher=launcher,
        seed=SEED,
        items=trial.asked,
        setting=setting,
    )


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
    trial: Trial, whole: Rubric, quick: Setting, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    report = graded(trial, tmp_path, whole, quick, launcher)
    lost = {finding.check for finding in findings(report) if finding.verdict in LOST}
    assert lost - trial.may_fail == must_fail(trial), reasons(report)
    assert marks(report, trial.may_fail) == left(trial, whole), reasons(report)
    assert report.score.marks.withheld == 0, reasons(report)
    assert of_report(report, find("byomlp")) == []


# --- the notebooks, as they are written down


def test_right_notebooks_learn_at_the_usual_size_for_each_item() -> None:
    usual = [
        trial for trial in NOTEBOOKS if trial.name in USUAL and trial.size == "quick" and trial.group is Group.RIGHT
    ]
    assert {trial.asked for trial in usual} == {(item,) for item in ITEMS}
    assert len(usual) == len(USUAL)


def test_there_are_enough_notebooks_each_for_one_item() -> None:
    assert len(NOTEBOOKS) >= 60
    assert {trial.asked for trial in NOTEBOOKS} == {(item,) for item in ITEMS}


def test_notebooks_name_only_checks_of_their_item_and_each_once(whole: Rubric) -> None:
    checks = {item.id: item.checks.keys() for item in whole.items}
    strange = {
        trial.name: ((trial.fails or frozenset()) | trial.may_fail) - checks[trial.asked[0]] for trial in NOTEBOOKS
    }
    assert {name: wrong for name, wrong in strange.items() if wrong} == {}
    assert [trial.name for trial in NOTEBOOKS if (trial.fails or frozenset()) & trial.may_fail] == []


def test_a_notebook_is_written_as_jupyter_writes() -> None:
    """Whatever name it has; one is a script, and is read as the notebook that it was exported from."""
    read = {}
    for trial in NOTEBOOKS:
        path = next((path for path in files(trial) if path != "mlp.py"), "")
        read[trial.name] = reading.read_file(path, files(trial).get(path, b""))
    assert sorted(each for each, notebook in read.items() if notebook.problem or len(notebook.cells) < 4) == [
        *UNREADABLE
    ]
