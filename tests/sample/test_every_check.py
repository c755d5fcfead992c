"""A sample of what tests/assignments grades in full: every check is passed by right work and failed by wrong work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.course import course_material
from grader.calibration.trial import LOST, Group, Trial
from grader.causes import causes
from grader.model import REDUCED, Finding, Report, Rubric, Verdict
from grader.pipeline import load_rubric
from grader.rubric import restrict
from kit.learning import graded
from kit.planted import everything, must_fail, only
from kit.together import groups, together
from kit.wording import of_report

ASSIGNMENTS = ("byomlp", "modules")
DECIDED = {Verdict.PASSED, Verdict.PENDING}
LAYERS = (
    "sequential",
    "linear",
    "softmax",
    "batch_mean_subtraction",
    "dropout",
    "leaky_relu",
    "elu",
    "softplus",
    "class_nll_criterion",
)
MAIN = ("toy_problem", "activation_comparison", "opinion", "digit_model")
# what is right, and the items that it is asked for together; notebooks that learn from few digits
# and draw little are in mutants/
RIGHT = [
    ("byomlp", "reference byomlp", ("forward", "backprop")),
    ("byomlp", "functions_classification", ("classification",)),
    ("byomlp", "functions_autoencoder", ("autoencoder",)),
    ("modules", "reference modules", LAYERS),
    ("modules", "reference modules", ("differentiation",)),
    ("modules", "in_order_main", MAIN),
]


@cache
def whole(assignment: str) -> Rubric:
    return load_rubric(find(assignment))


def by_cost(trial: Trial) -> tuple[int, int, bool, str]:
    """Return what a trial is chosen by: whose notebooks train little, who is wrong in few places, who imports little."""
    places = len(trial.may_fail.union(trial.fails or ()))
    imports_much = isinstance(trial.source, Mapping) and any(b"sklearn" in each for each in trial.source.values())
    return (len(trial.asked) and not trial.numbers, places, imports_much, trial.name)


@cache
def sample(assignment: str) -> dict[str, tuple[Trial, frozenset[str]]]:
    """Return wrong work of an assignment by name, each with the checks that it stands for; the template for the rest."""
    trials = [trial for trial in everything(assignment) if trial.group is Group.PLANTED]
    template = next(trial for trial in course_material(find(assignment)) if trial.group is Group.TEMPLATE)
    chosen: dict[str, tuple[Trial, frozenset[str]]] = {}
    for check in (check.name for check in find(assignment).checks):
        trial = min((trial for trial in trials if check in must_fail(trial)), key=by_cost, default=template)
        chosen[trial.name] = (trial, chosen.get(trial.name, (trial, frozenset()))[1] | {check})
    for base, group in groups(assignment):
        names = [name for name in group if name in chosen]
        if len(names) > 1:
            members = [chosen.pop(name) for name in names]
            trial = together([trial for trial, _ in members], base)
            chosen[trial.name] = (trial, frozenset().union(*(checks for _, checks in members)))
    return chosen


def asked(assignment: str, trial: Trial, checks: frozenset[str]) -> Rubric:
    """Return what a trial is graded by: its own items, else the checks that it stands for."""
    rubric = whole(assignment)
    return restrict(rubric, trial.asked) if trial.asked else only(rubric, checks)


def by_check(report: Report) -> dict[str, Finding]:
    return {finding.check: finding for finding in report.result.findings}


@pytest.mark.parametrize(("assignment", "name", "items"), RIGHT)
def test_right_work_passes_every_check(assignment: str, name: str, items: tuple[str, ...], tmp_path: Path) -> None:
    trials = (*course_material(find(assignment)), *everything(assignment))
    (right,) = (replace(trial, size=REDUCED) for trial in trials if trial.name == name)
    report = graded(assignment, right, restrict(whole(assignment), items), tmp_path)
    found = by_check(report)
    assert of_report(report, find(assignment)) == []
    assert {check: finding.message for check, finding in found.items() if finding.verdict not in DECIDED} == {}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_right_work_is_asked_for_every_item_once(assignment: str) -> None:
    asked = [item for each, _, items in RIGHT for item in items if each == assignment]
    assert sorted(asked) == sorted(item.id for item in whole(assignment).items)


@pytest.mark.parametrize(("assignment", "name"), [(each, name) for each in ASSIGNMENTS for name in sample(each)])
def test_wrong_work_fails_the_checks_that_it_stands_for_and_no_other_than_it_may(
    assignment: str, name: str, tmp_path: Path
) -> None:
    trial, checks = sample(assignment)[name]
    report = graded(assignment, trial, asked(assignment, trial, checks), tmp_path)
    found = by_check(report)
    assert of_report(report, find(assignment)) == []
    lost = {check for check, finding in found.items() if finding.verdict in LOST}
    assert lost <= (checks if trial.fails is None else trial.fails | trial.may_fail)
    # what is only blocked was not looked at
    assert {check for check in checks if found[check].verdict is not Verdict.FAILED} == set()
    assert [check for check, finding in found.items() if finding.verdict is Verdict.UNDECIDED] == []


@pytest.mark.parametrize(("assignment", "items"), [("byomlp", ("forward", "backprop")), ("modules", LAYERS)])
def test_a_template_with_nothing_written_is_one_cause_that_says_where_to_begin(
    assignment: str, items: tuple[str, ...], tmp_path: Path
) -> None:
    (template,) = (each for each in course_material(find(assignment)) if each.group is Group.TEMPLATE)
    report = graded(assignment, template, restrict(whole(assignment), items), tmp_path)
    (cause,) = causes(report.result)
    assert cause.lost == report.score.marks.possible
    assert cause.title.startswith("Not written yet: ")
    assert cause.hint.startswith("Begin with `")
    assert of_report(report, find(assignment)) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_wrong_work_stands_for_every_check(assignment: str) -> None:
    assert {check for _, checks in sample(assignment).values() for check in checks} == {
        check for item in whole(assignment).items for check in item.checks
    }
