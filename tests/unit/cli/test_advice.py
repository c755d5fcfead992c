"""What is said when a fault of ours is in the way: the reason, and what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.cli.advice import advice
from grader.errors import HarnessError, IntakeError
from grader.model import Observation, Report
from grader.runs import Graded, Job
from kit import small_assignment as small

LOST = Observation("module", fault="the engine\nwent away \x1b[2J")


def outcomes(**made: Report | Exception) -> dict[str, Graded]:
    """Return what came of submissions, by their names."""
    jobs = {name: Job(Path(name), name, "small") for name in made}
    return {
        name: Graded.failed(jobs[name], each) if isinstance(each, Exception) else Graded(jobs[name], each.result)
        for name, each in made.items()
    }


def withheld() -> Report:
    """Return a report with points that a fault of ours keeps back."""
    return small.report(LOST, small.DICE)


def test_where_nothing_was_in_the_way_nothing_is_said() -> None:
    assert advice(outcomes(ann=small.report(), ben=IntakeError("ben: is empty"))) == ""


def test_withheld_points_are_named_with_the_reason_and_what_to_do() -> None:
    said = advice(outcomes(ann=small.report(), ben=withheld())).splitlines()
    assert said[1].startswith("  ben: 7 withheld, could not be judged: probe 'module': the engine went away ")
    assert said[-1].endswith("give the same command again: it grades these again and keeps the rest")
    assert "\x1b" not in "".join(said)


@pytest.mark.parametrize("error", [HarnessError("no container"), KeyError("W")])
def test_what_was_not_graded_by_a_fault_of_ours_is_named(error: Exception) -> None:
    assert "  ann: not graded: " in advice(outcomes(ann=error, ben=small.report()))


def test_a_reason_is_cut_short() -> None:
    report = small.report(replace(LOST, fault="x" * 500), small.DICE)
    assert max(map(len, advice(outcomes(ann=report)).splitlines())) < 300


def test_the_first_few_reasons_are_enough() -> None:
    said = advice(outcomes(**{f"s{k:02}": withheld() for k in range(30)})).splitlines()
    assert (len(said), said[6]) == (8, "  and 25 more")
