"""The report as data: schema `mlpgrader.report/2`, a public interface."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from grader import __version__
from grader.causes import Cause, causes
from grader.model import Finding, Marks, Result, ScoredFinding, ScoredItem, Verdict
from grader.text import number, printable

SCHEMA = "mlpgrader.report/2"
# what reports of earlier graders say, which are still read: /1 called undecided what is pending now
READABLE = (SCHEMA, "mlpgrader.report/1")
# so much of what is allowed is rounding
ROUNDING = 1e-3


def as_json(result: Result) -> dict[str, Any]:
    """Return `result` as plain data in the documented key order; `seconds` is the only value that timing changes."""
    return {
        "schema": SCHEMA,
        "assignment": result.assignment,
        "submission": {"id": printable(result.id), "digest": result.digest},
        "grader_version": __version__,
        "rubric_digest": result.rubric_digest,
        "seed": result.seed,
        "sandbox": result.sandbox,
        "seconds": number(round(result.seconds, 3)),
        "score": _marks(result.marks),
        "items": [_item(item) for item in result.items],
        "causes": [_cause(cause) for cause in causes(result)],
        **({"notices": [printable(each) for each in result.notices]} if result.notices else {}),
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
        **({"pattern": printable(finding.pattern)} if finding.pattern else {}),
        **_measured(finding.margin),
    }


def _measured(margin: float | None) -> dict[str, float]:
    """Return a margin as it is told: in two digits, as rounding differs from machine to machine, and none that is not finite."""
    if margin is None or not math.isfinite(margin):
        return {}
    return {"margin": number(float(f"{margin:.2g}")) if margin >= ROUNDING else 0}


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind,
        "title": printable(cause.title),
        "message": printable(cause.message, newlines=True),
        "hint": printable(cause.hint, newlines=True),
        "lost": number(cause.lost),
        "check": cause.lead.finding.check,
        "others": [each.finding.check for each in cause.others],
        "spared": [each.finding.check for each in cause.spared],
        "unwritten": [printable(name) for name in cause.unwritten],
    }


def from_json(data: Mapping[str, Any]) -> Result:
    """Return the result that a report of one of the `READABLE` schemas tells of; ValueError for anything else."""
    try:
        if data["schema"] not in READABLE:
            raise ValueError(f"schema {data['schema']!r}, not one of {', '.join(READABLE)}")
        return Result(
            id=data["submission"]["id"],
            digest=data["submission"]["digest"],
            assignment=data["assignment"],
            assignment_title="",
            rubric_digest=data["rubric_digest"],
            seed=data["seed"],
            sandbox=data["sandbox"],
            seconds=data["seconds"],
            marks=_marks_of(data["score"]),
            items=tuple(_item_of(item) for item in data["items"]),
            notices=tuple(map(str, data.get("notices", ()))),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no report ({type(error).__name__}: {error})") from error


def result_of(data: Mapping[str, Any]) -> Result | None:
    """Return the result that a report tells of, None where it is no report that can be read."""
    try:
        return from_json(data)
    except ValueError:
        return None


def _marks_of(data: Mapping[str, Any]) -> Marks:
    return Marks(*(float(data[kind]) for kind in ("earned", "possible", "pending", "withheld")))


def _item_of(data: Mapping[str, Any]) -> ScoredItem:
    return ScoredItem(data["id"], data["title"], _marks_of(data), tuple(_finding_of(each) for each in data["findings"]))


def _finding_of(data: Mapping[str, Any]) -> ScoredFinding:
    marks, verdict = _marks_of(data), Verdict(data["verdict"])
    if verdict is Verdict.UNDECIDED and marks.pending:
        verdict = Verdict.PENDING
    told = {name: data[name] for name in ("message", "hint")}
    told |= {"diagnosis": data["diagnosis"] or "", "pattern": str(data.get("pattern", ""))}
    margin = data.get("margin")
    measured = float(margin) if isinstance(margin, int | float) else None
    return ScoredFinding(Finding(data["check"], data["title"], verdict, **told, margin=measured), marks)
