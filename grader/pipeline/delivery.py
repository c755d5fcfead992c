"""The report folder of one submission: what is in it, and in which order it is written."""

from __future__ import annotations

import json
from pathlib import Path

from grader import atomic, exports, report
from grader.errors import AuthorError
from grader.evidence import save
from grader.evidence import withdraw as withdraw_evidence
from grader.model import Report

EVIDENCE = "evidence"
REPORT = "report.json"
STUDENT_PAGE = "report.html"
STAFF_PAGE = "staff.html"
GRADESCOPE = "results.json"


def deliver(made: Report, folder: Path) -> None:
    """Write evidence and reports of one submission into `folder`; AuthorError when that cannot be done."""
    withdraw(folder)
    try:
        save(made.evidence, made.submission, folder / EVIDENCE, assignment=made.assignment)
    except OSError as error:
        raise _refused(folder / EVIDENCE, error) from error
    publish(made, folder)


def publish(made: Report, folder: Path) -> None:
    """Write the reports and leave the evidence as it is; ``report.json`` comes last, so where it is, all of it is."""
    _remove(folder / REPORT)
    pages = report.pages(made)
    atomic.write(folder / STUDENT_PAGE, pages["student"])
    atomic.write(folder / STAFF_PAGE, pages["staff"])
    atomic.write(folder / GRADESCOPE, as_text(exports.gradescope(made)))
    atomic.write(folder / REPORT, as_text(report.as_json(made)))


def withdraw(folder: Path, *, evidence: bool = True) -> None:
    """Remove what an earlier grading left in `folder`, so that none of it is taken for the one that is coming.

    Without `evidence`, only the reports: what they were made from can still be judged again.
    """
    for name in (REPORT, GRADESCOPE, STUDENT_PAGE, STAFF_PAGE):
        _remove(folder / name)
        atomic.sweep(folder / name)
    if evidence:
        withdraw_evidence(folder / EVIDENCE)


def as_text(data: object) -> str:
    """Return `data` as the JSON that the grader writes everywhere."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> AuthorError:
    return AuthorError(f"{path}: cannot be replaced ({error.strerror or error}); choose another --out")
