"""Every main notebook gets the points that it states, check by check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import sandbox
from grader.assignments import find
from grader.model import REDUCED, Finding, Report, Rubric, Setting, Verdict
from grader.notebooks import reading
from grader.pipeline import grade, load_rubric
from kit.digits_samples import few
from main_notebooks import MAINS
from main_notebooks.handed_in import ALL, Main, replaced
from notebook_pairs.pair import Points

ASSIGNMENT = find("modules")
LOST = (Verdict.FAILED, Verdict.BLOCKED)
WAITING = frozenset({"plot_looks", "opinion_written"})
SEED = 20_261_125
each_main = pytest.mark.parametrize("main", MAINS, ids=lambda main: main.name)


@pytest.fixture(scope="module")
def launcher() -> Iterator[sandbox.Launcher]:
    with sandbox.open_launcher("process") as launcher:
        yield launcher


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return load_rubric(ASSIGNMENT)


@pytest.fixture(scope="module")
def setting(rubric: Rubric) -> Setting:
    return Setting(REDUCED, rubric.sizes[REDUCED], rubric.sizes[REDUCED], few(1000, 200))


def graded(main: Main, folder: Path, rubric: Rubric, setting: Setting, launcher: sandbox.Launcher) -> Report:
    for name, content in main.files().items():
        (folder / name).write_bytes(content)
    return grade(folder, ASSIGNMENT, rubric=rubric, launcher=launcher, seed=SEED, items=tuple(ALL), setting=setting)


def findings(report: Report) -> dict[str, Finding]:
    return {scored.finding.check: scored.finding for item in report.score.items for scored in item.findings}


def earned(report: Report, left_out: frozenset[str]) -> dict[str, Points]:
    """Return what each item got, without the checks that are left out."""
    kept = {
        item.id: [scored.marks for scored in item.findings if scored.finding.check not in left_out]
        for item in report.score.items
    }
    return {
        name: Points(sum(mark.earned for mark in marks), sum(mark.pending for mark in marks))
        for name, marks in kept.items()
    }


def reasons(report: Report) -> str:
    return "\n".join(f"{check}: {finding.verdict}, {finding.message}" for check, finding in findings(report).items())


# --- the notebooks, graded


@pytest.mark.slow
@each_main
def test_a_main_notebook_fails_exactly_the_checks_and_gets_exactly_the_points_that_it_states(
    main: Main, rubric: Rubric, setting: Setting, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    report = graded(main, tmp_path, rubric, setting, launcher)
    found = findings(report)
    lost = {check for check, finding in found.items() if finding.verdict in LOST}
    assert lost - main.may_fail == main.fails, reasons(report)
    assert earned(report, main.may_fail) == main.points, reasons(report)
    assert report.score.marks.withheld == 0, reasons(report)
    assert [(check, part) for check, part in main.says if part not in found[check].message] == [], reasons(report)


# --- the notebooks, as they are written down


def test_no_two_main_notebooks_have_one_name() -> None:
    assert len({main.name for main in MAINS}) == len(MAINS) >= 8


@each_main
def test_the_points_of_a_main_notebook_are_those_that_its_checks_leave(main: Main, rubric: Rubric) -> None:
    checks = {item.id: item.checks for item in rubric.items if item.id in ALL}
    left = {
        item: Points(
            sum(points for check, points in each.items() if check not in main.fails | main.may_fail | WAITING),
            sum(points for check, points in each.items() if check in WAITING - main.fails),
        )
        for item, each in checks.items()
    }
    assert left == main.points


@each_main
def test_a_main_notebook_names_only_checks_that_there_are(main: Main, rubric: Rubric) -> None:
    there = {check for item in rubric.items if item.id in ALL for check in item.checks}
    assert main.fails | main.may_fail | {check for check, _ in main.says} <= there
    assert not main.fails & main.may_fail


@each_main
def test_a_main_notebook_can_be_read(main: Main) -> None:
    read = reading.read(main.files()["HW3_main.ipynb"])
    assert read.problem == ""
    assert len(read.cells) > 5


def test_a_text_that_is_not_in_the_main_notebook_cannot_be_replaced() -> None:
    with pytest.raises(ValueError, match="'b' occurs 0 times, not once"):
        replaced("a", (("b", "c"),))
