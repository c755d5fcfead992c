from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignments import find
from grader.calibration.running import seed_of, try_out
from grader.calibration.trial import Group, Trial, Tried
from grader.errors import IntakeError
from grader.evidence import Store
from grader.model import Limits, Verdict
from grader.pipeline import load_rubric
from grader.sandbox import Launcher
from kit import warm

ASSIGNMENT = find("byomlp")
RUBRIC = replace(load_rubric(ASSIGNMENT), limits=Limits(call_seconds=20))
MLP = """
import numpy as np


class MLP:
    def __init__(self, d, est_lossderiv):
        self.sizes, self.layers = [d], []

    def add_layer(self, m, f, fderiv, name=None):
        W = 0.1 * np.random.randn(m, self.sizes[-1])
        self.layers.append((W, 0.1 * np.random.randn(m), f))
        self.sizes.append(m)
"""


@pytest.fixture(scope="module")
def launcher() -> Launcher:
    return warm.launcher("code")


def graded(launcher: Launcher, folder: Path, mlp: str, *, group: Group = Group.PLANTED) -> Tried:
    """Return what comes of grading the forward pass of an mlp.py."""
    trial = Trial("mine", group, {"mlp.py": mlp.encode()})
    path = folder / "mine"
    _, tried = try_out(trial, path, ASSIGNMENT, RUBRIC, items=("forward",), seed=3, launcher=launcher)
    assert not path.exists()
    return tried


def test_what_came_of_a_grading_is_kept_in_brief(launcher: Launcher, tmp_path: Path) -> None:
    tried = graded(launcher, tmp_path, MLP, group=Group.RIGHT)
    assert tried.verdicts["layer_shapes"] is Verdict.PASSED
    assert tried.verdicts["forward_values"] in (Verdict.FAILED, Verdict.BLOCKED)
    assert tried.lost["forward"] == 10 - tried.earned > 0
    assert (tried.seed, tried.failure, tried.withheld) == (3, "", 0)
    (margin,) = tried.margins
    assert (margin.check, margin.passed, margin.stricter) == ("initialisation", True, 1)
    assert margin.value < margin.turning < 1


def test_a_bug_has_margins_only_where_it_failed(launcher: Launcher, tmp_path: Path) -> None:
    assert graded(launcher, tmp_path, MLP).margins == ()
    (margin,) = graded(launcher, tmp_path, MLP.replace("W = 0.1", "W = 0.112")).margins
    assert (margin.check, margin.passed) == ("initialisation", False)
    assert margin.turning < margin.value


def test_a_trial_is_run_once_and_then_judged_from_what_was_kept(launcher: Launcher, tmp_path: Path) -> None:
    trial, store = Trial("mine", Group.RIGHT, {"mlp.py": MLP.encode()}), Store(tmp_path / "store")
    asked = {"items": ("forward",), "seed": 3, "launcher": launcher, "store": store}
    _, first = try_out(trial, tmp_path / "mine", ASSIGNMENT, RUBRIC, **asked)
    report, again = try_out(trial, tmp_path / "other", ASSIGNMENT, RUBRIC, **asked)
    assert (first.kept, again.kept, report.submission.id) == (False, True, "other")
    assert replace(again, kept=False, seconds=first.seconds) == first


def test_a_submission_that_cannot_be_read_is_an_error(launcher: Launcher, tmp_path: Path) -> None:
    trial = Trial("mine", Group.PLANTED, tmp_path / "nowhere.zip")
    with pytest.raises(IntakeError):
        try_out(trial, tmp_path / "mine", ASSIGNMENT, RUBRIC, items=("forward",), seed=3, launcher=launcher)


def test_seeds_are_the_same_for_the_same_run_and_others_for_others() -> None:
    seeds = [seed_of(base, name, number) for base in (1, 2) for name in ("a", "b") for number in (0, 1)]
    assert len(set(seeds)) == 8
    assert seed_of(1, "a", 0) == seeds[0]
