"""Naming what is wrong with how a network was trained, and how to go on: from its log, as `training` reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.assignments.byomlp.notebook import training
from grader.assignments.byomlp.notebook.training import MOSTLY, Log
from grader.assignments.byomlp.notebook.watch_operations import Network, PassRecord
from grader.text import counted

# what may be wrong with a network whose training was cut short, and what to do about it
FOR_WANT_OF_TIME = ("too_few_epochs", "learned_little")
FASTER = "Make the training faster, or evaluate less often: the notebook has to finish in time."
NEARLY_ALL = 0.99
# examples a training image that may be part of no epoch
TRIED = 1.5


@dataclass(frozen=True)
class Mistake:
    """A named mistake: its diagnosis, what was seen and expected, and how to go on."""

    diagnosis: str
    message: str
    hint: str


def of_autoencoder(log: Log, train: int, *, batch: int) -> Mistake | None:
    """Return what is wrong with how an autoencoder was trained on `train` images, its learning rate aside."""
    if not log["examples"]:
        return Mistake("not_trained", "the autoencoder was never trained", "Call backward(x, x), step and zero_grad.")
    if log["targets_are_inputs"] < NEARLY_ALL:
        share = 100 * log["targets_are_inputs"]
        message = f"the target is the image itself for {share:.1f} % of the examples, expected for all"
        return Mistake("target_not_input", message, "An autoencoder has to return its input: call backward(x, x).")
    return wrong_images(log) or wrong_batches(log, batch) or wrong_passes(log, train)


def not_drawn(network: Network) -> Mistake | None:
    """Return what speaks against a network's having begun with parameters that were drawn; nothing where it was not looked at."""
    if why := network.get("begun", ""):
        hint = "Let add_layer draw the parameters, and train the network with backward, step and zero_grad only."
        return Mistake("not_drawn", f"we do not believe that it was trained: {why}", hint)
    return None


def wrong_images(log: Log) -> Mistake | None:
    """Return what is wrong with the images that were trained on."""
    if log["test_rows"] > 0.001 * log["examples"]:
        message = f"{_share(log['test_rows'], log)} of the examples trained on are test images, expected none"
        hint = "Train on the training images only: the test images are to show how the network does on digits it never saw."
        return Mistake("trained_on_test", message, hint)
    if log["unknown_rows"] > (1 - MOSTLY) * log["examples"]:
        message = (
            f"{_share(log['unknown_rows'], log)} of the inputs trained on are none of the training images, expected all "
            "to be rows of X"
        )
        return Mistake("other_images", message, "Call backward with the rows of X that get_digits returns.")
    return None


def wrong_passes(log: Log, train: int) -> Mistake | None:
    """Return what keeps each image from being used once an epoch, in a fresh order each time."""
    passes, whole = log["passes"], training.epochs(log, train)
    if not passes:
        return Mistake("not_trained", "the network was not trained at all", "Call backward, step and zero_grad.")
    total = sum(each["examples"] for each in passes)
    if not whole or _outside(passes, train) > max((1 - MOSTLY) * total, TRIED * train):
        return _partial(passes, train)
    if sum(map(training.is_in_order, whole)) > 0.5 * len(whole):
        message = (
            "the images come in the order of the data set or of their classes, expected a fresh random order each epoch"
        )
        hint = "Go through the images in the order np.random.permutation(len(X)), drawn again before each epoch."
        return Mistake("unshuffled", message, hint)
    if len(whole) > 1 and sum(bool(each["same_as_before"]) for each in whole) > 0.5 * (len(whole) - 1):
        message = "the images come in the same order in every epoch, expected a fresh one each time"
        hint = "Draw np.random.permutation(len(X)) inside the loop over epochs, not before it."
        return Mistake("same_order_each_epoch", message, hint)
    return None


def _outside(passes: Sequence[PassRecord], train: int) -> int:
    """Return how many examples are part of no epoch; a last pass may have been cut short.

    Who tries backward on an image before training meets that image again in the midst of the first epoch: there it is cut.
    """
    return sum(each["examples"] for each in passes[:-1] if not training.is_epoch(each, train))


def _partial(passes: list[PassRecord], train: int) -> Mistake:
    typical = sorted(each["train"] for each in passes)[len(passes) // 2] / max(train, 1)
    if len(passes) == 1:
        message = f"only {100 * typical:.3g} % of the training images were used, expected each of them once an epoch"
        return Mistake("not_one_epoch", message, "Let each epoch go through all images that get_digits returns.")
    # what is drawn by chance comes again now sooner, now later
    lengths = Counter(each["examples"] for each in passes[:-1])
    if max(lengths.values()) >= 0.5 * len(passes[:-1]):
        message = f"only {100 * typical:.3g} % of the training images are used in an epoch, expected all of them"
        return Mistake("part_of_the_images", message, "Train on all images that get_digits returns.")
    message = f"images come a second time before all have come once: typically after {100 * typical:.2g} % of the training images"
    hint = "Draw the order of an epoch with np.random.permutation(len(X)) instead of drawing each image by itself."
    return Mistake("drawn_with_replacement", message, hint)


def wrong_batches(log: Log, size: int) -> Mistake | None:
    """Return what is wrong with the batches: `size` examples, one step, gradients cleared."""
    if not log["batches"]:
        hint = "After each batch call step(alpha), then zero_grad()."
        return Mistake("no_step", "step was never called: the parameters are as they were drawn", hint)
    if not training.share_that_moves(log):
        hint = "Call step with a learning rate that is larger than 0."
        return Mistake("no_step", "step was called with rate 0: the parameters are as they were drawn", hint)
    if training.is_mini_batch(log, size):
        return None
    if not training.is_cleared(log):
        return _uncleared(log)
    known = [batch for batch in log["batches"] if batch[0] >= 0] or log["batches"]
    usual = max(known, key=lambda batch: batch[3])[0]
    wanted = "after each image" if size == 1 else f"after every {counted(size, 'image')}"
    message = f"a step is taken after {_images(usual)} most of the time, expected {wanted}"
    hint = f"Call backward for {_images(size)}, then step(alpha) and zero_grad() once."
    return Mistake("wrong_batch_size", message, hint)


def _images(count: int) -> str:
    return counted(count, "image")


def _uncleared(log: Log) -> Mistake:
    hint = "Call zero_grad() after every step: else old gradients are used again and again."
    if not log["zeros"]:
        return Mistake("zero_grad_never", "zero_grad was never called: gradients of all examples pile up", hint)
    steps = counted(log["steps"], "step")
    if log["zeros"] <= 2 * log["passes_total"] + 2:
        message = f"zero_grad was called {counted(log['zeros'], 'time')} for {steps}, expected after each step"
        return Mistake("zero_grad_once_an_epoch", message, hint)
    message = f"gradients are not cleared between steps: {counted(log['zeros'], 'call')} of zero_grad for {steps}"
    return Mistake("zero_grad_rarely", message, hint)


def wrong_rates(log: Log, train: int, *, first: float, batch: int) -> Mistake | None:
    """Return what is wrong with learning rates that are to begin at `first` and to be halved after each epoch.

    Those who step with the mean of a batch's gradients instead of their sum begin at ``first / batch``.
    """
    rates = [float(rate) for rate, _ in log["rates"]]
    if not rates:
        return Mistake("no_step", "step was never called", "After each batch call step(alpha), then zero_grad().")
    by_epoch, done = training.rates_by_epoch(log, train), training.epoch_count(log, train)
    # a step that was only tried out may have had another
    begun = (rates[0], *by_epoch[:1])
    if not any(training.same_rate(rate, right) for rate in begun for right in (first, first / batch)):
        message = f"the learning rate begins at {rates[0]:.4g}, expected {first:.4g}"
        return Mistake("wrong_rate", message, f"Begin with {first:.4g}.")
    if training.rate_is_halved(log, train):
        return None
    hint = "Write alpha /= 2 as the last line of the loop over epochs, outside the loop over batches."
    if len(rates) > len(by_epoch) + 1:
        message = (
            f"the rate changes {counted(len(rates) - 1, 'time')} in {counted(done, 'epoch')}, expected once after each"
        )
    elif len(set(rates)) == 1:
        message = f"the rate is {rates[0]:.4g} all the time, expected half after each epoch"
    else:
        sequence = ", ".join(f"{rate:.4g}" for rate in by_epoch[:5]) + (", ..." if len(by_epoch) > 5 else "")
        message = f"the rates of the epochs are {sequence}, expected each half the one before"
    return Mistake("rate_not_halved", message, hint)


def _share(count: float, log: Log) -> str:
    return f"{100 * count / max(log['examples'], 1):.3g} %"
