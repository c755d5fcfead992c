"""A calendar that jumps by hours while a submission is graded: nothing that is measured hangs on it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import Launcher, open_launcher
from kit import small_assignment as small
from kit.interrupting import graded

HOUR = 3600.0
now = time.time
JUMPS: dict[str, Callable[[int], float]] = {
    "forward": lambda k: 5 * HOUR * k,
    "back": lambda k: -5 * HOUR * k,
    "to and fro": lambda k: 5 * HOUR * (-1) ** k,
    "to the beginning": lambda k: -now(),
}


@pytest.fixture(params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    with open_launcher(request.param) as opened:
        yield opened


@pytest.mark.parametrize("jump", JUMPS)
def test_a_calendar_that_jumps_changes_no_score(
    tmp_path: Path, launcher: Launcher, jump: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = itertools.count(1)
    monkeypatch.setattr(time, "time", lambda: now() + JUMPS[jump](next(looks)))
    made = graded(small.hand_in(tmp_path / "alice"), small.ASSIGNMENT, launcher)
    assert (made.score.marks.earned, made.score.marks.withheld) == (7, 0)
    assert 0 <= made.evidence.seconds < HOUR
    assert all(0 <= seen.seconds < HOUR for seen in made.evidence.observations.values())
