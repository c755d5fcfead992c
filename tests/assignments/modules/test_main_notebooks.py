"""Every main notebook that was handed in with known mistakes gets the points that its checks leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.trial import Trial
from grader.model import Finding, Report, Rubric, Verdict
from grader.pipeline import load_rubric
from grader.rubric import restrict
from kit.learning import graded
from kit.planted import must_fail, notebooks
from kit.together import joined
from kit.wording import of_report

ASSIGNMENT = find("modules")
LOST = (Verdict.FAILED, Verdict.BLOCKED)
WAITING = frozenset({"plot_looks", "opinion_written"})
MAINS = notebooks("modules")
# a part of what some of them are told, by check
TOLD = {
    "wrong_modules_main": (
        "main_runs",
        "correct classes stood in for those of yours that are not right yet: SoftMax, LeakyReLU",
    ),
    "with_an_autoencoder_main": ("main_runs", "the optional autoencoder 784 -> 128 -> BatchMeanSubtraction"),
    "unlabelled_plot_main": ("plot_labelled", "no x axis label; no y axis label; no legend"),
    "constant_rate_main": ("rate_decays", "the learning rate is 0.1 at the start and 0.1 at the end"),
    "claimed_accuracy_main": ("accuracy_true", "printed: 99.2 %; measured: held-out digits"),
    "torch_main": ("libraries_allowed", "torch (code cell 2 of HW3_main.ipynb)"),
    "undefined_name_main": ("main_runs", "code cell 9, line 7: NameError: name 'nmae' is not defined"),
    "outputs_first_main": (
        "main_runs",
        "not all works beside correct classes in the place of wrong ones, so it ran on yours, too",
    ),
    "own_names_of_parameters_main": ("digit_accuracy", "(in the run on your own classes)"),
    "modules_not_run_main": ("main_runs", "NameError: name 'Sequential' is not defined"),
}
each_main = pytest.mark.parametrize("main", joined("modules", MAINS), ids=lambda main: main.name)


@pytest.fixture(scope="module")
def whole() -> Rubric:
    return load_rubric(ASSIGNMENT)


def findings(report: Report) -> dict[str, Finding]:
    return {scored.finding.check: scored.finding for item in report.score.items for scored in item.findings}


def points(report: Report, left_out: frozenset[str]) -> dict[str, tuple[float, float]]:
    """Return what each item earned, and what of it waits for a person, without the checks that are left out."""
    kept = {
        item.id: [scored.marks for scored in item.findings if scored.finding.check not in left_out]
        for item in report.score.items
    }
    return {
        name: (sum(mark.earned for mark in marks), sum(mark.pending for mark in marks)) for name, marks in kept.items()
    }


def left(main: Trial, whole: Rubric) -> dict[str, tuple[float, float]]:
    """Return the points that its checks leave by item: of those that pass, and of those that a person decides."""
    out = must_fail(main) | main.may_fail
    return {
        item.id: (
            sum(points for check, points in item.checks.items() if check not in out | WAITING),
            sum(points for check, points in item.checks.items() if check in WAITING - out),
        )
        for item in whole.items
        if item.id in main.asked
    }


def reasons(report: Report) -> str:
    return "\n".join(f"{check}: {finding.verdict}, {finding.message}" for check, finding in findings(report).items())


# --- the notebooks, graded


@each_main
def test_a_main_notebook_fails_exactly_the_checks_that_it_names_and_gets_the_points_that_they_leave(
    main: Trial, whole: Rubric, tmp_path: Path
) -> None:
    report = graded("modules", main, restrict(whole, main.asked), tmp_path)
    found = findings(report)
    lost = {check for check, finding in found.items() if finding.verdict in LOST}
    assert lost - main.may_fail == must_fail(main), reasons(report)
    assert points(report, main.may_fail) == left(main, whole), reasons(report)
    assert report.score.marks.withheld == 0, reasons(report)
    told = [TOLD[name] for name in main.name.split(" and ") if name in TOLD]
    assert [(check, part) for check, part in told if part not in found[check].message] == []
    assert of_report(report, find("modules")) == []


# --- the notebooks, as they are written down


def test_what_main_notebooks_are_told_is_told_to_some_that_there_are() -> None:
    assert len(MAINS) >= 20
    assert TOLD.keys() <= {main.name for main in MAINS}
