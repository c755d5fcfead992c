"""Judging whether the accuracy that a main notebook prints is the one that its model has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.assignments.modules.main.digit_checks import final_model
from grader.assignments.modules.main.measuring import share
from grader.assignments.modules.main.probe import MainSeen, seen_in
from grader.assignments.modules.main.run_checks import main_runs
from grader.checks import blocked, check, failed, passed
from grader.datasets.digits.answers import estimates
from grader.model import Finding, Observation
from grader.notebooks.judging import percent
from grader.notebooks.record import CellRecord
from grader.notebooks.reported import printed

HINT = "Print the accuracy on the held-out digits after the last step: evaluate(), forward, argmax, compare, mean."
# below this a number can be anything: a loss, a rate
LEAST = 0.2


@check(reads=["main"], after=[main_runs], thresholds=["tolerance", "unrecognised"])
def accuracy_true(observed: Observation, tolerance: float, unrecognised: float) -> Finding:
    """The accuracy of the final model is printed, and true"""
    seen = seen_in(observed)
    network, measured = final_model(seen), seen["measured"].get("digits")
    if network is None or measured is None:
        return blocked("there is no model whose accuracy could be compared", hint=HINT)
    truths = dict(_truths(seen, measured))
    if not truths:
        return blocked("the accuracy of the model could not be measured", hint=HINT)
    numbers = [each for each in printed(_cells_after(seen, network["cell"])) if each.value >= LEAST]
    told = ", ".join(f"{name} {percent(value)}" for name, value in truths.items())
    if not numbers:
        return failed(f"no accuracy is printed; measured: {told}", hint=HINT, diagnosis="no_accuracy")
    near = tolerance if "held-out digits" in truths else unrecognised
    if fitting := [each for each in numbers if any(each.is_near(value, near) for value in truths.values())]:
        return passed(f"{fitting[-1].text} is printed; measured: {told}")
    claimed = ", ".join(each.text for each in numbers[-3:])
    return failed(f"printed: {claimed}; measured: {told}", hint=HINT, diagnosis="reported_accuracy_is_wrong")


def _cells_after(seen: MainSeen, first: int) -> list[CellRecord]:
    return [cell for cell in seen["cells"] if cell["number"] >= first]


def _truths(seen: MainSeen, measured: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the accuracies that may be stated: on the held-out digits; where these were not recognised, on others."""
    if (value := share(measured, "validation")) is not None:
        yield "held-out digits", value
        return
    if (value := share(measured, "all")) is not None:
        yield "all digits", value
    output, labels = measured["output"], seen["labels"].astype(np.int64)
    if output is not None and len(output) == len(labels):
        yield "unseen digits", float(np.mean(estimates(output) == labels))
