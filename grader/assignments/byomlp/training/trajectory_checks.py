"""Judging training: do the student's steps lead where gradient descent leads?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.assignments.byomlp.backward.accumulation_checks import gradients_accumulate, zero_grad_clears
from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.gradients import Block
from grader.assignments.byomlp.backward.step_checks import step_descends
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.training.trajectory import followed
from grader.assignments.byomlp.training.trajectory_mistakes import diagnose
from grader.checks import check, failed, passed
from grader.model import Finding, Observation
from grader.plain import problem_in
from grader.text import in_digits
from grader.trajectories import Followed, in_words

# what is wrong there costs its points there, and nothing here
_PAID = (gradients_match, gradients_accumulate, zero_grad_clears)


@check(reads=["trajectory"], after=[mlp_loads, step_descends], excused_by=_PAID)
def trajectory_matches(observed: Observation) -> Finding:
    """Many training steps in a row lead where gradient descent leads"""
    records = [record for record in observed.data.get("networks", []) if record.get("start") is not None]
    trainings = [followed(record) for record in records]
    findings = (_wrong(record, training) for record, training in zip(records, trainings, strict=True))
    wrong = next((finding for finding in findings if finding), None)
    if wrong is None and observed.problem:
        hint = "Train a small network for a few dozen steps: the process must not end, and no call may hang."
        wrong = failed(f"student code ended the training early: {observed.problem}", hint=hint)
    if wrong is not None:
        return wrong
    if not records:
        return passed("not judged: the parameters could not be read, as forward is another one than asked for")
    steps = " and ".join(str(sum(stage["steps"] for stage in record["stages"])) for record in records)
    most = max(training.most for training in trainings)
    format_ = ", in single precision (float32)" if any(training.single for training in trainings) else ""
    return passed(f"{steps} steps were replayed{format_}: the parameters agree to {in_digits(most)} of the way gone")


_HINT = (
    "One step is right, many in a row are not: something is carried from step to step. Look for a rate that changes, a count, "
    "momentum, or values that are kept from an earlier example."
)


def _wrong(record: Mapping[str, Any], training: Followed[Block]) -> Finding | None:
    net = from_evidence(record)
    found = training.first
    steps = 0
    for stage in record["stages"]:
        if found and found.step <= steps:
            break
        if problem := problem_in(stage):
            message = f"network {net}: training fails after {in_words(steps)}: {problem}"
            return failed(message, hint=_HINT)
        if not stage["whole"]:
            message = f"network {net}: training is too slow to be followed after {in_words(steps)}"
            return failed(message, hint="A step on so small a network should take far less than a millisecond.")
        steps += stage["steps"]
    if found is None:
        return None
    where = f"network {net}: {found.where}"
    if found.size == float("inf"):
        return failed(f"{where} holds NaN, or cannot be read any more, after {in_words(found.step)}", hint=_HINT)
    message = f"{where} is off by {in_digits(100 * found.size)} % of the way it should have gone {found.when}"
    cause = diagnose(record, found.step)
    return failed(message, hint=cause.hint if cause else _HINT, diagnosis=cause.id if cause else "")
