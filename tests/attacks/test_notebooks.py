"""Notebooks that do harm, or are hardly notebooks: graded as any other, they cost their own points and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from attacks import notebooks, table
from attacks.notebooks import NOTEBOOKS, Notebook
from attacks.test_attacks import KINDS, MARKS, opens
from grader.model import Report, Transcript, Verdict
from grader.sandbox import Launcher, open_launcher

# what was graded once serves several tests
pytestmark = [pytest.mark.xdist_group("hostile notebooks")]
TRIED = [
    pytest.param(kind, attack, marks=marks, id=f"{kind}-{attack.name}")
    for kind, marks in MARKS.items()
    for attack in NOTEBOOKS
    if attack.pattern(kind) is not None and attack.name != "everything"
]


@pytest.fixture(scope="module", params=KINDS)
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    with open_launcher(request.param) as launcher:
        yield launcher


@pytest.mark.parametrize(("launcher", "attack"), TRIED, indirect=["launcher"])
def test_a_hostile_notebook_costs_its_own_points(attack: Notebook, launcher: Launcher, tmp_path: Path) -> None:
    made = notebooks.graded(attack, launcher, tmp_path)
    found = table.finding(made, attack.check)
    wanted, told = str(attack.pattern(launcher.name)), found.message
    assert re.search(wanted, told)
    assert len(told) < 2_000
    assert (made.score.items[0].marks.earned, made.score.marks.withheld) == (table.SPARED, 0.0)
    assert made.score.marks.earned >= attack.keeps
    assert opens(tmp_path / "out")


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Report, Path]]:
    """Return what grades the notebook that tries everything at once, in each sandbox once: it takes most of a minute."""
    (attack,) = (each for each in NOTEBOOKS if each.name == "everything")

    @cache
    def once(kind: str) -> tuple[Report, Path]:
        folder = tmp_path_factory.mktemp("everything")
        with open_launcher(kind) as launcher:
            return notebooks.graded(attack, launcher, folder), folder

    return once


@pytest.fixture(params=KINDS)
def everything(request: pytest.FixtureRequest, tried: Callable[[str], tuple[Report, Path]]) -> tuple[Report, Path]:
    """Return what came of the notebook that tries everything at once, and where."""
    return tried(request.param)


def test_what_a_notebook_does_besides_costs_nothing(everything: tuple[Report, Path]) -> None:
    made, _ = everything
    assert table.finding(made, "small_architecture").verdict is Verdict.PASSED
    assert (made.score.items[0].marks.earned, made.score.marks.withheld) == (table.SPARED, 0.0)


def test_no_shell_and_no_file_of_the_submissions_own_is_run(everything: tuple[Report, Path]) -> None:
    made, folder = everything
    assert not (folder / "mark").exists()
    assert table.PLANTED not in made.evidence.output


def test_what_is_shown_of_a_hostile_notebook_is_bounded_and_inert(everything: tuple[Report, Path]) -> None:
    assert opens(everything[1] / "out")


def test_a_forged_message_reports_no_accuracy(everything: tuple[Report, Path]) -> None:
    assert table.finding(everything[0], "accuracies_reported").verdict is not Verdict.PASSED


def test_a_picture_too_large_for_a_browser_is_not_in_the_page(everything: tuple[Report, Path]) -> None:
    made, folder = everything
    transcripts = [
        each
        for item in made.score.items
        for scored in item.findings
        for each in scored.finding.for_staff
        if isinstance(each, Transcript)
    ]
    pictures = [
        output.png for each in transcripts for cell in each.cells for output in cell.outputs if output.kind == "png"
    ]
    assert [len(picture) < 1_000_000 for picture in pictures] == [True]
    page = (folder / "out" / "staff.html").read_text(encoding="utf-8")
    assert "no PNG that a page can show safely" in page
