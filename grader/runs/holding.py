"""Which findings of a report still hold: those of checks that would be judged by the same code and numbers, as would be all that
they build on. What holds need not be judged again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from grader import exports, report
from grader.assignments import Assignment
from grader.checks import Check, in_order, run_checks
from grader.evidence.keys import installed
from grader.evidence.sources import digest_of, file_digest
from grader.model import Finding, Result, Rubric, Verdict
from grader.pipeline import selection
from grader.sandbox import Probe

SCHEMA = "mlpgrader.judged/1"
# no check has this name, nor one that begins so
PAGES, ASKED = "", "? "


@dataclass(frozen=True)
class JudgedBy:
    """By what each check was judged and, under `PAGES`, by what pages were made, under `asked(probe)` by what each probe was
    asked, as digests; and the items that were asked for, empty for all. `files` are the digests of the evidence and of the report
    that says what came of it.
    """

    checks: Mapping[str, str]
    items: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"schema": SCHEMA, "files": list(self.files), "items": list(self.items), "checks": dict(self.checks)}

    @classmethod
    def of(cls, data: Any) -> JudgedBy | None:
        """Return what plain data says; None where it says nothing of the kind."""
        try:
            if data["schema"] != SCHEMA:
                return None
            checks = {str(name): str(digest) for name, digest in data["checks"].items()}
            return cls(checks, tuple(map(str, data["items"])), tuple(map(str, data["files"])))
        except (KeyError, TypeError, AttributeError):
            return None


def by_what(assignment: Assignment, rubric: Rubric) -> dict[str, str]:
    """Return a digest of all that each check is judged by, by its name: its code with all that this imports, what it is declared
    to read and to build on, the rubric's numbers for it, and Python with what is installed beside it. That of `PAGES` is by what
    reports are made.
    """
    checks = {each.name: _by_what(each, rubric) for each in assignment.checks}
    return {PAGES: pages(), **checks, **{asked(each.name): _asked_by(each) for each in assignment.probes}}


def asked(probe: str) -> str:
    """Return the name under which it stands by what a probe was asked."""
    return f"{ASKED}{probe}"


def holding(
    before: Result, kept: JudgedBy, today: Mapping[str, str], assignment: Assignment, chosen: Rubric
) -> dict[str, Finding]:
    """Return the findings of a report that still hold for the items that are `chosen`, by check.

    What was withheld does not: it is tried again.
    """
    told = {scored.finding.check: scored.finding for item in before.items for scored in item.findings}
    holds: dict[str, Finding] = {}
    for each in in_order(selection.needed_checks(assignment, chosen)):
        found = told.get(each.name)
        alike = kept.checks.get(each.name) == today[each.name]
        if found and alike and found.verdict is not Verdict.UNDECIDED and all(name in holds for name in each.builds_on):
            holds[each.name] = found
    return holds


def _asked_by(probe: Probe) -> str:
    run: Any = probe.run
    while isinstance(run, partial):
        run = run.func
    return _file(run.__module__)


@cache
def _file(module: str) -> str:
    file = getattr(sys.modules.get(module), "__file__", None)
    return file_digest(Path(file)) if file else ""


def _by_what(check: Check, rubric: Rubric) -> str:
    numbers = rubric.thresholds.get(check.name, {})
    given = {name: numbers[name] for name in check.thresholds if name in numbers}
    told = {name: rubric.parameters[name] for name in check.parameters if name in rubric.parameters}
    said = [check.title, check.reads, check.after, check.excused_by, given, told]
    code = {each.__module__ for each in (check.judge, check.through, run_checks) if each} | {check.module}
    return hashlib.sha256(f"{json.dumps(said, sort_keys=True)} {_code(frozenset(code))}".encode()).hexdigest()


@cache
def pages() -> str:
    """Return a digest of the code that reports are made by."""
    folders = (Path(each.__file__ or "").parent for each in (report, exports))
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix != ".pyc" and file.is_file())
    return hashlib.sha256("".join(map(file_digest, files)).encode()).hexdigest()


@cache
def _code(modules: frozenset[str]) -> str:
    return hashlib.sha256(f"{digest_of(modules)} {sys.version} {installed()}".encode()).hexdigest()
