"""Judging Autoencoder.ipynb: its layers, how it was trained, what it gives back, and what its two numbers tell."""

from __future__ import annotations

import numpy as np

from grader.assignments.byomlp.notebook import training, training_mistakes
from grader.assignments.byomlp.notebook.architectures import (
    AUTOENCODER,
    described,
    has_code,
    has_widths,
    widths_of,
    wrong_activations,
)
from grader.assignments.byomlp.notebook.autoencoder_probe import (
    BATCH,
    EPOCHS,
    RATE,
    AutoencoderSeen,
    box,
    seen_in,
)
from grader.assignments.byomlp.notebook.digit_pictures import code_pictures, loss_curve, reconstructions
from grader.assignments.byomlp.notebook.probe import DRAWING
from grader.assignments.byomlp.notebook.run_checks import autoencoder_runs, doubted, missed, network_of, run_that_counts
from grader.assignments.byomlp.notebook.training_mistakes import Mistake
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.checks import blocked, check, failed, passed
from grader.datasets.digits import KINDS
from grader.model import REDUCED, Array, Finding, Observation
from grader.notebooks.judging import by_run, joined, threshold, time_note
from grader.plain import problem_from
from grader.text import counted, percent

READS = ("autoencoder", "autoencoder_own")
NEIGHBOURS = 10


def _autoencoder(seen: AutoencoderSeen) -> Network | None:
    """Return the network that is an autoencoder with a code of two numbers, whatever its other layers are, or None."""
    network = network_of(seen, "autoencoder")
    return network if network is not None and has_code(network, AUTOENCODER) else None


def _no_autoencoder() -> Finding:
    message = "there is no network with 784 inputs, a layer of 2 and 784 outputs"
    return blocked(message, hint=f"Build the autoencoder first: {AUTOENCODER}.")


@check(reads=READS, after=[autoencoder_runs], through=run_that_counts)
def autoencoder_layers(observed: Observation) -> Finding:
    """The autoencoder has the layers asked for, two of them named latent and up128"""
    seen = seen_in(observed)
    network = network_of(seen, "autoencoder")
    hint = f"Build the layers {AUTOENCODER}, and give the one of 2 the name 'latent' and the one after it 'up128'."
    if network is None:
        return failed(f"no network has 784 outputs, expected {AUTOENCODER}", hint=hint)
    if not has_widths(network, AUTOENCODER):
        found = " -> ".join(map(str, (network["inputs"], *widths_of(network))))
        return failed(f"the nearest network is {found}, expected {AUTOENCODER}", hint=hint)
    wrong = [
        f"layer {index + 1} is named {network['layers'][index]['name']!r}, expected {name!r}"
        for index, name in AUTOENCODER.names.items()
        if network["layers"][index]["name"] != name
    ]
    return failed(joined(wrong), hint=hint, diagnosis="wrong_layer_names") if wrong else passed(described(network))


@check(reads=READS, after=[autoencoder_runs], through=run_that_counts)
def autoencoder_activations(observed: Observation) -> Finding:
    """The layers are leaky ReLUs, the code and the last one logistic; the loss is the squared error"""
    network = _autoencoder(seen_in(observed))
    if network is None:
        return _no_autoencoder()
    if len(network["layers"]) != len(AUTOENCODER.widths):
        return blocked(
            f"it has {counted(len(network['layers']), 'layer')}, expected {AUTOENCODER}", hint="Build its layers first."
        )
    hint = "Take leaky_relu with leaky_relu_deriv everywhere but for 'latent' and the last layer, which take logistic."
    wrong = wrong_activations(network, AUTOENCODER)
    # "squared" is what evidence of earlier versions calls the doubled difference
    if network["loss"] not in ("difference", "doubled", "squared"):
        loss = f"'{network['loss']}'" if network["loss"] else "another function"
        wrong.append(f"the loss derivative is {loss}, expected that of the squared loss")
    return failed(joined(wrong), hint=hint) if wrong else passed(described(network))


@check(reads=READS, after=[autoencoder_runs], through=run_that_counts)
def mini_batches(observed: Observation) -> Finding:
    """The target is the image itself; batches of 16 are shuffled anew each epoch, with one step for each"""
    seen = seen_in(observed)
    network = _autoencoder(seen)
    if network is None:
        return _no_autoencoder()
    log = network["log"]
    if finding := doubted(network):
        return finding
    if mistake := training_mistakes.of_autoencoder(log, seen["train"], batch=BATCH):
        return failed(mistake.message + time_note(seen), hint=mistake.hint, diagnosis=mistake.diagnosis)
    return passed(training.describe(log, seen["train"]))


@check(reads=READS, after=[autoencoder_runs], through=run_that_counts)
def rate_halved(observed: Observation) -> Finding:
    """It is trained for at least 3 epochs; the rate begins at 0.0001 and is halved after each"""
    seen = seen_in(observed)
    network = _autoencoder(seen)
    if network is None:
        return _no_autoencoder()
    if finding := doubted(network):
        return finding
    done = training.epoch_count(network["log"], seen["train"])
    pictures = loss_curve(network, seen["train"])
    if done < EPOCHS:
        message = f"{counted(done, 'epoch')} of training, expected at least {EPOCHS}{time_note(seen)}"
        diagnosis = "out_of_time" if seen["cut"] else "too_few_epochs"
        return failed(message, hint="Train for 3 epochs or more.", diagnosis=diagnosis, pictures=pictures)
    if mistake := training_mistakes.wrong_rates(network["log"], seen["train"], first=RATE, batch=BATCH):
        return failed(mistake.message, hint=mistake.hint, diagnosis=mistake.diagnosis, pictures=pictures)
    return passed(f"{counted(done, 'epoch')}, halved after each", pictures=pictures)


@check(reads=READS, after=[autoencoder_runs], thresholds=by_run(KINDS), through=run_that_counts)
def reconstruction_beats_pca(observed: Observation, **thresholds: float) -> Finding:
    """It gives unseen digits back, at full size about as well as two principal components or better"""
    seen = seen_in(observed)
    measured = seen["measured"]
    network, loss = _autoencoder(seen), measured.get("loss")
    if network is None:
        return _no_autoencoder()
    if finding := doubted(network):
        return finding
    if loss is None:
        problem = problem_from(measured.get("problem")) or observed.problem
        message = f"the autoencoder could not be measured: {problem or 'forward does not return 784 numbers'}"
        return failed(message, hint="forward has to return 784 numbers for an image.")
    reached, by_pca = float(np.mean(loss)), float(np.mean(measured["pca_loss"]))
    wanted = threshold(seen, thresholds) * by_pca
    message = (
        f"squared error {reached:.4g} a digit (summed over pixels, {len(loss)} unseen digits), expected at most {wanted:.4g} "
        f"at the {seen['size']} size; "
        f"two principal components: {by_pca:.4g}"
    )
    pictures = reconstructions(measured)
    if reached <= wanted:
        return passed(message, pictures=pictures)
    reason = _why_bad(network, seen["train"], float(np.mean(measured["mean_loss"])), reached)
    return missed(seen, message, reason, pictures)


def _why_bad(network: Network, train: int, mean_loss: float, reached: float) -> Mistake:
    log = network["log"]
    if not np.isfinite(reached):
        hint = "Take a smaller learning rate: the loss has to fall from epoch to epoch."
        return Mistake("diverged_to_nan", "its outputs are not numbers (NaN): the training diverged", hint)
    if mistake := training_mistakes.of_autoencoder(log, train, batch=BATCH):
        return mistake
    if reached > 0.98 * mean_loss:
        message = f"returning the mean of all digits would be as good ({mean_loss:.4g})"
        hint = "Train for more epochs, at the rate that the assignment gives."
        if network["rescaling"][0] < 0:
            hint = "Train on the images as get_digits returns them (black ink): with white ink on black, nearly all inputs are 0."
        return Mistake("learned_the_mean", message, hint)
    done = training.epoch_count(log, train)
    return Mistake("learned_little", f"it was trained for {done} epoch{'s' * (done != 1)}", "Train for more epochs.")


@check(reads=READS, after=[autoencoder_runs], thresholds=[*by_run(KINDS), "spread"], through=run_that_counts)
def latent_codes(observed: Observation, *, spread: float, **thresholds: float) -> Finding:
    """The two numbers in the middle fill their box and tell digits apart"""
    seen = seen_in(observed)
    measured = seen["measured"]
    network = _autoencoder(seen)
    if network is None:
        return _no_autoencoder()
    if finding := doubted(network):
        return finding
    code = measured.get("code")
    hint = "Look at the picture of scatter_digits: the digits have to fill the square, and each class needs a region of its own."
    if not training.epoch_count(network["log"], seen["train"]):
        return failed("the autoencoder was not trained for a whole epoch", hint=hint, diagnosis="not_trained")
    if code is None:
        problem = problem_from(measured.get("code_problem")) or observed.problem
        message = f"forward(x, end='latent') could not be asked: {problem or 'it does not return 2 numbers'}"
        return failed(message, hint=hint)
    if not np.all(np.isfinite(code)):
        message = "the two numbers are NaN: the training diverged"
        return failed(message, hint="Take a smaller learning rate.", diagnosis="diverged_to_nan")
    if seen["size"] == REDUCED:
        return passed("not judged at this size: with so few images the codes hardly move")
    wanted, right = threshold(seen, thresholds), neighbours_agree(code, seen["labels"])
    filled = box(code)
    message = (
        f"from its {NEIGHBOURS} nearest neighbours, the class of {percent(right)} of the digits is guessed right, expected "
        f"{percent(wanted)}; nine in ten codes lie in a box of {filled[0]:.2g} x {filled[1]:.2g}, expected {spread:.2g} or more"
    )
    pictures = code_pictures(measured, seen["labels"].astype(np.int64))
    if right >= wanted and min(filled) >= spread:
        return passed(message, pictures=pictures)
    diagnosis = "codes_collapsed" if min(filled) < spread else "codes_mixed"
    return failed(message + time_note(seen), hint=hint, diagnosis=diagnosis, pictures=pictures)


def neighbours_agree(code: Array, labels: Array) -> float:
    """Return the share of points (N, 2) whose label most of their nearest neighbours have, the point itself left out."""
    points = code.astype(np.float64)
    right = 0
    for first in range(0, len(points), 500):
        part = points[first : first + 500]
        distance = np.sum((part[:, None] - points[None]) ** 2, axis=2)
        distance[np.arange(len(part)), first + np.arange(len(part))] = np.inf
        near = labels[np.argpartition(distance, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]].astype(np.int64)
        votes = np.stack([np.sum(near == label, axis=1) for label in range(10)], axis=1)
        right += int(np.sum(votes.argmax(axis=1) == labels[first : first + 500]))
    return right / max(len(points), 1)


@check(reads=READS, after=[autoencoder_runs], through=run_that_counts)
def reconstructions_shown(observed: Observation) -> Finding:
    """The digits and what became of them are shown in a picture"""
    seen = seen_in(observed)
    network = _autoencoder(seen)
    if network is None:
        return _no_autoencoder()
    trained = min((each["cell"] for each in network["log"]["passes"] if network["log"]["examples"]), default=None)
    hint = f"Call {DRAWING[0]}(X, Y, model) in a cell after the training."
    if trained is None:
        return failed("the autoencoder was not trained before the notebook ended", hint=hint)
    later = [cell["number"] for cell in seen["cells"] if cell["number"] >= trained and cell["figures"]]
    if shown := [number for number in later if number in seen["drawing"]]:
        return passed(f"in code cell {shown[-1]}")
    found = "pictures, but none of digits" if later else "no picture"
    return failed(f"{seen['file']} shows {found} after the training", hint=hint)
