from __future__ import annotations

import pytest

from grader.calibration.margins import margins, turning_point
from grader.checks import check, failed, passed
from grader.model import Evidence, Finding, Observation, Verdict


@check(reads=["seen"], thresholds=["accuracy"])
def learns(seen: Observation, *, accuracy: float) -> Finding:
    """It learns"""
    return passed() if seen.data["accuracy"] >= accuracy else failed("too little", hint="more")


@check(reads=["seen"], thresholds=["errors"])
def is_random(seen: Observation, *, errors: float) -> Finding:
    """It is random"""
    return passed() if seen.data["off"] <= errors else failed("too far off", hint="draw")


CHECKS = (learns, is_random)
THRESHOLDS = {"learns": {"accuracy": 0.9}, "is_random": {"errors": 6.0}}


def evidence(accuracy: float, off: float) -> Evidence:
    return Evidence({"seen": Observation("seen", {"accuracy": accuracy, "off": off})}, 1, "process", 0.0)


def findings(**verdicts: Verdict) -> dict[str, Finding]:
    return {name: Finding(name, "", verdict) for name, verdict in verdicts.items()}


@pytest.mark.parametrize(("accuracy", "verdict"), [(0.97, Verdict.PASSED), (0.6, Verdict.FAILED)])
def test_a_threshold_of_which_more_is_asked_turns_where_the_value_is(accuracy: float, verdict: Verdict) -> None:
    (margin,) = margins(CHECKS, findings(learns=verdict), evidence(accuracy, 1.0), THRESHOLDS)
    assert margin.turning == pytest.approx(accuracy, rel=2e-3)
    assert (margin.check, margin.name, margin.value, margin.stricter) == ("learns", "accuracy", 0.9, 1)


@pytest.mark.parametrize(("off", "verdict"), [(2.5, Verdict.PASSED), (31.0, Verdict.FAILED), (0.001, Verdict.PASSED)])
def test_a_threshold_of_which_less_is_asked_is_stricter_the_other_way(off: float, verdict: Verdict) -> None:
    (margin,) = margins(CHECKS, findings(is_random=verdict), evidence(0.9, off), THRESHOLDS)
    assert margin.turning == pytest.approx(off, rel=2e-3)
    assert (margin.stricter, margin.passed) == (-1, verdict is Verdict.PASSED)


@pytest.mark.parametrize("verdict", [Verdict.BLOCKED, Verdict.UNDECIDED])
def test_what_was_not_judged_has_no_margin(verdict: Verdict) -> None:
    assert margins(CHECKS, findings(learns=verdict), evidence(0.97, 1.0), THRESHOLDS) == ()


def test_only_the_verdicts_asked_for_are_looked_into() -> None:
    found = margins(
        CHECKS,
        findings(learns=Verdict.PASSED, is_random=Verdict.FAILED),
        evidence(0.97, 9.0),
        THRESHOLDS,
        verdicts=(Verdict.FAILED,),
    )
    assert [each.check for each in found] == ["is_random"]


def test_what_fails_for_another_reason_has_no_turning_point() -> None:
    assert turning_point(lambda value: False, 0.5, here=False) is None


def test_a_threshold_of_zero_has_no_turning_point() -> None:
    assert turning_point(lambda value: value < 1, 0.0, here=True) is None


@pytest.mark.parametrize("turning", [1e-11, 0.02, 0.031, 0.2, 3e8])
def test_a_turning_point_is_found_far_and_near(turning: float) -> None:
    found = turning_point(lambda value: value <= turning, 0.03, here=turning >= 0.03)
    assert found == pytest.approx(turning, rel=3e-3)
