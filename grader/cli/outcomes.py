"""What became of the submissions of a run: in a few words, and turned into an exit status."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace

from grader.cli import GRADED, UNDER, UNSETTLED
from grader.model import Marks, Result
from grader.runs import Graded
from grader.text import number, points, printable

Outcomes = Mapping[str, Graded]


def line(graded: Graded) -> str:
    """Return the outcome of one submission in a few words."""
    if graded.result is None:
        return f"not graded: {failure(graded)}"
    marks = graded.result.marks
    open_ones = ((marks.pending, "pending"), (marks.withheld, "withheld"))
    rest = "".join(f", {points(value)} {word}" for value, word in open_ones if value)
    return f"{points(marks.earned)} of {points(marks.possible)}{rest}"


def became(graded: Graded) -> str:
    """Return the word by which it is counted what became of a submission."""
    if graded.result is None:
        return "not graded"
    return "withheld" if graded.result.marks.withheld else "done"


def failure(graded: Graded) -> str:
    """Return why there is no result; empty when there is one."""
    return graded.error.message if graded.error else ""


def results(outcomes: Outcomes) -> list[Result]:
    """Return the results of those that were graded, by the names of their folders: several may be one student's."""
    return [replace(graded.result, id=graded.job.id) for graded in outcomes.values() if graded.result]


def failures(outcomes: Outcomes) -> dict[str, str]:
    """Return why the others were not."""
    return {name: failure(graded) for name, graded in outcomes.items() if graded.error}


def share(marks: Marks) -> float:
    """Return the percentage of the settled points that was earned; 100 when none is settled yet."""
    settled = marks.earned + marks.lost
    return 100.0 * marks.earned / settled if settled else 100.0


def status(outcomes: Outcomes, *, fail_under: float | None) -> int:
    """Return the exit status, and say on standard error who did not reach `fail_under` percent."""
    found = results(outcomes)
    # the last bit of a quotient must not decide
    under = [each for each in found if fail_under is not None and share(each.marks) < fail_under - 1e-9]
    for each in under:
        print(
            f"mlpgrader: {printable(each.id)} earned {number(round(share(each.marks), 2))} %, "
            f"less than --fail-under {number(fail_under or 0)}",
            file=sys.stderr,
        )
    if failures(outcomes) or any(each.marks.withheld for each in found):
        return UNSETTLED
    return UNDER if under else GRADED
