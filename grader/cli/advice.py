"""What a fault of ours kept from being judged, why, and what to do about it."""

from __future__ import annotations

from grader.cli.outcomes import Outcomes
from grader.model import Result, Verdict
from grader.runs import Graded, Whose
from grader.text import points, printable

REASON_LIMIT = 200
SHOWN = 5


def advice(outcomes: Outcomes) -> str:
    """Return what to say about the submissions that a fault of ours met; empty without any."""
    whose = [f"  {name}: {why}" for name, graded in outcomes.items() if (why := _why(graded))]
    if not whose:
        return ""
    if len(whose) > SHOWN + 1:
        whose[SHOWN:] = [f"  and {len(whose) - SHOWN} more"]
    lines = [
        "a fault of the grader, not of the code, is in the way; no points are lost by it:",
        *whose,
        "look into the reason, then give the same command again: it grades these again and keeps the rest",
    ]
    return printable("\n".join(lines), newlines=True)


def _why(graded: Graded) -> str:
    """Return what a fault of ours did to one submission; empty where there was none."""
    if graded.error is not None:
        return f"not graded: {_cut(graded.error.message)}" if graded.error.whose is not Whose.SUBMISSION else ""
    withheld = graded.result.marks.withheld if graded.result else 0.0
    return f"{points(withheld)} withheld, {_reason(graded.result)}" if graded.result and withheld else ""


def _reason(result: Result) -> str:
    return _cut(next(each.message for each in result.findings if each.verdict is Verdict.UNDECIDED))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= REASON_LIMIT else f"{line[: REASON_LIMIT - 1]}…"
