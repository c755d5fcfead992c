"""What does not run, or is right at first, is given no name: a hint that names the wrong mistake is worse than none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignments import find
from grader.model import Finding
from grader.pipeline import load_rubric
from grader.sandbox import Launcher
from kit import warm
from kit.kept import grade
from kit.planted import bugs, hand_in

ASSIGNMENT = find("byomlp")
WHOLE = load_rubric(ASSIGNMENT)
# gradients and step alone: training takes longer than all the rest
PARTS = {"backprop": ("gradients_match", "step_descends")}
RUBRIC = replace(
    WHOLE,
    items=tuple(replace(item, checks=dict.fromkeys(PARTS[item.id], 1.0)) for item in WHOLE.items if item.id in PARTS),
)


@pytest.fixture(scope="module")
def launcher() -> Launcher:
    return warm.launcher("code")


def found(name: str, launcher: Launcher, folder: Path) -> dict[str, Finding]:
    """Return the findings on the gradients and the step of a planted bug."""
    (mutant,) = (mutant for mutant in bugs("byomlp") if mutant.name == name)
    report = grade(hand_in(mutant, folder), ASSIGNMENT, rubric=RUBRIC, launcher=launcher, seed=5)
    return {scored.finding.check: scored.finding for item in report.score.items for scored in item.findings}


@pytest.mark.parametrize(
    ("name", "diagnosis"),
    [
        ("backward_missing", ""),
        ("backward_not_implemented", "not_written"),
        ("bias_a_column", ""),
        ("networks_share_their_layers", ""),
    ],
)
def test_a_backward_that_breaks_off_is_given_no_name_of_a_mistake(
    name: str, diagnosis: str, launcher: Launcher, tmp_path: Path
) -> None:
    finding = found(name, launcher, tmp_path)["gradients_match"]
    assert "backward could not be tested" in finding.message
    assert finding.diagnosis == diagnosis


def test_a_backward_that_runs_on_some_networks_is_judged_by_these(launcher: Launcher, tmp_path: Path) -> None:
    finding = found("derivative_of_last_layer_always", launcher, tmp_path)["gradients_match"]
    assert finding.diagnosis == "last_layer_derivative"


def test_a_step_that_is_right_at_first_is_not_called_too_long(launcher: Launcher, tmp_path: Path) -> None:
    finding = found("step_with_momentum", launcher, tmp_path)["step_descends"]
    assert (finding.diagnosis, finding.message) == (
        "",
        "the first step is right, but the next one changes the parameters by a wrong amount",
    )
