"""What a notebook that was run beside a solution may tell its author: nothing that its code has chosen.

Numbers, names and pictures can carry a text as well as words can. So a finding on such a run is told in fixed words; which
class, which cell and which kind of error are ours to say. Staff read all of it.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader.model import Finding, Observation, Problem, ProblemKind, Quote, Transcript, Verdict

# of messages, what our own advice depends on
TOLD = ("Missing parentheses in call to 'print'",)
STAFF = "What was seen beside classes of ours, for staff"
# what is said of a check that passed, and of one that failed
SAID: Mapping[str, tuple[str, str]] = {
    "toy_loss_falls": (
        "the loss of the toy model is low enough",
        "the loss of the toy model is not low enough, or was not computed",
    ),
    "toy_separates": (
        "the toy model tells enough fresh points apart",
        "the toy model tells too few fresh points apart, or could not be asked",
    ),
    "networks_compared": ("all of them are trained", "not all of them are trained"),
    "comparison_losses_fall": (
        "the losses of the compared networks are low enough",
        "a loss of the compared networks is too high, no number, or was not computed",
    ),
    "plot_labelled": ("there is such a plot", "there is no plot with all of this"),
    "plot_looks": ("it is good to look at", "there is no plot that compares losses"),
    "digit_accuracy": (
        "the final model is right often enough",
        "the final model is not right often enough, or could not be measured",
    ),
    "validation_split": ("digits were held out", "no digits were held out"),
    "dropout_off_when_evaluating": ("it is on and off where it has to be", "it is not on and off where it has to be"),
    "rate_decays": ("the rate gets smaller", "the rate does not get smaller"),
    "accuracy_true": ("what is printed is true", "no accuracy is printed, or another one than was measured"),
}
_CUT = re.compile(r"the run ended in code cell \d+")


def as_told(check: str, finding: Finding) -> Finding:
    """Return the finding of a check on a run beside our classes, as its author and staff may read it."""
    told = finding.message
    # what follows from something else, or waits for a person, is told in words of ours already
    if finding.verdict in (Verdict.PASSED, Verdict.FAILED) and check in SAID:
        told = SAID[check][finding.verdict is Verdict.FAILED]
    # the notebook as it was run is no file of its own: such a file may be handed on
    kept = [replace(each, file="") if isinstance(each, Transcript) else each for each in finding.for_staff]
    more = [Quote(STAFF, finding.message)] if finding.message != told else []
    return replace(finding, message=told, pictures=(), problem=None, for_staff=(*more, *kept))


def without_words(observed: Observation) -> Observation:
    """Return what was observed of a run beside our classes without what student code chose: of errors, type and line are left."""
    seen = dict(observed.data)
    seen["cells"] = [{**cell, "outputs": [], "error": _error(cell["error"])} for cell in seen["cells"]]
    seen |= {"networks": [], "figures": [], "measured": {}, "fault": ""}
    cut = _CUT.match(seen["cut"])
    seen["cut"] = cut.group() if cut else seen["cut"]
    problem = observed.problem and Problem(observed.problem.kind, f"its process ended ({observed.problem.kind})")
    return replace(observed, data=seen, problem=problem)


def _error(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not error:
        return None
    kind = getattr(builtins, error["name"], None)
    known = isinstance(kind, type) and issubclass(kind, BaseException)
    name = error["name"] if known or error["name"] in set(ProblemKind) else "an error"
    told = next((text for text in TOLD if text in error["message"]), "")
    return {**error, "name": name, "message": told, "where": ""}
