"""Judging training: do the student's steps lead where gradient descent leads?"""

from __future__ import annotations

import math

from grader.assignments.byomlp.backward.accumulation_checks import gradients_accumulate, zero_grad_clears
from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.gradients import Block
from grader.assignments.byomlp.backward.step_checks import step_descends
from grader.assignments.byomlp.forward.checks import forward_values
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.training.trajectory import followed
from grader.assignments.byomlp.training.trajectory_mistakes import diagnose
from grader.assignments.byomlp.training.trajectory_probe import TrainingRecord
from grader.checks import check, failed, passed
from grader.kits.trajectory import Comparison, Departure, Stretch, agreement, wrong_training
from grader.model import Finding, Observation
from grader.plain import problem_in

# what is wrong there costs its points there, and nothing here
_PAID = (forward_values, gradients_match, gradients_accumulate, zero_grad_clears)


@check(reads=["trajectory"], after=[mlp_loads, step_descends], excused_by=_PAID)
def trajectory_matches(observed: Observation) -> Finding:
    """Many training steps in a row lead where gradient descent leads"""
    records = [record for record in observed.data.get("networks", []) if record.get("start") is not None]
    trainings = [followed(record) for record in records]
    findings = (_wrong(record, training) for record, training in zip(records, trainings, strict=True))
    wrong = next((finding for finding in findings if finding), None)
    if wrong is None and observed.problem:
        hint = "Train a small network for a few dozen steps: the process must not end, and no call may hang."
        return failed(f"your code ended the training early: {observed.problem}", hint=hint)
    if wrong is not None:
        return wrong
    if not records:
        return passed(
            "not judged: the parameters could not be read, because forward computes something else than asked for"
        )
    return passed(agreement(trainings), margin=max(each.margin for each in trainings))


_HINT = (
    "One step is right, many in a row are not: something is carried from step to step. Look for a rate that changes, a count, "
    "momentum, or values that are kept from an earlier example."
)


def _wrong(record: TrainingRecord, training: Comparison[Block]) -> Finding | None:
    net = from_evidence(record)

    def explain(found: Departure[Block]) -> Finding:
        cause = diagnose(record, found.step) if found.size < math.inf else None
        message = found.told(f"network {net}: {found.where}")
        hint, diagnosis = (cause.hint, cause.id) if cause else (_HINT, "")
        pattern = found.pattern(lambda block: block.role(net))
        return failed(message, hint=hint, diagnosis=diagnosis, pattern=pattern, margin=training.margin)

    stretches = [Stretch(stage["steps"], problem_in(stage), stage["whole"]) for stage in record["stages"]]
    return wrong_training(f"network {net}", stretches, training, hint=_HINT, explain=explain)
