"""Whatever answers student code gives, in any form that travels, checks come to a verdict: nothing is withheld."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import pipeline
from grader.assignments import find
from grader.calibration.course import plain_items
from grader.model import Finding, Setting, Verdict
from grader.pipeline import selection
from kit import ROOT, hostile_answers
from kit.hostile_answers import Change, judging

ASSIGNMENTS = ("byomlp", "modules")
# few, so that a lie goes a long way, or nearly all
SHARES = st.sampled_from([0.002, 0.005, 0.02, 0.2, 0.8])
PROFILE = settings(max_examples=6, deadline=None, derandomize=True)


@cache
def asked(name: str) -> Callable[[Change], tuple[Finding, ...]]:
    """Ask the reference once, and return what judges its answers with changes in them."""
    assignment = find(name)
    rubric = pipeline.load_rubric(assignment)
    items = plain_items(assignment, rubric)
    chosen = selection.only(rubric, items)
    probes = selection.needed_probes(assignment, chosen)
    checks = selection.needed_checks(assignment, chosen)
    submission = pipeline.receive(ROOT / "reference" / name, assignment, rubric, items=items)
    return judging(probes, checks, submission, assignment.inside, rubric, Setting(parameters=rubric.parameters))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_same_answers_again_are_judged_as_the_first_time(name: str) -> None:
    found = asked(name)(lambda _place, _operation, raw: raw)
    assert {each.check: each.message for each in found if each.verdict is not Verdict.PASSED} == {}


@pytest.mark.parametrize("name", ASSIGNMENTS)
@PROFILE
@given(share=SHARES, seed=st.integers(0, 2**32 - 1))
def test_no_answer_makes_a_check_stumble(name: str, share: float, seed: int) -> None:
    found = asked(name)(hostile_answers.hostile(np.random.default_rng(seed), share))
    assert [(each.check, each.message) for each in found if each.verdict is Verdict.UNDECIDED] == []
