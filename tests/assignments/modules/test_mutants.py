"""Every planted bug in a layer fails exactly the checks that it names; right layers in every style earn all points."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest

from grader import rubric, sandbox
from grader.assignments import find
from grader.assignments.modules.loading import FILE
from grader.calibration.trial import Trial
from grader.causes import of_items
from grader.model import Finding, Report, Rubric, Verdict
from grader.notebooks import reading
from grader.pipeline import load_rubric
from kit import warm
from kit.draws import drawn
from kit.kept import grade
from kit.planted import bugs, files, hand_in, must_fail, styles
from kit.wording import of_report

ASSIGNMENT = find("modules")
MUTANTS, STYLES = bugs("modules"), styles("modules")
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
LOST = (Verdict.FAILED, Verdict.BLOCKED)
# all others are told once
TWO_MISTAKES = (
    "softplus_without_logarithm",
    "class_nll_of_two_classes_not_clamped",
    "softmax_over_the_batch_and_overflow",
)
# docs/right-solutions.md tells of two hundred draws of every style
DRAWS = 1
each_style = pytest.mark.parametrize("style", STYLES)


@pytest.fixture(scope="module")
def launcher() -> sandbox.Launcher:
    return warm.launcher("code")


@pytest.fixture(scope="module")
def whole() -> Rubric:
    """Return the items that the classes are judged by."""
    return rubric.restrict(load_rubric(ASSIGNMENT), LAYERS)


def part(whole: Rubric, checks: frozenset[str]) -> Rubric:
    """Return the items that these checks belong to, so that only the probes that they need are run.

    Whether the notebook can be loaded at all is asked of every mutant.
    """
    items = [item for item in whole.items if checks & item.checks.keys() - {"modules_load"}]
    (sequential,) = (item for item in whole.items if item.id == "sequential")
    loads = replace(sequential, id="loads", points=0.0, checks={"modules_load": 0.0})
    return replace(whole, items=tuple(items) if sequential in items else (loads, *items))


def names(whole: Rubric) -> set[str]:
    return {name for item in whole.items for name in item.checks}


def graded(trial: Trial, folder: Path, rubric: Rubric, launcher: sandbox.Launcher, *, seed: int) -> Report:
    return grade(hand_in(trial, folder), ASSIGNMENT, rubric=rubric, launcher=launcher, seed=seed)


def findings(report: Report) -> list[Finding]:
    return [scored.finding for item in report.score.items for scored in item.findings]


def judged(report: Report, mutant: Trial) -> tuple[set[str], set[str]]:
    """Name the checks that lost their points, but for those that are a matter of luck, and those never judged."""
    lost = {finding.check for finding in findings(report) if finding.verdict in LOST}
    undecided = {finding.check for finding in findings(report) if finding.verdict is Verdict.UNDECIDED}
    return lost - mutant.may_fail, undecided


def reasons(report: Report) -> str:
    return "\n".join(f"{finding.check}: {finding.verdict}, {finding.message}" for finding in findings(report))


# --- the mutants, graded


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fails_exactly_the_checks_of_its_class_that_it_names(
    mutant: Trial, whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    asked = part(whole, mutant.fails or frozenset())
    report = graded(mutant, tmp_path, asked, launcher, seed=crc32(mutant.name.encode()))
    assert judged(report, mutant) == (must_fail(mutant), set()), reasons(report)
    assert mutant.diagnosis in {"", *(finding.diagnosis for finding in findings(report))}, reasons(report)
    assert of_report(report, ASSIGNMENT) == []
    assert len(of_items(report.score.items)) == (2 if mutant.name in TWO_MISTAKES else 1), reasons(report)


@pytest.mark.parametrize("mutant", MUTANTS[::16], ids=lambda mutant: mutant.name)
def test_a_mutant_costs_nothing_of_the_other_classes(
    mutant: Trial, whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    report = graded(mutant, tmp_path, whole, launcher, seed=crc32(mutant.name.encode()))
    assert judged(report, mutant) == (must_fail(mutant), set()), reasons(report)


# --- the right styles, graded


@each_style
def test_right_classes_in_every_style_earn_all_points(
    style: str, whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    hand_in(STYLES[style], tmp_path)
    reports = drawn(tmp_path, ASSIGNMENT, whole, launcher, draws=DRAWS, once=["modules"])
    assert {draw: reasons(report) for draw, report in reports.items() if report.score.marks.earned < 60} == {}


# --- the mutants and styles, as they are written down


def test_no_mutant_is_a_right_solution() -> None:
    right = [files(style) for style in STYLES.values()]
    assert [mutant.name for mutant in MUTANTS if files(mutant) in right] == []


def test_there_are_enough_mutants_and_styles() -> None:
    assert len(MUTANTS) >= 70
    assert len(STYLES) >= 7


def test_every_check_of_the_classes_is_failed_by_two_mutants_at_least(whole: Rubric) -> None:
    counts = Counter(name for mutant in MUTANTS for name in must_fail(mutant))
    assert set(counts) == names(whole)
    assert min(counts.values()) >= 2


def test_many_different_mistakes_are_diagnosed() -> None:
    assert len({mutant.diagnosis for mutant in MUTANTS} - {""}) >= 25


@each_style
def test_a_style_is_a_notebook_as_jupyter_writes_it_or_a_module(style: str) -> None:
    ((name, content),) = files(STYLES[style]).items()
    read = reading.read(content) if name == FILE else None
    assert (name, read.problem if read else "") in {(FILE, ""), ("hw3_modules.py", "")}
    assert b"# %%" not in content
    assert all(f"class {each}".encode() in content for each in ("Module", "ReLU", "MSECriterion", "Sequential"))


def test_one_style_is_a_module() -> None:
    assert [name for name, style in STYLES.items() if FILE not in files(style)] == ["plain_module"]
