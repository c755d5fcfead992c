from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cli.outcomes import Outcome, failures, graded, in_brief, share, status, write_summary
from grader.errors import HarnessError, IntakeError
from grader.exports import summary_json
from grader.model import Marks, Report, Score
from kit import report_samples as samples
from kit import small_assignment as small

HERE = Path("alice")
UNREAD = Outcome(HERE, error=IntakeError("alice: is empty"))


def worth(earned: float, *, pending: float = 0.0, withheld: float = 0.0) -> Outcome:
    """Return the outcome of a submission with that many of 10 points."""
    report = small.report()
    return Outcome(HERE, replace(report, score=Score(Marks(earned, 10.0, pending, withheld), report.score.items)))


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
def test_the_exit_status_says_what_came_out(outcomes: list[Outcome], fail_under: float | None, expected: int) -> None:
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
    outcome = Outcome(HERE, error=error)
    assert outcome.failure == text
    assert outcome.line == f"not graded: {text}"


def test_the_line_of_an_outcome_says_what_is_withheld() -> None:
    assert worth(7.5, withheld=2).line == "7.5 of 10, 2 withheld"


def test_the_line_of_an_outcome_says_what_waits_for_a_person() -> None:
    assert worth(7.5, pending=1, withheld=1).line == "7.5 of 10, 1 pending, 1 withheld"


def test_a_report_in_brief_sums_up_to_the_same() -> None:
    whole: list[Report] = [samples.right(), samples.wrong(), samples.withheld()]
    brief = [in_brief(report) for report in whole]
    assert summary_json(brief, {}) == summary_json(whole, {})


def test_a_report_in_brief_holds_nothing_large() -> None:
    brief = in_brief(samples.right())
    findings = [scored.finding for item in brief.score.items for scored in item.findings]
    assert not brief.submission.files
    assert not brief.evidence.observations
    assert not any(finding.pictures for finding in findings)


def test_the_summary_has_those_that_were_graded_and_those_that_were_not(tmp_path: Path) -> None:
    outcomes = {"alice": worth(7.5), "bob": UNREAD}
    write_summary(tmp_path, graded(outcomes), failures(outcomes))
    summary = json.loads((tmp_path / "summary.json").read_bytes())
    rows = list(csv.reader((tmp_path / "summary.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["earned"] for row in summary["submissions"]] == [7.5]
    assert summary["failures"] == [{"id": "bob", "error": "alice: is empty"}]
    assert [row[0] for row in rows] == ["id", "alice", "bob"]
