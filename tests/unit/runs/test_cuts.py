"""What judging could not finish: what is left out the next time, and what is said of it."""

from __future__ import annotations

import pytest

from grader.errors import HarnessError
from grader.model import Verdict
from grader.runs.children import Ended, Reason
from grader.runs.cuts import NOT_DRAWN, Cuts
from grader.runs.steps import Kind, Step
from kit import small_assignment as small


def at(kind: Kind, name: str = "") -> Step:
    """Return a step."""
    return Step(kind, name, 1.0, None)


def test_a_text_is_not_parsed_again_and_a_check_not_judged_again() -> None:
    cuts = Cuts().after(Ended(Reason.TIME, at(Kind.PARSING, "ab")), 100)
    cuts = cuts.after(Ended(Reason.TIME, at(Kind.CHECKING, "answers")), 100)
    assert cuts.texts == {"ab"}
    assert set(cuts.checks) == {"answers"}


@pytest.mark.parametrize(
    ("reason", "verdict", "words"),
    [
        (Reason.TIME, Verdict.FAILED, "takes more than 10 s of computing"),
        (Reason.MEMORY, Verdict.FAILED, "takes more than 100 MB of memory"),
        (Reason.STUCK, Verdict.UNDECIDED, "does not go on"),
        (Reason.DIED, Verdict.UNDECIDED, "ends the process that does it"),
    ],
)
def test_what_the_answers_bring_about_is_lost_and_what_we_bring_about_is_withheld(
    reason: Reason, verdict: Verdict, words: str
) -> None:
    finding = Cuts().after(Ended(reason, at(Kind.CHECKING, "answers")), 100).checks["answers"]
    assert (finding.verdict, words in finding.message, bool(finding.hint)) == (verdict, True, True)


@pytest.mark.parametrize("step", [None, at(Kind.OBSERVING), at(Kind.CHECKING, "answers"), at(Kind.REPORTING)])
def test_where_nothing_more_can_be_left_out_that_is_said(step: Step | None) -> None:
    once = Cuts(checks={"answers": small.report().result.findings[0]}, pictures="none")
    with pytest.raises(HarnessError, match="takes more than 100 MB of memory"):
        once.after(Ended(Reason.MEMORY, step), 100)


def test_a_report_without_pictures_says_so_to_staff_and_keeps_its_marks() -> None:
    made = small.report()
    assert Cuts().bare(made) is made
    bare = Cuts().after(Ended(Reason.TIME, at(Kind.REPORTING)), 100).bare(made)
    assert bare.score.marks == made.score.marks
    assert "takes more than 60 s of computing" in bare.evidence.facts[NOT_DRAWN]
