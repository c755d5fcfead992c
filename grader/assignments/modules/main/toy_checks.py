"""Judging the toy problem: two clouds of points that a logistic regression tells apart."""

from __future__ import annotations

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.both_runs import MEASURE, RUNS, in_either_run
from grader.assignments.modules.main.doubts import doubt_note
from grader.assignments.modules.main.pictures import toy_pictures
from grader.assignments.modules.main.probe import MainSeen, seen_in
from grader.assignments.modules.main.run_checks import main_runs
from grader.checks import blocked, check, failed, passed
from grader.model import Finding, Observation
from grader.notebooks.judging import time_note
from grader.numerics import at_least
from grader.plain import problem_from
from grader.text import percent

HINT = "Train Linear(2, 2), SoftMax with ClassNLLCriterion: rate 0.1, momentum 0.9, 20 epochs, batches of 128."


# the loop is given: what a student has done for the toy problem is these
MADE_OF = ("Sequential", "Linear", "SoftMax", "ClassNLLCriterion")
NOTHING_OWN = f"nothing in the toy model is yours yet: {', '.join(MADE_OF)} are not right"
FIRST = "Write these classes first."


@check(reads=RUNS, after=[main_runs], thresholds=["loss"])
@in_either_run(unless_wrong=MEASURE)
def toy_loss_falls(observed: Observation, loss: float) -> Finding:
    """The loss of the toy problem falls towards 0.01"""
    seen = seen_in(observed)
    if set(MADE_OF) <= set(seen["wrong"]):
        return blocked(NOTHING_OWN, hint=FIRST)
    network = _toy(seen)
    if network is None:
        note = time_note(seen) + doubt_note(seen, (nets.POINT, nets.CLOUDS))
        return failed(f"no network with 2 inputs and 2 outputs was trained{note}", hint=HINT)
    start, end = nets.loss_ends(network)
    pictures = toy_pictures(None, network)
    if not len(network["losses"]) or not np.any(np.isfinite(network["losses"])):
        message = "no loss was computed while the toy model was trained, or none that is a number"
        return failed(message, hint="Call criterion.forward in every step.", pictures=pictures)
    message = f"the loss goes from {start:.3g} to {end:.3g}, expected at most {loss:.3g}"
    if not end <= loss:
        diagnosis = "diverged" if not np.isfinite(end) or end > start else "learned_little"
        return failed(message, hint=HINT, diagnosis=diagnosis, pictures=pictures, margin=end / loss)
    return passed(message, pictures=pictures, margin=end / loss)


@check(reads=RUNS, after=[main_runs], thresholds=["accuracy"])
@in_either_run()
def toy_separates(observed: Observation, accuracy: float) -> Finding:
    """The toy model tells fresh points of the two clouds apart"""
    seen = seen_in(observed)
    if set(MADE_OF) <= set(seen["wrong"]):
        return blocked(NOTHING_OWN, hint=FIRST)
    measured = seen["measured"].get("toy")
    if _toy(seen) is None or measured is None:
        return blocked("there is no trained toy model", hint=HINT)
    output = measured["output"]
    if output is None or output.shape != (len(measured["which"]), nets.CLOUDS):
        problem = problem_from(measured["problem"]) or "it does not give two numbers for a point"
        return failed(
            f"the toy model could not be asked: {problem}",
            hint="After the last cell, forward of the toy model has to work.",
        )
    right = float(np.mean(np.argmax(np.nan_to_num(output), axis=1) == measured["which"]))
    # which cloud is called the first one is free
    right = max(right, 1 - right) if np.all(np.isfinite(output)) else 0.0
    message = f"{percent(right)} of {len(output)} fresh points are told apart, expected {percent(accuracy)}"
    pictures = toy_pictures(measured, None)
    if right < accuracy:
        return failed(message, hint=HINT, pictures=pictures, margin=at_least(accuracy, right))
    return passed(message, pictures=pictures, margin=at_least(accuracy, right))


def _toy(seen: MainSeen) -> nets.Network | None:
    return nets.toy_model(seen["networks"])
