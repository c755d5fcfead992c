"""Which of the two runs of a main notebook counts, for each check: beside right classes, or on the student's own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import wraps

from grader.assignments.modules.main.probe import seen_in
from grader.assignments.modules.main.redaction import as_told
from grader.model import Finding, Observation, Verdict

RUNS = ("main", "main_own")
# of losses: where one of these is wrong, what is called a loss may be anything
MEASURE = ("Sequential", "SoftMax", "ClassNLLCriterion")
ON_OWN = "in the run on your own classes"
_WORTH = {Verdict.PASSED: 2, Verdict.PENDING: 1}

Judge = Callable[..., Finding]


def in_either_run(*, unless_wrong: Collection[str] = ()) -> Callable[[Judge], Judge]:
    """Let what judges one run judge both, and the better finding count; of equals that of the run with fewer errors.

    What is seen on the student's own classes counts only where none of `unless_wrong` is wrong. Of a run beside classes of ours
    nothing is told that the notebook has chosen.
    """

    def judging_both(judge: Judge) -> Judge:
        @wraps(judge)
        def of_both(first: Observation, own: Observation, **thresholds: float) -> Finding:
            finding = judge(first, **thresholds)
            if first.data.get("trusted"):
                finding = as_told(judge.__name__, finding)
            if not own.data.get("needed") or not own.data.get("cells"):
                return finding
            if set(unless_wrong) & set(seen_in(own)["wrong"]):
                return finding
            other = judge(own, **thresholds)
            if _rank(other, own) <= _rank(finding, first):
                return finding
            return replace(other, message=f"{other.message} ({ON_OWN})")

        # its arguments are those of this one
        del of_both.__wrapped__
        return of_both

    return judging_both


def _rank(finding: Finding, observed: Observation) -> tuple[int, int]:
    return _WORTH.get(finding.verdict, 0), -sum(bool(cell["error"]) for cell in seen_in(observed)["cells"])
