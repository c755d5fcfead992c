"""What a reader meets, in which order and words: the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.causes import LOST, Cause, causes, of_items
from grader.model import REDUCED, Finding, Marks, Result, ScoredFinding, ScoredItem, Verdict
from grader.text import counted, one_or_more

SYMBOLS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.BLOCKED: "–", Verdict.PENDING: "○", Verdict.UNDECIDED: "?"}
WORDS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "not right yet",
    Verdict.BLOCKED: "not looked at yet",
    Verdict.PENDING: "waits for a person",
    Verdict.UNDECIDED: "could not be judged",
}
NOT_JUDGED = "not judged, costs nothing"
SIZES = {
    "full": "at the assignment's full size",
    "quick": "at the quick size, with fewer images than the assignment asks for and thresholds of its own",
    REDUCED: "on the MLP that was handed in, at the reduced size, with few images and thresholds of its own",
}
A_PERSON = "A person reads this part of your work."
OUR_FAULT = "The grader had a fault here, not your code. The points are kept aside until staff have graded it again."


@dataclass(frozen=True)
class Entry:
    """One thing to read in an item: a finding, or several that have one cause or one reason.

    `cause` is the number of the card that tells what is wrong, from 1; 0 where there is none. What is `spared` by that cause
    has passed without being judged.
    """

    state: Verdict
    rows: tuple[ScoredFinding, ...]
    message: str = ""
    hint: str = ""
    cause: int = 0
    spared: bool = False

    @property
    def symbol(self) -> str:
        return SYMBOLS[Verdict.BLOCKED if self.spared else self.state]

    @property
    def word(self) -> str:
        return NOT_JUDGED if self.spared else WORDS[self.state]

    @property
    def marks(self) -> Marks:
        """The points of all its rows."""
        each = [row.marks for row in self.rows]
        kinds = ("earned", "possible", "pending", "withheld")
        return Marks(*(sum(getattr(marks, kind) for marks in each) for kind in kinds))


def outline(
    items: Sequence[ScoredItem], *, everything: bool = False, faults: bool = False
) -> tuple[tuple[ScoredItem, tuple[Entry, ...]], ...]:
    """Return each item with its entries; what is wrong is told by the card of its cause, not here.

    `everything` includes passed checks that are worth nothing; `faults` tells the inner workings of a fault of ours.
    """
    numbers = _numbers(of_items(items))
    return tuple((item, _entries(item, numbers, everything=everything, faults=faults)) for item in items)


def alone(finding: Finding) -> Entry:
    """Return the entry of one finding of which nothing else is known yet."""
    return Entry(finding.verdict, (), spared=_spared(finding))


def headline(result: Result) -> str:
    """Return the one sentence that stands beside the score."""
    found = causes(result)
    if found:
        first, others = found[0], len(found) - 1
        begin = first.hint if first.unwritten else f"Start with “{first.title}”."
        rest = f" {others} more {one_or_more('thing', others)} to look at." if others else ""
        return f"{begin}{rest}"
    verdicts = {finding.verdict for finding in result.findings} - {Verdict.PASSED}
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


def followers(cause: Cause) -> str:
    """Return in words how many checks wait for a cause or fail with it; empty where it stands alone."""
    waiting = sum(bool(each.finding.because) or each.finding.verdict is Verdict.BLOCKED for each in cause.others)
    said = [(len(cause.others) - waiting, "fails", "fail", "for the same reason"), (waiting, "waits", "wait", "for it")]
    return " ".join(
        f"{count} more {one_or_more('check', count)} {one if count == 1 else many} {rest}."
        for count, one, many, rest in said
        if count
    )


def spared(cause: Cause) -> str:
    """Return in words how many checks a cause keeps from being judged, which costs nothing; empty where there are none."""
    count = len(cause.spared)
    return f"{counted(count, 'check')} could not be judged because of it, which costs nothing." if count else ""


def _numbers(found: Sequence[Cause]) -> dict[str, int]:
    """Return by check the number of the cause that it belongs to, from 1."""
    return {
        each.finding.check: number
        for number, cause in enumerate(found, start=1)
        for each in (cause.lead, *cause.others, *cause.spared)
    }


def _entries(item: ScoredItem, numbers: dict[str, int], *, everything: bool, faults: bool) -> tuple[Entry, ...]:
    shown = [s for s in item.findings if everything or s.marks.possible or s.finding.hint or not _passed(s.finding)]
    groups: dict[tuple[object, ...], list[ScoredFinding]] = {}
    for each in shown:
        groups.setdefault(_together(each.finding, numbers), []).append(each)
    return tuple(_entry(tuple(rows), numbers, faults=faults) for rows in groups.values())


def _entry(rows: tuple[ScoredFinding, ...], numbers: dict[str, int], *, faults: bool) -> Entry:
    finding = rows[0].finding
    kind, cause = finding.verdict, numbers.get(finding.check, 0)
    if kind in LOST:
        state = Verdict.FAILED if any(row.finding.verdict is Verdict.FAILED for row in rows) else Verdict.BLOCKED
        return Entry(state, rows, cause=cause)
    if _spared(finding):
        return Entry(kind, rows, "" if cause else finding.message, finding.hint, cause, spared=True)
    if kind is Verdict.UNDECIDED and not faults:
        return Entry(kind, rows, OUR_FAULT)
    message = finding.message or A_PERSON if kind is Verdict.PENDING else finding.message
    return Entry(kind, rows, message, finding.hint)


def _together(finding: Finding, numbers: dict[str, int]) -> tuple[object, ...]:
    """Return the key under which the findings of an item become one entry: those of one cause, and of one fault of ours."""
    if finding.verdict in LOST:
        return "cause", numbers[finding.check]
    if finding.verdict is Verdict.UNDECIDED:
        return finding.verdict, finding.message, finding.hint
    return finding.verdict, finding.check


def _passed(finding: Finding) -> bool:
    return finding.verdict is Verdict.PASSED


def _spared(finding: Finding) -> bool:
    """Tell whether a finding has passed only because something before it is wrong."""
    return _passed(finding) and bool(finding.because)


def _counted(value: float) -> str:
    return f"{counted(value, 'point')} {'is' if value == 1 else 'are'}"
