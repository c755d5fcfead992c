"""What a person has to read before they mark: the student's own words, found again in kept evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from grader import evidence
from grader.model import Finding, Quote, Transcript
from grader.report.executed_names import names
from grader.runs.grading import Attempt, judged_by
from grader.runs.regrading import Today
from grader.runs.submission import SubmissionFolder

LONGEST = 8_000
CUT = " ... (cut; the rest is in the report)"


@dataclass(frozen=True)
class Answer:
    """What a student answered where a person decides: their words, and the notebooks with the pictures to look at, as they
    are called in the folder of what was executed.
    """

    text: str = ""
    notebooks: tuple[str, ...] = ()


def answers(
    folder: SubmissionFolder, today: Today, checks: Collection[str], attempt: Attempt | None = None
) -> dict[str, Answer]:
    """Return by check what was answered, judging only these again; HarnessError when the evidence is damaged."""
    kept, submission, name = evidence.load(folder.evidence)
    result = folder.result()
    known = _known(result.findings, checks) if result else {}
    made = judged_by(attempt, submission, kept, *today.standard(folder, name), known=known)
    findings = (scored.finding for item in made.score.items for scored in item.findings)
    called = names(made)
    return {each.check: _answer(each, called) for each in findings if each.check in checks}


def _known(findings: Collection[Finding], checks: Collection[str]) -> Mapping[str, Finding]:
    return {each.check: each for each in findings if each.check not in checks}


def _answer(finding: Finding, called: Mapping[Transcript, str]) -> Answer:
    quotes = [each for each in finding.for_staff if isinstance(each, Quote)]
    text = "\n\n".join(f"{each.title}:\n{each.text}" for each in quotes)
    files = [f"{called[each]}.ipynb" for each in finding.for_staff if isinstance(each, Transcript) and each in called]
    return Answer(text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT, tuple(dict.fromkeys(files)))
