"""What becomes of a finding from one attempt to the next."""

from __future__ import annotations

import pytest

from grader.insight.attempts import repaired
from grader.insight.gathering import latest
from grader.model import Verdict
from kit.glancing import found, standing

P, F = Verdict.PASSED, Verdict.FAILED


def test_a_share_is_over_those_who_had_it_and_were_judged_again() -> None:
    wrong = found("gradients", F, diagnosis="sign")
    pairs = [(wrong, found("gradients", again)) for again in (P, F, P)]
    standings = [standing(f"s{k}", each, attempt=n) for k, pair in enumerate(pairs) for n, each in enumerate(pair, 1)]
    (one,) = repaired(latest(standings).again)
    assert (one.check, one.diagnosis, one.places, one.repaired) == ("gradients", "sign", (0, 1, 2), (0, 2))


@pytest.mark.parametrize("again", [Verdict.BLOCKED, Verdict.PENDING, Verdict.UNDECIDED])
def test_what_was_not_judged_again_says_nothing(again: Verdict) -> None:
    standings = [standing("ann", found("a", F)), standing("ann", found("a", again), attempt=2)]
    assert repaired(latest(standings).again) == ()


def test_each_step_of_several_attempts_counts() -> None:
    standings = [standing("ann", found("a", verdict), attempt=n) for n, verdict in enumerate((F, F, P), 1)]
    (one,) = repaired(latest(standings).again)
    assert (one.places, one.repaired) == ((0, 0), (0,))
