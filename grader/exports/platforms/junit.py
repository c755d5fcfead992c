"""JUnit's XML in the dialect of pytest: a suite for each item of each submission, a case for each check."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET  # only written, never read

from grader.exports.final import Final
from grader.exports.platforms.made import Change, Merged
from grader.exports.release import ForStaff, LeftOut, Released, name_of
from grader.model import Result, ScoredFinding, ScoredItem, Verdict
from grader.text import counted, points, printable

NO_REPORT = "has no report"
HEAD = "<?xml version='1.0' encoding='utf-8'?>\n<testsuites name=\"mlpgrader\">\n"
WITHHELD = "a fault of the grader; the points are withheld"
# what no XML may hold, even as an escape
_NEVER = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


def written(finals: Released | ForStaff, results: Callable[[Path], Result | None]) -> Merged:
    """Return what the checks found: withheld is an error, pending and blocked are skipped.

    `results` reads what the folder of a submission says. Marks of people and lateness are not in it: it tells of checks. Each
    suite says whether its student is released.
    """
    made: list[str] = []
    changes: list[Change] = []
    left_out = [] if isinstance(finals, ForStaff) else list(finals.held)
    for final in finals.finals:
        result = results(final.folder) if final.folder else None
        if result is None:
            left_out.append(LeftOut(name_of(final), final.why_not or NO_REPORT))
            continue
        seconds = result.seconds
        for item in result.items:
            suite = _suite(final, result.id, item, seconds)
            # a class of them as a tree would take eight times the memory
            ET.indent(suite, level=1)
            made.append(ET.tostring(suite, "unicode"))
            seconds = 0.0
        changes.append(Change(name_of(final), "", counted(len(result.items), "suite")))
    content = "".join((HEAD, *(f"  {suite}\n" for suite in made), "</testsuites>\n")).encode()
    return Merged(content, tuple(changes), tuple(left_out))


def _suite(final: Final, name: str, item: ScoredItem, seconds: float) -> ET.Element:
    """Return an item; the time that a submission took stands in its first one."""
    verdicts = [scored.finding.verdict for scored in item.findings]
    suite = ET.Element(
        "testsuite",
        name=_text(f"{name}: {item.title}"),
        tests=str(len(verdicts)),
        failures=str(verdicts.count(Verdict.FAILED)),
        errors=str(verdicts.count(Verdict.UNDECIDED)),
        skipped=str(sum(map(verdicts.count, (Verdict.PENDING, Verdict.BLOCKED)))),
        time=f"{seconds:.3f}",
    )
    _properties(
        suite,
        {
            "released": "yes" if final.released else "no",
            "points": f"{points(item.marks.earned)}/{points(item.marks.possible)}",
        },
    )
    for scored in item.findings:
        suite.append(_case(f"{name}.{item.id}", scored))
    return suite


def _case(classname: str, scored: ScoredFinding) -> ET.Element:
    finding = scored.finding
    case = ET.Element("testcase", classname=_text(classname), name=_text(finding.check), time="0.000")
    _properties(
        case, {"title": finding.title, "points": f"{points(scored.marks.earned)}/{points(scored.marks.possible)}"}
    )
    words = "\n".join(filter(None, (finding.message, finding.hint)))
    kind = {
        Verdict.FAILED: "failure",
        Verdict.UNDECIDED: "error",
        Verdict.PENDING: "skipped",
        Verdict.BLOCKED: "skipped",
    }
    if finding.verdict in kind:
        first = (
            WITHHELD
            if finding.verdict is Verdict.UNDECIDED
            else finding.message.partition("\n")[0] or str(finding.verdict)
        )
        about = {"type": finding.diagnosis or str(finding.verdict), "message": first}
        told = ET.SubElement(case, kind[finding.verdict], {name: _text(value) for name, value in about.items()})
        told.text = _text(words if finding.verdict is not Verdict.UNDECIDED else WITHHELD, newlines=True)
    return case


def _properties(of: ET.Element, values: dict[str, str]) -> None:
    held = ET.SubElement(of, "properties")
    for name, value in values.items():
        ET.SubElement(held, "property", name=name, value=_text(value))


def _text(text: str, *, newlines: bool = False) -> str:
    return _NEVER.sub("?", printable(text, newlines=newlines))
