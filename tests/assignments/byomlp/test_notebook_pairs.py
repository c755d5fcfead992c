"""Every pair of notebooks gets the points that it states, check by check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader import sandbox
from grader.assignments import find
from grader.model import REDUCED, Finding, Report, Rubric, Setting, Verdict
from grader.notebooks import reading
from grader.pipeline import grade, load_rubric, prepare
from mutants.byomlp import RIGHT, STYLES
from notebook_pairs import PAIRS
from notebook_pairs.pair import Notebook, Pair, Points, edit, split

ASSIGNMENT = find("byomlp")
ITEMS = ("classification", "autoencoder")
LOST = (Verdict.FAILED, Verdict.BLOCKED)
FEW = {"classification_train": 120, "classification_test": 60, "autoencoder_train": 330, "autoencoder_test": 100}
# one with which autoencoders learn at once: another initialisation may need several tries
SEED = 4_170_273_269
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)


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


def graded(pair: Pair, item: str, folder: Path, rubric: Rubric, setting: Setting, launcher: sandbox.Launcher) -> Report:
    """Grade one item of a pair, with nothing handed in but what belongs to it."""
    for name, content in pair.files(item, RIGHT).items():
        (folder / name).write_bytes(content)
    setting = limited(setting, few=item in pair.few, seconds=pair.seconds)
    return grade(folder, ASSIGNMENT, rubric=rubric, launcher=launcher, seed=SEED, items=(item,), setting=setting)


def limited(setting: Setting, *, few: bool, seconds: float | None) -> Setting:
    """Return the setting with so few images that all takes seconds, and with another limit for a cell, if asked for."""
    numbers = {**(FEW if few else {}), **({"cell_seconds": seconds} if seconds else {})}
    # at the reduced size no initialisation is blamed for having learned nothing
    size = REDUCED if few else setting.size
    return replace(setting, size=size, numbers={**setting.numbers, **numbers}, reduced={**setting.reduced, **numbers})


def earned(report: Report, item: str, left_out: frozenset[str]) -> Points:
    """Return what an item got, without the checks that are left out."""
    counted = [
        scored.marks
        for each in report.score.items
        for scored in each.findings
        if each.id == item and scored.finding.check not in left_out
    ]
    return Points(sum(marks.earned for marks in counted), sum(marks.pending for marks in counted))


def findings(report: Report) -> list[Finding]:
    return [scored.finding for item in report.score.items for scored in item.findings]


def reasons(report: Report) -> str:
    return "\n".join(f"{finding.check}: {finding.verdict}, {finding.message}" for finding in findings(report))


# --- the pairs, graded


@pytest.mark.slow
@pytest.mark.parametrize("item", ITEMS)
@each_pair
def test_a_pair_fails_exactly_the_checks_and_gets_exactly_the_points_that_it_states(
    pair: Pair, item: str, whole: Rubric, quick: Setting, launcher: sandbox.Launcher, tmp_path: Path
) -> None:
    report = graded(pair, item, tmp_path, whole, quick, launcher)
    (of_item,) = (each for each in whole.items if each.id == item)
    lost = {finding.check for finding in findings(report) if finding.verdict in LOST}
    assert lost - pair.open == pair.fails & of_item.checks.keys(), reasons(report)
    assert earned(report, item, pair.open) == pair.points[item], reasons(report)
    assert report.score.marks.withheld == 0, reasons(report)


# --- the pairs, as they are written down


def test_no_two_pairs_have_one_name() -> None:
    assert len({pair.name for pair in PAIRS}) == len(PAIRS) >= 14


@each_pair
def test_the_points_of_a_pair_are_those_that_its_checks_leave(pair: Pair, whole: Rubric) -> None:
    checks = {item.id: item.checks for item in whole.items if item.id in ITEMS}
    waiting = {"comparison_written"} - pair.fails
    left = {
        item: Points(
            sum(points for check, points in of_item.items() if check not in pair.fails | pair.open | waiting),
            sum(points for check, points in of_item.items() if check in waiting),
        )
        for item, of_item in checks.items()
    }
    assert left == pair.points


@each_pair
def test_a_pair_names_only_checks_that_there_are(pair: Pair, whole: Rubric) -> None:
    there = {check for item in whole.items if item.id in ITEMS for check in item.checks}
    assert pair.fails | pair.may_fail <= there
    assert not pair.fails & pair.may_fail
    assert "\n" in pair.mlp or pair.mlp in STYLES


@each_pair
def test_a_pair_is_written_as_jupyter_writes(pair: Pair) -> None:
    handed_in = [notebook for notebook in (pair.classification, pair.autoencoder) if notebook and notebook.raw is None]
    read = [reading.read(notebook.content()) for notebook in handed_in]
    assert [notebook.problem for notebook in read] == [""] * len(handed_in)
    assert all(len(notebook.cells) >= 4 for notebook in read)


def test_a_text_that_is_not_in_the_notebook_cannot_be_replaced() -> None:
    with pytest.raises(ValueError, match=r"'rate = 1' occurs 0 times in autoencoder_flat\.txt, not once"):
        edit("autoencoder_flat", ("rate = 1", "rate = 2")).content()


def test_cells_are_split_at_their_marks_and_put_in_the_order_asked_for() -> None:
    assert list(split("----- text\n# A\n\nb\n----- code\nx = 1\n\n")) == [("text", "# A\n\nb"), ("code", "x = 1")]
    cells = json.loads(Notebook("autoencoder_flat", order=(3, 0)).content())["cells"]
    assert ["".join(cell["source"])[:4] for cell in cells] == ["plot", "impo"]
