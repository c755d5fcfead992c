"""What became of the submissions of a run: kept in brief, summed up on disk, shown, and turned into an exit status."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader import atomic, exports
from grader.cli import GRADED, UNDER, UNSETTLED
from grader.errors import HarnessError, IntakeError
from grader.model import Marks, Report, ScoredFinding, ScoredItem
from grader.pipeline.delivery import as_text
from grader.text import number, points, printable

SUMMARY = "summary.json"
SPREADSHEET = "summary.csv"


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: a report, or the error that kept it from being graded."""

    path: Path
    report: Report | None = None
    error: BaseException | None = None

    @property
    def failure(self) -> str:
        """Why there is no report; empty when there is one."""
        if self.error is None or isinstance(self.error, IntakeError | HarnessError):
            return str(self.error or "")
        return f"this is a fault of the grader: {type(self.error).__name__}: {self.error}; run again with --debug"

    @property
    def line(self) -> str:
        """The outcome in a few words."""
        if self.report is None:
            return f"not graded: {self.failure}"
        marks = self.report.score.marks
        open_ones = ((marks.pending, "pending"), (marks.withheld, "withheld"))
        rest = "".join(f", {points(value)} {word}" for value, word in open_ones if value)
        return f"{points(marks.earned)} of {points(marks.possible)}{rest}"


Outcomes = Mapping[str, Outcome]


def in_brief(report: Report) -> Report:
    """Return `report` without what only its own pages need, so that a class of reports fits into memory."""
    return replace(
        report,
        submission=replace(report.submission, files={}),
        score=replace(report.score, items=tuple(_item(item) for item in report.score.items)),
        evidence=replace(report.evidence, observations={}, output=""),
    )


def graded(outcomes: Outcomes) -> list[Report]:
    """Return the reports of those that were graded."""
    return [outcome.report for outcome in outcomes.values() if outcome.report]


def failures(outcomes: Outcomes) -> dict[str, str]:
    """Return why the others were not."""
    return {name: outcome.failure for name, outcome in outcomes.items() if outcome.failure}


def write_summary(out: Path, reports: list[Report], unread: Mapping[str, str]) -> None:
    """Write the summary of a run into its folder; AuthorError when that cannot be done."""
    atomic.write(out / SPREADSHEET, exports.summary_csv(reports, unread))
    atomic.write(out / SUMMARY, as_text(exports.summary_json(reports, unread)))


def share(marks: Marks) -> float:
    """Return the percentage of the settled points that was earned; 100 when none is settled yet."""
    settled = marks.earned + marks.lost
    return 100.0 * marks.earned / settled if settled else 100.0


def status(outcomes: Outcomes, *, fail_under: float | None) -> int:
    """Return the exit status, and say on standard error who did not reach `fail_under` percent."""
    reports = graded(outcomes)
    # the last bit of a quotient must not decide
    under = [made for made in reports if fail_under is not None and share(made.score.marks) < fail_under - 1e-9]
    for made in under:
        print(
            f"mlpgrader: {printable(made.submission.id)} earned {number(round(share(made.score.marks), 2))} %, "
            f"less than --fail-under {number(fail_under or 0)}",
            file=sys.stderr,
        )
    if failures(outcomes) or any(made.score.marks.withheld for made in reports):
        return UNSETTLED
    return UNDER if under else GRADED


def _item(item: ScoredItem) -> ScoredItem:
    return replace(item, findings=tuple(_finding(scored) for scored in item.findings))


def _finding(scored: ScoredFinding) -> ScoredFinding:
    return replace(scored, finding=replace(scored.finding, pictures=()))
