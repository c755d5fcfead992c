"""Judging the disc, from trials made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.assignments.byomlp.forward.checks import forward_values
from grader.assignments.byomlp.training.disc_checks import disc_separates
from grader.checks import failed, passed, run_checks
from grader.model import Evidence, Finding, Observation, Verdict

THRESHOLDS = {"disc_separates": {"accuracy": 0.93, "separability": 0.93}}
NOT_WRITTEN = {"kind": "raised", "message": "NotImplementedError: write MLP.step", "where": "mlp.py line 88, in step"}


def trial(losses: Sequence[float], problem: dict[str, str] | None = None) -> dict[str, Any]:
    """Return an initialisation with these losses that gets six in ten points right."""
    hidden = {"named": np.zeros((10, 2)), "pre_activation": None}
    return {"losses": list(losses), "accuracies": [0.6] * len(losses), "problem": problem, "hidden": hidden}


def judged(one: dict[str, Any], values: Finding) -> Finding:
    """Return the finding on the disc when forward_values has come out like this."""
    data = {"trials": [one], "classes": np.arange(10) % 2}
    evidence = Evidence({"disc": Observation("disc", data)}, seed=1, sandbox="process", seconds=1.0)
    known = {"mlp_loads": passed(), forward_values.name: values}
    checks = [forward_values, disc_separates]
    return run_checks(checks, evidence, THRESHOLDS, known=known)[1]


WRONG = failed("the bias is left out", hint="Look for the b.")


def test_a_disc_that_is_not_told_apart_is_paid_for_by_the_mistake_that_was_found() -> None:
    finding = judged(trial([0.7, 0.6, 0.65]), WRONG)
    assert finding.verdict is Verdict.PASSED
    assert "not judged" in finding.message


def test_it_costs_its_points_where_nothing_else_is_wrong() -> None:
    finding = judged(trial([0.7, 0.6, 0.65]), passed())
    assert finding.verdict is Verdict.FAILED
    assert "60.0 %" in finding.message


def test_a_training_that_changes_nothing_is_not_excused() -> None:
    finding = judged(trial([0.7, 0.7, 0.7]), WRONG)
    assert finding.verdict is Verdict.BLOCKED


def test_a_training_that_ends_in_an_error_is_not_excused() -> None:
    finding = judged(trial([], NOT_WRITTEN), WRONG)
    assert finding.verdict is Verdict.BLOCKED
    assert finding.hint == ""
