"""Judging Classification.ipynb: its two networks, how they were trained, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.assignments.byomlp.notebook import training, training_mistakes
from grader.assignments.byomlp.notebook.architectures import described, has_widths, wrong_activations
from grader.assignments.byomlp.notebook.classification_probe import WANTED, ClassificationSeen, Measured, seen_in
from grader.assignments.byomlp.notebook.digit_pictures import classification_pictures, learning_curve
from grader.assignments.byomlp.notebook.run_checks import (
    classification_runs,
    doubted,
    missed,
    network_of,
    run_that_counts,
)
from grader.assignments.byomlp.notebook.training import Log
from grader.assignments.byomlp.notebook.training_mistakes import Mistake
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.checks import blocked, check, failed, passed
from grader.datasets.digits import KINDS
from grader.datasets.digits.answers import estimates
from grader.model import Array, Finding, Observation
from grader.notebooks.judging import by_run, joined, threshold, time_note
from grader.plain import problem_from
from grader.text import percent

READS = ("classification", "classification_own")
EPOCHS = 95
MEMORISED = 0.15
LOSS = "difference"


@check(reads=READS, after=[classification_runs], through=run_that_counts)
def small_architecture(observed: Observation) -> Finding:
    """There is a network 784 -> 20 leaky ReLU -> 10 softmax"""
    return _architecture(seen_in(observed), "small")


@check(reads=READS, after=[classification_runs], through=run_that_counts)
def large_architecture(observed: Observation) -> Finding:
    """There is a network 784 -> 40 ReLU -> 20 leaky ReLU -> 10 softmax"""
    return _architecture(seen_in(observed), "large")


def _architecture(seen: ClassificationSeen, which: str) -> Finding:
    wanted, network = WANTED[which], network_of(seen, which)
    layers = "20 leaky ReLUs" if which == "small" else "40 ReLUs, then 20 leaky ReLUs,"
    hint = f"Build MLP(784, softmax_est_crossentropy_deriv) with {layers} and a last layer of 10 softmax neurons."
    if network is None:
        return failed(f"no network has 10 outputs, expected {wanted}", hint=hint)
    if not has_widths(network, wanted):
        return failed(f"the nearest network is {described(network)}, expected {wanted}", hint=hint)
    if wrong := wrong_activations(network, wanted):
        return failed(f"{described(network)}: {joined(wrong)}", hint=hint)
    if network["loss"] != LOSS:
        loss = f"the derivative '{network['loss']}'" if network["loss"] else "another function"
        message = f"{described(network)} is trained with {loss} as loss derivative, expected that of the cross-entropy"
        return failed(message, hint="Pass losses.softmax_est_crossentropy_deriv to MLP.", diagnosis="wrong_loss")
    return passed(described(network))


def _right_networks(seen: ClassificationSeen) -> dict[str, Network]:
    """Return the networks that have the architecture asked for, by which they are."""
    found = {which: network_of(seen, which) for which in WANTED}
    return {which: net for which, net in found.items() if net is not None and _right_architecture(net, which)}


def _right_architecture(network: Network, which: str) -> bool:
    wanted = WANTED[which]
    return has_widths(network, wanted) and not wrong_activations(network, wanted) and network["loss"] == LOSS


@check(reads=READS, after=[classification_runs], through=run_that_counts)
def each_image_once(observed: Observation) -> Finding:
    """Each epoch uses every training image once, in a fresh order, with a step after each"""
    seen = seen_in(observed)
    networks = _right_networks(seen)
    if not networks:
        return _no_network()
    for which, network in networks.items():
        if mistake := training_mistakes.not_drawn(network) or _training_mistake(network["log"], seen["train"]):
            message = f"{which} network: {mistake.message}"
            return failed(message + time_note(seen), hint=mistake.hint, diagnosis=mistake.diagnosis)
    told = [
        f"{which} network: {training.describe(network['log'], seen['train'])}" for which, network in networks.items()
    ]
    return passed(joined(told))


def _training_mistake(log: Log, train: int) -> Mistake | None:
    if not log["examples"]:
        return Mistake("not_trained", "it was never trained", "Call backward, step and zero_grad for each image.")
    mistake = (
        training_mistakes.wrong_images(log)
        or training_mistakes.wrong_batches(log, 1)
        or training_mistakes.wrong_passes(log, train)
    )
    return mistake or _wrong_labels(log)


def _wrong_labels(log: Log) -> Mistake | None:
    if 0 <= log["labels_right"] < training_mistakes.NEARLY_ALL:
        message = (
            f"{percent(log['labels_right'])} of the targets are 1 for the image's class and 0 elsewhere, expected all"
        )
        return Mistake("wrong_targets", message, "Shuffle images and labels by the same order; y is np.eye(10)[label].")
    return None


def _no_network() -> Finding:
    return blocked("neither of the two networks is there", hint="Build the two networks first.")


@check(reads=READS, after=[classification_runs], through=run_that_counts)
def hundred_epochs(observed: Observation) -> Finding:
    """Both networks are trained for 100 epochs"""
    seen = seen_in(observed)
    networks = _right_networks(seen)
    if not networks:
        return _no_network()
    for which, network in networks.items():
        if finding := doubted(network, f"{which} network: "):
            return finding
    done = {which: training.epoch_count(network["log"], seen["train"]) for which, network in networks.items()}
    counted = ", ".join(f"{which} network {count}" for which, count in done.items())
    pictures = learning_curve(networks, seen["train"])
    if min(done.values()) < EPOCHS:
        hint = "Let the loop over epochs run 100 times, for each network."
        if seen["cut"]:
            hint = training_mistakes.FASTER
        message = f"epochs of training: {counted}, expected 100{time_note(seen)}"
        return failed(
            message, hint=hint, diagnosis="out_of_time" if seen["cut"] else "too_few_epochs", pictures=pictures
        )
    return passed(f"epochs of training: {counted}", pictures=pictures)


@check(reads=READS, after=[small_architecture], thresholds=by_run(KINDS), through=run_that_counts)
def small_accuracy(observed: Observation, **thresholds: float) -> Finding:
    """The network 784 -> 20 -> 10 classifies digits that it never saw"""
    return _accuracy(observed, "small", thresholds)


@check(reads=READS, after=[large_architecture], thresholds=by_run(KINDS), through=run_that_counts)
def large_accuracy(observed: Observation, **thresholds: float) -> Finding:
    """The network 784 -> 40 -> 20 -> 10 classifies digits that it never saw"""
    return _accuracy(observed, "large", thresholds)


def _accuracy(observed: Observation, which: str, thresholds: Mapping[str, float]) -> Finding:
    seen = seen_in(observed)
    network, measured = network_of(seen, which), seen["measured"].get(which) or {}
    output = measured.get("output")
    if network is not None and (finding := doubted(network)):
        return finding
    if network is None or output is None or output.shape[1:] != (10,):
        return _unmeasured(observed, measured)
    labels = seen["labels"].astype(np.int64)
    wanted, accuracy = threshold(seen, thresholds), float(np.mean(estimates(output) == labels))
    message = f"{percent(accuracy)} of {len(labels)} unseen digits right, expected at least {percent(wanted)}"
    pictures = classification_pictures(measured, labels)
    if accuracy >= wanted and not _broken(output):
        return passed(message, pictures=pictures)
    reason = _why_low(seen, network, measured, output, accuracy, wanted)
    return missed(seen, message, reason, pictures)


def _broken(output: Array) -> bool:
    return not np.all(np.isfinite(output))


def _unmeasured(observed: Observation, measured: Measured) -> Finding:
    problem = problem_from(measured.get("problem")) or observed.problem
    reason = str(problem) if problem else "forward does not return 10 numbers"
    return failed(
        f"the network could not be measured: {reason}",
        hint="When the notebook ends, forward of this network has to work.",
    )


def _why_low(
    seen: ClassificationSeen,
    network: Network,
    measured: Measured,
    output: Array,
    accuracy: float,
    wanted: float,
) -> Mistake:
    log = network["log"]
    if _broken(output):
        rates = [rate for rate, _ in log["rates"]]
        message = "its outputs are not numbers (NaN): the training diverged" + (
            f" at rate {max(rates):.3g}" if rates else ""
        )
        return Mistake("diverged_to_nan", message, "Take a smaller learning rate, and watch the loss: it has to fall.")
    if mistake := _training_mistake(log, seen["train"]):
        return mistake
    known = measured.get("train_right", 0) / max(seen["train"], 1)
    if known >= max(wanted, accuracy + MEMORISED):
        message = f"it gets {percent(known)} of its training images right: it has memorised them"
        return Mistake("memorised", message, "Train on all images of the training set, not on a part of them.")
    done = training.epoch_count(log, seen["train"])
    if done < EPOCHS:
        return Mistake("too_few_epochs", f"it was trained for {done} epoch{'s' * (done != 1)}", "Train for 100 epochs.")
    rates = [f"{rate:.3g}" for rate, _ in log["rates"][:3]]
    hint = (
        "Try other learning rates, and watch the accuracy on the training images: it has to rise from epoch to epoch."
    )
    return Mistake("learned_little", f"trained with rate {', '.join(rates) or 'none'}", hint)
