from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.cli.outcomes import became, failures, line, results, share, status
from grader.errors import HarnessError, IntakeError
from grader.model import Marks
from grader.runs import Graded, Job
from kit import small_assignment as small

JOB = Job(Path("alice"), "alice", "small")
UNREAD = Graded.failed(JOB, IntakeError("alice: is empty"))


def worth(earned: float, *, pending: float = 0.0, withheld: float = 0.0) -> Graded:
    """Return the outcome of a submission with that many of 10 points."""
    return Graded(JOB, replace(small.report().result, marks=Marks(earned, 10.0, pending, withheld)))


@pytest.mark.parametrize(
    ("marks", "percent"),
    [
        (Marks(25, 25), 100),
        (Marks(5, 10), 50),
        (Marks(0, 10), 0),
        (Marks(6, 10, pending=4), 100),
        (Marks(3, 10, withheld=4), 50),
        (Marks(0, 10, pending=10), 100),
    ],
)
def test_points_that_are_not_settled_count_neither_as_earned_nor_as_lost(marks: Marks, percent: float) -> None:
    assert share(marks) == pytest.approx(percent)


@pytest.mark.parametrize(
    ("outcomes", "fail_under", "expected"),
    [
        ([worth(0)], None, 0),
        ([worth(10)], 100.0, 0),
        ([worth(10), worth(9.75)], 100.0, 3),
        ([worth(3)], 30.0, 0),
        ([worth(8, pending=2)], 100.0, 0),
        ([worth(8, withheld=2)], None, 1),
        ([worth(1, withheld=2)], 100.0, 1),
        ([worth(10), UNREAD], None, 1),
        ([worth(1), UNREAD], 100.0, 1),
    ],
)
def test_the_exit_status_says_what_came_out(outcomes: list[Graded], fail_under: float | None, expected: int) -> None:
    named = {str(number): outcome for number, outcome in enumerate(outcomes)}
    assert status(named, fail_under=fail_under) == expected


def test_who_did_not_reach_the_percentage_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    status({"alice": worth(9)}, fail_under=95.0)
    assert "alice earned 90 %, less than --fail-under 95" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (IntakeError("alice: is empty"), "alice: is empty"),
        (HarnessError("no container"), "no container"),
        (KeyError("w"), "this is a fault of the grader: KeyError: 'w'; run again with --debug"),
    ],
)
def test_a_failure_says_whose_it_is(error: Exception, text: str) -> None:
    outcome = Graded.failed(JOB, error)
    assert failures({"alice": outcome}) == {"alice": text}
    assert line(outcome) == f"not graded: {text}"


def test_the_line_of_an_outcome_says_what_is_withheld() -> None:
    assert line(worth(7.5, withheld=2)) == "7.5 of 10, 2 withheld"


def test_the_line_of_an_outcome_says_what_waits_for_a_person() -> None:
    assert line(worth(7.5, pending=1, withheld=1)) == "7.5 of 10, 1 pending, 1 withheld"


def test_two_attempts_of_one_student_go_by_their_folders() -> None:
    second = replace(worth(5), job=replace(JOB, id="alice+2"))
    assert [each.id for each in results({"alice": worth(3), "alice+2": second})] == ["alice", "alice+2"]


@pytest.mark.parametrize(
    ("outcome", "word"), [(worth(3), "done"), (worth(3, withheld=1), "withheld"), (UNREAD, "not graded")]
)
def test_what_became_of_it_is_counted_by_a_word(outcome: Graded, word: str) -> None:
    assert became(outcome) == word
