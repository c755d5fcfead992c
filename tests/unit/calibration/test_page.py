from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.calibration.facts import as_data, at_a_glance, complaints
from grader.calibration.page import markdown
from grader.calibration.pictures import plots
from grader.calibration.summary import Calibration
from grader.calibration.trial import Group, Margin
from kit.calibration_samples import ABOUT, calibration, right, tried

ROOM = Margin("learns", "accuracy", 0.9, 0.97, 1, passed=True)
FOUND = calibration(
    right("dicts", margins=(ROOM,)),
    right("loops", "++-+"),
    tried("sign", "++-b", fails="gradient learns", diagnosis="flipped", named={"gradient": "flipped"}),
    tried("factor", "++-+", fails="gradient", diagnosis="doubled", named={"gradient": "flipped"}),
    tried("quiet", "++++", fails="gradient"),
    tried("a|b", "++++", group=Group.GENERATED, equivalent="x * 1 is x"),
    tried("lost", "", failure="no sandbox"),
    tried("template", "-+bb", group=Group.TEMPLATE),
    left_out=("notebook",),
)
PAGE = markdown([FOUND], ABOUT, folder="calibration")


@pytest.mark.parametrize(
    "text",
    [
        "| command | `mlpgrader calibrate --jobs 2` |",
        "| date | 2026-01-31 |",
        "| took | 61 s, and 104 s of processor time |",
        "| planted bugs caught | 2 of 3 (66.7 %) |",
        "| bugs that fail exactly the checks they name | 2 of 3 |",
        "| mistakes of the catalogue named | 1 of 2 (50 %); not named 0 |",
        "| bugs given a wrong name | 1 |",
        "Items whose notebooks have to be run are not in this run: notebook.",
        "![Detection matrix](calibration/small-matrix.png)",
        "![Thresholds](calibration/small-thresholds.png)",
        "| `gradient` | 2 | 0 | 1 | 1 |",
        "Checks that no bug fails: `loads`, `values`.",
        "| `learns` accuracy | 0.9 | 0.97 to 0.97 | 0.07 | no bug is told by it alone | 0 of 1 |",
        "| whose mistake is in the catalogue | 1 | 0 | 1 |",
        "| `story of a\\|b` | x * 1 is x |",
        "| `sign` | story of sign | `gradient`, `learns` | flipped |",
    ],
)
def test_the_page_says_what_was_found(text: str) -> None:
    assert text in PAGE


@pytest.mark.parametrize(
    "text",
    [
        "lost could not be graded in full: no sandbox",
        "loops is right and lost gradient (seed 7)",
        "the template earned 1",
        "quiet was not caught: story of quiet",
        "quiet did not lose gradient (seed 7)",
        "factor was called flipped, it is doubled (story of factor)",
    ],
)
def test_what_is_not_as_it_should_be_is_said_in_a_sentence(text: str) -> None:
    assert text in list(complaints(FOUND))
    assert f"- {text}" in PAGE


def test_a_calibration_without_complaints_says_so() -> None:
    page = markdown([calibration(right(), tried("a", "++-+", fails="gradient"))], ABOUT, folder="calibration")
    assert "Everything is as it should be." in page


def test_equivalent_changes_are_counted_apart() -> None:
    assert ("generated changes that change nothing", "1") in list(at_a_glance(FOUND))


def test_the_data_can_be_written_as_json_and_hold_every_grading() -> None:
    data = json.loads(json.dumps(as_data([FOUND], ABOUT), allow_nan=False))
    (small,) = data["assignments"]
    assert data["schema"] == "mlpgrader.calibration/1"
    assert [each["name"] for each in small["gradings"]] == [each.trial.name for each in FOUND.tried]
    assert small["checks"][2] == {"check": "gradient", "failed": 2, "blocked": 0, "alone": 1, "wronged": 1}


def test_the_plots_are_pictures_and_the_same_for_the_same_data() -> None:
    drawn = plots(FOUND)
    assert list(drawn) == ["small-matrix.png", "small-thresholds.png"]
    assert all(png.startswith(b"\x89PNG") for png in drawn.values())
    assert drawn == plots(FOUND)


@pytest.mark.parametrize("empty", [calibration(), calibration(right())])
def test_what_was_not_measured_has_no_plot(empty: Calibration) -> None:
    assert plots(empty) == {}
    assert "![" not in markdown([empty], ABOUT, folder="calibration")


def test_how_many_were_judged_from_kept_evidence_is_said_where_some_were() -> None:
    some = calibration(replace(tried("sign", "++-b"), kept=True), tried("factor", "++-+"), right("dicts"))
    assert ("judged from kept evidence", "1; run: 2") in at_a_glance(some)
    assert "judged from kept evidence" not in dict(at_a_glance(FOUND))
