"""What judging could not finish within its limits, and is left out when the submission is judged once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grader.checks import failed
from grader.errors import HarnessError
from grader.model import Finding, Report, Verdict
from grader.runs.children import Ended, Reason
from grader.runs.steps import SECONDS, Kind, Step

HINT = "Give back no more than was asked for, and numbers of a usual size."
NOT_DRAWN = "not_shown"
OURS = "Nothing to do for you: staff will grade again."


@dataclass(frozen=True)
class Cuts:
    """Texts (by their digest) that are not parsed, checks with the findings that they get, and why no pictures are shown."""

    texts: frozenset[str] = frozenset()
    checks: Mapping[str, Finding] = field(default_factory=dict)
    pictures: str = ""

    def after(self, end: Ended, memory_mb: int) -> Cuts:
        """Return these and what a child was at when it came to its end; HarnessError when that can be left out no more."""
        step, why = end.step, _why(end, memory_mb)
        if step is None or step.kind is Kind.OBSERVING:
            raise HarnessError(f"judging of what was handed in {why}")
        if step.kind is Kind.PARSING and step.name not in self.texts:
            return replace(self, texts=self.texts | {step.name})
        if step.kind is Kind.CHECKING and step.name not in self.checks:
            return replace(self, checks={**self.checks, step.name: _finding(end, why)})
        if step.kind is Kind.REPORTING and not self.pictures:
            return replace(self, pictures=f"pictures and what was handed in are not shown: to do so {why}")
        raise HarnessError(f"{step.kind} {step.name} {why}")

    def bare(self, made: Report) -> Report:
        """Return a report without anything that takes long to show, where that is cut."""
        if not self.pictures:
            return made
        items = tuple(
            replace(
                item,
                findings=tuple(
                    replace(each, finding=replace(each.finding, pictures=(), for_staff=())) for each in item.findings
                ),
            )
            for item in made.score.items
        )
        facts = {**made.evidence.facts, NOT_DRAWN: self.pictures}
        return replace(made, score=replace(made.score, items=items), evidence=replace(made.evidence, facts=facts))


def _why(end: Ended, memory_mb: int) -> str:
    """Return in words that follow what was being done why it did not come to an end."""
    match end.reason:
        case Reason.TIME:
            return f"takes more than {_seconds(end.step):g} s of computing"
        case Reason.MEMORY:
            return f"takes more than {memory_mb} MB of memory"
        case Reason.STUCK:
            return "does not go on"
    return "ends the process that does it"


def _seconds(step: Step | None) -> float:
    return SECONDS[step.kind] if step else 0.0


def _finding(end: Ended, why: str) -> Finding:
    if end.reason in (Reason.TIME, Reason.MEMORY):
        # what right code answers takes a hundredth of it: so much comes from the answers
        return failed(f"to judge what your code answered {why}", hint=HINT)
    return Finding("", "", Verdict.UNDECIDED, f"could not be judged: to do so {why}", OURS)
