"""Findings times rubric: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum

from grader.errors import HarnessError
from grader.model import Finding, Marks, Rubric, Score, ScoredFinding, ScoredItem, Verdict


def score(rubric: Rubric, findings: Iterable[Finding]) -> Score:
    """Return the points: a check that passed earns them, failed or blocked loses them, undecided withholds them.

    Those of a pending check wait for a person. Findings of checks that the rubric does not name are passed
    over. HarnessError when one of its checks has no finding, or two.
    """
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.check in found:
            raise HarnessError(f"check '{finding.check}' has two findings; there must be one")
        found[finding.check] = finding
    missing = [check for item in rubric.items for check in item.checks if check not in found]
    if missing:
        raise HarnessError(f"no finding for the checks {', '.join(missing)}; every check of the rubric must be judged")
    items = []
    for item in rubric.items:
        scored = tuple(
            ScoredFinding(found[check], _marks(found[check], points)) for check, points in item.checks.items()
        )
        items.append(ScoredItem(item.id, item.title, _total(each.marks for each in scored), scored))
    return Score(_total(item.marks for item in items), tuple(items))


def _marks(finding: Finding, points: float) -> Marks:
    return Marks(
        earned=points if finding.verdict is Verdict.PASSED else 0.0,
        possible=points,
        pending=points if finding.verdict is Verdict.PENDING else 0.0,
        withheld=points if finding.verdict is Verdict.UNDECIDED else 0.0,
    )


def _total(marks: Iterable[Marks]) -> Marks:
    each = tuple(marks)
    return Marks(
        earned=fsum(mark.earned for mark in each),
        possible=fsum(mark.possible for mark in each),
        pending=fsum(mark.pending for mark in each),
        withheld=fsum(mark.withheld for mark in each),
    )
