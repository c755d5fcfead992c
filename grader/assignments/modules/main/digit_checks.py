"""Judging the final model: what it is worth on unseen digits, and how it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.modules.main import networks as nets
from grader.assignments.modules.main.both_runs import RUNS, in_either_run
from grader.assignments.modules.main.doubts import doubt_note
from grader.assignments.modules.main.measuring import share
from grader.assignments.modules.main.pictures import digit_pictures, loss_curves
from grader.assignments.modules.main.probe import MainSeen, seen_in
from grader.assignments.modules.main.run_checks import main_runs
from grader.checks import blocked, check, failed, passed, pending
from grader.datasets.digits import KINDS
from grader.datasets.digits.answers import estimates
from grader.model import Finding, Observation
from grader.notebooks.judging import by_run, threshold, time_note, transcript_of
from grader.plain import problem_from
from grader.text import percent

HINT = "Train a last network from 784 numbers to 10 classes, and leave it in a variable."
FASTER = "Make the notebook faster: train no more than is asked for, and evaluate less often while training."
MEMORISED = 0.1


def final_model(seen: MainSeen) -> nets.Network | None:
    """Return the network that counts as the final model: the one that was measured, else the last candidate."""
    candidates = nets.final_candidates(seen["networks"], seen.get("digits", 0))
    measured = seen["measured"].get("digits")
    chosen = [each for each in candidates if measured and each["index"] == measured["index"]]
    return next(iter([*chosen, *candidates]), None)


def _no_model(seen: MainSeen) -> Finding:
    note = time_note(seen) + doubt_note(seen, (nets.PIXELS, nets.CLASSES))
    return blocked(f"no network was trained that classifies digits{note}", hint=HINT)


@check(reads=RUNS, after=[main_runs], thresholds=by_run(KINDS))
@in_either_run()
def digit_accuracy(observed: Observation, **thresholds: float) -> Finding:
    """The final model classifies digits that it never saw"""
    seen = seen_in(observed)
    network, measured = final_model(seen), seen["measured"].get("digits")
    if network is None:
        return _no_model(seen)
    labels = seen["labels"].astype(np.int64)
    if measured is None or measured["output"] is None or measured["output"].shape != (len(labels), nets.CLASSES):
        problem = problem_from(measured["problem"]) if measured else observed.problem
        reason = problem or "forward does not give 10 numbers for an image"
        return failed(
            f"the model could not be measured: {reason}", hint="After the last cell, forward of the model has to work."
        )
    wanted, right = threshold(seen, thresholds), float(np.mean(estimates(measured["output"]) == labels))
    told = f"{percent(right)} of {len(labels)} unseen digits right, expected at least {percent(wanted)}"
    message = f"{nets.described(network)}: {told}"
    pictures = [*digit_pictures(measured, labels), *loss_curves([("final model", network)], "Loss of the final model")]
    if right >= wanted and np.all(np.isfinite(measured["output"])):
        return passed(message, pictures=pictures)
    reason, hint, diagnosis = _why_low(network, measured, right)
    if seen["cut"]:
        # what there was no time for is no mistake in what was done
        return failed(f"{seen['cut']}; {message}: {reason}", hint=FASTER, diagnosis=diagnosis, pictures=pictures)
    return failed(f"{message}: {reason}", hint=hint, diagnosis=diagnosis, pictures=pictures)


def _why_low(network: nets.Network, measured: Mapping[str, Any], right: float) -> tuple[str, str, str]:
    start, end = nets.loss_ends(network)
    # a loss that is no number from the start was not computed
    if not np.all(np.isfinite(measured["output"])) or (np.isfinite(start) and not np.isfinite(end)):
        return (
            "its outputs or losses are not numbers: the training diverged",
            "Take a smaller learning rate.",
            "diverged",
        )
    known = share(measured, "training")
    if known is not None and known >= right + MEMORISED:
        told = f"of the digits that it was trained on it gets {percent(known)} right"
        return told, "Train on more digits, with dropout.", "memorised"
    hint = "Train for more epochs, or with another rate."
    if not np.isfinite(start):
        return "no loss was computed while it was trained", hint, "learned_little"
    return f"its loss went from {start:.3g} to {end:.3g}", hint, "learned_little"


@check(reads=RUNS, after=[main_runs])
@in_either_run()
def validation_split(observed: Observation) -> Finding:
    """The final model is tried on digits that it is not trained on"""
    seen = seen_in(observed)
    network = final_model(seen)
    if network is None:
        return _no_model(seen)
    hint = "Split the digits: train on one part, and compute loss and accuracy on the other, which is never trained on."
    if not network["asked_rows"]:
        return failed(
            "after training, forward of the model was not called for any digit", hint=hint, diagnosis="no_validation"
        )
    held_out, known = network["held_out"], network["distinct"]
    if not nets.holds_out(network):
        message = "all digits that the model is tried on are among those that it was trained on"
        return failed(message, hint=hint, diagnosis="no_split")
    part = held_out / max(held_out + known, 1)
    return passed(f"about {percent(part, 0)} of the digits that the model met were held out")


@check(reads=RUNS, after=[main_runs])
@in_either_run()
def dropout_off_when_evaluating(observed: Observation) -> Finding:
    """Dropout is used in training, and off when the model is tried"""
    seen = seen_in(observed)
    network = final_model(seen)
    if network is None:
        return _no_model(seen)
    modes = network["modes"]
    if not nets.has(network, "Dropout"):
        message = f"the final model has no Dropout: {nets.described(network)}"
        return failed(message, hint="Put Dropout between the layers of the final model.", diagnosis="no_dropout")
    trained = modes["trained_on"] + modes["trained_off"]
    if modes["trained_on"] < nets.MODE * trained:
        message = (
            f"dropout is off for {percent(modes['trained_off'] / max(trained, 1), 0)} of what the model is trained on"
        )
        hint = "Set training to True again, for every module, after each evaluation."
        return failed(message, hint=hint, diagnosis="dropout_off_when_training")
    asked = modes["asked_on"] + modes["asked_off"]
    if not asked:
        return failed("the model is never tried without being trained", hint="Compute the accuracy on held-out digits.")
    if modes["asked_off"] < nets.MODE * asked:
        message = f"dropout is on for {percent(modes['asked_on'] / asked, 0)} of the digits that the model is tried on"
        hint = (
            "Call evaluate() on every module before the model is tried; a Sequential has to pass it on to its modules."
        )
        return failed(message, hint=hint, diagnosis="dropout_on_when_evaluating")
    return passed(f"on for {percent(modes['trained_on'] / max(trained, 1), 0)} of training, off for evaluation")


@check(reads=RUNS, after=[main_runs])
@in_either_run()
def rate_decays(observed: Observation) -> Finding:
    """The learning rate of the final model decays"""
    seen = seen_in(observed)
    network = final_model(seen)
    if network is None:
        return _no_model(seen)
    hint = "Make config['learning_rate'] smaller as the training goes on, for instance by half every few epochs."
    ends = nets.rate_ends(network)
    if ends is None:
        message = "the learning rate could not be seen from what the steps do; a person looks into the notebook"
        return pending(message, for_staff=[transcript_of(seen)])
    start, end = ends
    if not nets.decays(network):
        return failed(f"the learning rate is {start:.3g} at the start and {end:.3g} at the end", hint=hint)
    return passed(f"from {start:.3g} to {end:.3g}")
