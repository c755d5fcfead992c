"""The score in the forms that other programs read: Gradescope's results, and a class as CSV or JSON."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from grader import __version__
from grader.model import Report, ScoredFinding, Verdict
from grader.text import number, points, printable

SUMMARY_SCHEMA = "mlpgrader.summary/1"
MARKS = ("earned", "possible", "pending", "withheld")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
# a spreadsheet takes a cell that begins so for a formula; where it separates by semicolons, one begins after each
FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@＝＋－＠])")
WITHHELD = "The grader had a fault here, not your code: these points are withheld until staff have graded it again."
PENDING = "A person reads this part of your work; its points come later."
WAITS = "Waits for a person"
UNLOOKED = "Not looked at yet, because something it depends on did not pass:"


def gradescope(report: Report) -> dict[str, Any]:
    """Return `report` as the data of a Gradescope ``results.json``: one test a finding, numbered ``item.check``.

    Withheld points count 0 there until they are decided, and the texts say so. What waits for a person is neither passed nor
    failed: it has a text but no score, so that pending points are missing from what the tests add up to.
    """
    return {
        "score": number(report.score.marks.earned),
        "execution_time": round(float(report.evidence.seconds), 3),
        "output": _overview(report),
        "output_format": "text",
        "visibility": "visible",
        "tests": [
            _test(f"{k}.{n}", item.title, scored)
            for k, item in enumerate(report.score.items, start=1)
            for n, scored in enumerate(item.findings, start=1)
        ],
        "extra_data": {
            "grader_version": __version__,
            "assignment": report.assignment,
            "digest": report.submission.digest,
            "rubric_digest": report.rubric_digest,
            "seed": report.evidence.seed,
        },
    }


def summary_rows(reports: Iterable[Report], failures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one mapping a submission, in order of ids: points by kind and by item, or why it could not be read."""
    read = [
        {
            "id": printable(report.submission.id),
            **{kind: number(getattr(report.score.marks, kind)) for kind in MARKS},
            "items": {item.id: number(item.marks.earned) for item in report.score.items},
            "error": "",
        }
        for report in reports
    ]
    unread: list[dict[str, Any]] = [
        {"id": printable(name), **dict.fromkeys(MARKS), "items": {}, "error": printable(reason) or "could not be read"}
        for name, reason in failures.items()
    ]
    return sorted([*read, *unread], key=lambda row: str(row["id"]))


def summary_csv(reports: Iterable[Report], failures: Mapping[str, str]) -> str:
    """Return a class as CSV: id, points by kind, one column an item, and why a submission could not be read.

    No cell is a formula to a spreadsheet, whatever a submission is called.
    """
    rows = summary_rows(reports, failures)
    items = list(dict.fromkeys(name for row in rows for name in row["items"]))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([_cell(name) for name in ("id", *MARKS, *items, "error")])
    for row in rows:
        numbers = [*(row[kind] for kind in MARKS), *(row["items"].get(name) for name in items)]
        writer.writerow([_cell(row["id"]), *("" if value is None else value for value in numbers), _cell(row["error"])])
    return written.getvalue()


def summary_json(reports: Iterable[Report], failures: Mapping[str, str]) -> dict[str, Any]:
    """Return a class as plain data, schema `mlpgrader.summary/1`: those graded and those that could not be read."""
    rows = summary_rows(reports, failures)
    graded = [{key: value for key, value in row.items() if key != "error"} for row in rows if not row["error"]]
    return {
        "schema": SUMMARY_SCHEMA,
        "grader_version": __version__,
        "submissions": graded,
        "failures": [{"id": row["id"], "error": row["error"]} for row in rows if row["error"]],
    }


def _overview(report: Report) -> str:
    marks = report.score.marks
    lines = [f"{points(marks.earned)} of {points(marks.possible)} points."]
    if marks.withheld:
        lines.append(f"{points(marks.withheld)} points withheld. {WITHHELD}")
    if marks.pending:
        lines.append(f"{points(marks.pending)} points pending. {PENDING}")
    return "\n".join(lines)


def _test(place: str, item_title: str, scored: ScoredFinding) -> dict[str, Any]:
    finding, marks = scored.finding, scored.marks
    judged = {
        "score": number(marks.earned),
        "max_score": number(marks.possible),
        "status": "passed" if finding.verdict is Verdict.PASSED else "failed",
    }
    return {
        # where there is no score, Gradescope shows neither a tick nor a cross
        **({} if finding.verdict is Verdict.PENDING else judged),
        "name": f"{printable(item_title)}: {printable(finding.title)}",
        "name_format": "text",
        "number": place,
        "output": printable(_words(scored), newlines=True),
        "output_format": "text",
        "tags": [finding.check, str(finding.verdict)],
        "visibility": "visible",
    }


def _words(scored: ScoredFinding) -> str:
    finding = scored.finding
    if finding.verdict is Verdict.PENDING:
        head = f"{WAITS}: {points(scored.marks.pending)} {'point' if scored.marks.pending == 1 else 'points'} pending. {PENDING}"
        return "\n\n".join(part for part in (head, finding.message, finding.hint) if part)
    if finding.verdict is Verdict.UNDECIDED:
        return WITHHELD
    message = f"{UNLOOKED} {finding.message}" if finding.verdict is Verdict.BLOCKED else finding.message
    hint = f"What to try: {finding.hint}" if finding.hint and finding.verdict is not Verdict.PASSED else finding.hint
    return "\n\n".join(part for part in (message, hint) if part)


def _cell(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula; a plain number stays one."""
    shown = printable(text)
    return shown if PLAIN_NUMBER.fullmatch(shown) else FORMULA.sub(r"\1'", shown)
