"""What a reader meets, in which order and words: the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.model import REDUCED, Finding, Result, ScoredFinding, ScoredItem, Verdict
from grader.text import points

SYMBOLS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.BLOCKED: "–", Verdict.PENDING: "○", Verdict.UNDECIDED: "?"}
WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not right yet",
    Verdict.BLOCKED: "not looked at yet",
    Verdict.PENDING: "waits for a person",
    Verdict.UNDECIDED: "could not be judged",
}
SIZES = {
    "full": "at the assignment's full size",
    "quick": "at the quick size, with fewer images than the assignment asks for and thresholds of its own",
    REDUCED: "on the MLP that was handed in, at the reduced size, with few images and thresholds of its own",
}
A_PERSON = "A person reads this part of your work."
OUR_FAULT = "The grader had a fault here, not your code. The points are kept aside until staff have graded it again."


@dataclass(frozen=True)
class Entry:
    """One thing to read: a finding, or several that one and the same reason keeps from being judged."""

    state: Verdict
    rows: tuple[ScoredFinding, ...]
    message: str = ""
    hint: str = ""

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.state]

    @property
    def word(self) -> str:
        return WORDS[self.state]


def outline(
    items: Sequence[ScoredItem], *, everything: bool = False, faults: bool = False
) -> tuple[tuple[ScoredItem, tuple[Entry, ...]], ...]:
    """Return each item with its entries; a reason that blocks many checks is told once.

    `everything` includes passed checks that are worth nothing; `faults` tells the inner workings of a fault of ours.
    """
    told = {
        _reason(scored.finding): f"Waits for “{scored.finding.title}” to pass."
        for item in reversed(items)
        for scored in reversed(item.findings)
        if scored.finding.verdict is Verdict.FAILED
    }
    return tuple((item, _entries(item, told, everything=everything, faults=faults)) for item in items)


def headline(result: Result) -> str:
    """Return the one sentence that stands beside the score."""
    findings = result.findings
    wrong = [finding for finding in findings if finding.verdict is Verdict.FAILED]
    if wrong:
        others = sum(finding.verdict not in (Verdict.PASSED, Verdict.PENDING) for finding in findings) - 1
        rest = "" if not others else f" {others} more {'check needs' if others == 1 else 'checks need'} another look."
        return f"Start with “{wrong[0].title}”.{rest}"
    verdicts = {finding.verdict for finding in findings} - {Verdict.PASSED}
    if verdicts == {Verdict.PENDING}:
        return "Everything that a program can check is right. A person reads the rest."
    if verdicts:
        return "What could be judged is right."
    return "Everything that was checked is right. Well done!"


def remarks(result: Result) -> tuple[str, ...]:
    """Return what has to be said about points that are neither earned nor lost."""
    marks = result.marks
    said = []
    if marks.withheld:
        said.append(f"{_counted(marks.withheld)} withheld, not lost: {OUR_FAULT[0].lower()}{OUR_FAULT[1:]}")
    if marks.pending:
        said.append(f"{_counted(marks.pending)} pending: a person reads that part of your work.")
    return tuple(said)


def setting(result: Result) -> str:
    """Return at which size notebooks were run and on which data; empty where none were."""
    size, data = result.size, result.data
    if not size:
        return ""
    return f"Notebooks were run {SIZES.get(size, f'at size “{size}”')}{f', on {data}' if data else ''}."


def _passed(finding: Finding) -> bool:
    return finding.verdict is Verdict.PASSED


def _entries(
    item: ScoredItem, told: dict[tuple[str, str], str], *, everything: bool, faults: bool
) -> tuple[Entry, ...]:
    shown = [s for s in item.findings if everything or s.marks.possible or s.finding.hint or not _passed(s.finding)]
    entries = []
    for (kind, *_), group in groupby(shown, key=_together):
        rows = tuple(group)
        finding, reason = rows[0].finding, _reason(rows[0].finding)
        if kind is Verdict.BLOCKED and reason in told:
            entries.append(Entry(kind, rows, told[reason]))
        elif kind is Verdict.UNDECIDED and not faults:
            entries.append(Entry(kind, rows, OUR_FAULT))
        elif kind is Verdict.PENDING:
            entries.append(Entry(kind, rows, finding.message or A_PERSON, finding.hint))
        else:
            entries.append(Entry(kind, rows, finding.message, finding.hint))
        if kind is Verdict.BLOCKED:
            told.setdefault(reason, "For the same reason as above.")
    return tuple(entries)


def _together(scored: ScoredFinding) -> tuple[Verdict, str, str]:
    """Return the key under which neighbours become one entry: those not judged, by their reason."""
    finding = scored.finding
    kind = finding.verdict
    reasoned = kind in (Verdict.BLOCKED, Verdict.UNDECIDED)
    return (kind, *(_reason(finding) if reasoned else (finding.check, "")))


def _reason(finding: Finding) -> tuple[str, str]:
    return finding.message or finding.title, finding.hint


def _counted(value: float) -> str:
    return f"{points(value)} {'point is' if value == 1 else 'points are'}"
