"""The report as data: schema `mlpgrader.report/2`, a public interface."""

from __future__ import annotations

from typing import Any

from grader import __version__
from grader.model import Marks, Report, ScoredFinding, ScoredItem
from grader.text import number, printable

SCHEMA = "mlpgrader.report/2"
# what reports of earlier graders say, which are still read: /1 called undecided what is pending now
READABLE = (SCHEMA, "mlpgrader.report/1")


def as_json(report: Report) -> dict[str, Any]:
    """Return `report` as plain data in the documented key order; `seconds` is the only value that timing changes."""
    return {
        "schema": SCHEMA,
        "assignment": report.assignment,
        "submission": {"id": printable(report.submission.id), "digest": report.submission.digest},
        "grader_version": __version__,
        "rubric_digest": report.rubric_digest,
        "seed": report.evidence.seed,
        "sandbox": report.evidence.sandbox,
        "seconds": number(round(report.evidence.seconds, 3)),
        "score": _marks(report.score.marks),
        "items": [_item(item) for item in report.score.items],
    }


def _marks(marks: Marks) -> dict[str, int | float]:
    return {
        "earned": number(marks.earned),
        "possible": number(marks.possible),
        "pending": number(marks.pending),
        "withheld": number(marks.withheld),
    }


def _item(item: ScoredItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        **_marks(item.marks),
        "findings": [_finding(scored) for scored in item.findings],
    }


def _finding(scored: ScoredFinding) -> dict[str, Any]:
    finding = scored.finding
    return {
        "check": finding.check,
        "title": printable(finding.title),
        "verdict": str(finding.verdict),
        **_marks(scored.marks),
        "message": printable(finding.message, newlines=True),
        "hint": printable(finding.hint, newlines=True),
        "diagnosis": printable(finding.diagnosis) or None,
    }
