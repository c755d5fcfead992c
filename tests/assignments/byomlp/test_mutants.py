"""Every planted bug fails exactly the checks that it names; right solutions in every style earn all points."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from grader import rubric, sandbox
from grader.assignments import find
from grader.calibration.trial import Trial
from grader.causes import of_items
from grader.model import Finding, Report, Rubric, Verdict
from grader.pipeline import load_rubric
from kit import warm
from kit.draws import drawn
from kit.kept import grade
from kit.planted import bugs, hand_in, must_fail, only, styles, text
from kit.wording import of_report

ASSIGNMENT = find("byomlp")
MUTANTS, STYLES = bugs("byomlp"), styles("byomlp")
DISC = "disc_separates"
LOST = (Verdict.FAILED, Verdict.BLOCKED)
HANGING = "backward_never_ends"
PROMPT = [mutant for mutant in MUTANTS if mutant.name != HANGING]
# every network holds the layers of all before it: training one more takes ever longer
GROWING = "networks_share_their_layers"
# to train the network of the disc takes most of a grading: of the bugs that say nothing of it, so many train it, too
TRAINING = tuple(mutant.name for mutant in PROMPT[::8])
# one mistake that many checks meet, told once
ONE_CARD = (
    "bias_a_column",
    "derivative_at_the_layer_before",
    "forward_returns_all_layers",
    "forward_returns_nothing",
    "gradient_is_nan",
    "gradients_not_stored",
    "last_activation_twice",
    "networks_share_their_layers",
    "no_activation_in_hidden_layers",
    "nothing_written_yet",
    "running_mean",
    "step_without_rate",
)
# docs/right-solutions.md tells of two hundred draws of every style
DRAWS = 1
each_style = pytest.mark.parametrize("style", STYLES)
each_mutant = pytest.mark.parametrize("mutant", PROMPT, ids=lambda mutant: mutant.name)


@pytest.fixture(scope="module")
def launcher() -> sandbox.Launcher:
    return warm.launcher("code")


@pytest.fixture(scope="module")
def whole() -> Rubric:
    """Return the items that mlp.py is judged by."""
    return rubric.restrict(load_rubric(ASSIGNMENT), ("forward", "backprop"))


def names(whole: Rubric) -> set[str]:
    return {name for item in whole.items for name in item.checks}


def graded(text: str, folder: Path, rubric: Rubric, launcher: sandbox.Launcher, *, seed: int) -> Report:
    (folder / "mlp.py").write_text(text, encoding="utf-8")
    return grade(folder, ASSIGNMENT, rubric=rubric, launcher=launcher, seed=seed)


def findings(report: Report) -> list[Finding]:
    return [scored.finding for item in report.score.items for scored in item.findings]


def judged(report: Report, mutant: Trial) -> tuple[set[str], set[str]]:
    """Name the checks that lost their points, but for those that are a matter of luck, and those never judged."""
    lost = {finding.check for finding in findings(report) if finding.verdict in LOST}
    undecided = {finding.check for finding in findings(report) if finding.verdict is Verdict.UNDECIDED}
    return lost - mutant.may_fail, undecided


def expected(mutant: Trial, asked: Rubric) -> tuple[set[str], set[str]]:
    return must_fail(mutant) & names(asked), set()


def reasons(report: Report) -> str:
    return "\n".join(f"{finding.check}: {finding.verdict}, {finding.message}" for finding in findings(report))


@each_mutant
def test_a_mutant_fails_exactly_the_checks_it_names(
    mutant: Trial, whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    trains = mutant.name in TRAINING or DISC in must_fail(mutant)
    asked = whole if trains and mutant.name != GROWING else only(whole, names(whole) - {DISC})
    report = graded(text(mutant), tmp_path, asked, launcher, seed=crc32(mutant.name.encode()))
    assert judged(report, mutant) == expected(mutant, asked), reasons(report)
    assert mutant.diagnosis in {"", *(finding.diagnosis for finding in findings(report))}, reasons(report)
    assert of_report(report, ASSIGNMENT) == []
    assert mutant.name not in ONE_CARD or len(of_items(report.score.items)) == 1, reasons(report)


def test_a_backward_that_never_ends_costs_only_what_needs_it(
    whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    (mutant,) = (mutant for mutant in MUTANTS if mutant.name == HANGING)
    impatient = replace(whole, limits=replace(whole.limits, call_seconds=1.0))
    report = graded(text(mutant), tmp_path, impatient, launcher, seed=1)
    assert judged(report, mutant) == expected(mutant, whole), reasons(report)


@each_style
def test_right_solutions_in_every_style_earn_all_points(
    style: str, whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    hand_in(STYLES[style], tmp_path)
    reports = drawn(tmp_path, ASSIGNMENT, whole, launcher, draws=DRAWS, once=["disc"])
    assert {draw: reasons(report) for draw, report in reports.items() if report.score.marks.earned < 25} == {}


def test_every_draw_asks_with_other_numbers(whole: Rubric, launcher: sandbox.Launcher, tmp_path: Path) -> None:
    hand_in(STYLES["dicts"], tmp_path)
    one, other = drawn(tmp_path, ASSIGNMENT, only(whole, {"gradients_match"}), launcher, draws=2).values()
    seen = [report.evidence.observations["backward"].data["networks"][0]["objects"][0]["x"] for report in (one, other)]
    assert not np.array_equal(*seen)
    assert one.score.marks == other.score.marks
    assert [each.verdict for each in one.result.findings] == [each.verdict for each in other.result.findings]


def test_no_mutant_is_a_right_solution() -> None:
    right = {text(style) for style in STYLES.values()}
    assert [mutant.name for mutant in MUTANTS if text(mutant) in right] == []


def test_there_are_enough_mutants_and_styles() -> None:
    assert len(MUTANTS) >= 60
    assert len(STYLES) >= 12


def test_every_check_of_the_rubric_is_failed_by_two_mutants_at_least(whole: Rubric) -> None:
    counts = Counter(name for mutant in MUTANTS for name in mutant.fails or ())
    assert set(counts) == names(whole)
    assert min(counts.values()) >= 2


@each_style
def test_a_right_solution_is_no_longer_than_students_write(style: str) -> None:
    lines = text(STYLES[style]).splitlines()
    assert len(lines) < 80
