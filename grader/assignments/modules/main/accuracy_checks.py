"""Judging whether the accuracy that a main notebook prints is the one that its model has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignments.modules.main.both_runs import RUNS, in_either_run
from grader.assignments.modules.main.digit_checks import final_model
from grader.assignments.modules.main.measuring import share
from grader.assignments.modules.main.probe import MainSeen, seen_in
from grader.assignments.modules.main.run_checks import main_runs
from grader.checks import blocked, check, failed, passed
from grader.datasets.digits.answers import estimates
from grader.model import Finding, Observation
from grader.notebooks.held_out_cells import held_out_cells
from grader.notebooks.reported import Number, numbers_in, printed
from grader.text import percent

HINT = "Print the accuracy on the held-out digits after the last step: evaluate(), forward, argmax, compare, mean."
# below this a number can be anything: a loss, a rate
LEAST = 0.2
# of a cell that shows no more numbers than these, each needs no word beside it
ALONE = 2


@check(reads=RUNS, after=[main_runs], thresholds=["tolerance", "unrecognised"])
@in_either_run()
def accuracy_true(observed: Observation, tolerance: float, unrecognised: float) -> Finding:
    """The accuracy of the final model is printed, and true"""
    seen = seen_in(observed)
    network, measured = final_model(seen), seen["measured"].get("digits")
    if network is None or measured is None:
        return blocked("there is no model whose accuracy could be compared", hint=HINT)
    truths = dict(_truths(seen, measured))
    if not truths:
        return blocked("the accuracy of the model could not be measured", hint=HINT)
    found = list(_stated(seen, network["cell"]))
    numbers = [each for each in found if each.named]
    told = ", ".join(f"{name} {percent(value)}" for name, value in truths.items())
    if not numbers:
        bare = ", ".join(each.text for each in found[-3:])
        said = f"what {bare} is, no word beside it says" if found else "no accuracy is printed"
        return failed(f"{said}; measured: {told}", hint=HINT, diagnosis="no_accuracy")
    near = tolerance if "held-out digits" in truths else unrecognised
    if fitting := [each for each in numbers if any(each.is_near(value, near) for value in truths.values())]:
        return passed(f"{fitting[-1].text} is printed; measured: {told}")
    claimed = ", ".join(each.text for each in numbers[-3:])
    return failed(f"printed: {claimed}; measured: {told}", hint=HINT, diagnosis="reported_accuracy_is_wrong")


def _stated(seen: MainSeen, first: int) -> Iterator[Number]:
    """Yield the numbers that can be accuracies in what the cells from `first` on print, and in the words of their plots.

    One without a word beside it is taken for named where its cell works with held-out digits, or shows next to nothing else.
    """
    held_out = held_out_cells(seen["cells"])
    for cell in seen["cells"]:
        if cell["number"] >= first:
            numbers = [each for each in printed([cell]) if each.value >= LEAST]
            alone = len(numbers) <= ALONE or cell["number"] in held_out
            yield from (replace(each, named=each.named or alone) for each in numbers)
    for figure in seen["figures"]:
        if figure["cell"] >= first:
            words = [text for axes in figure["axes"] for text in (axes["title"], *axes["legend"], *axes["texts"])]
            yield from (each for text in words for each in numbers_in(text) if each.value >= LEAST and each.named)


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
