"""Reading the log of a network's training: in which order images came, in which batches, with which rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from grader.assignments.byomlp.notebook.watch_operations import PassRecord, TrainingLog
from grader.text import counted

Log = TrainingLog

# of the training images, what an epoch has to cover: up to a fifth may be set aside to validate with, and what is left
# over when the others are cut into batches may be left out
COVERED = 0.79
MOSTLY = 0.95
# in random order two neighbours are of one class in a tenth of the cases, and neighbours in the data set hardly ever
SORTED, ONE_CLASS = 0.5, 0.6
SAME_RATE = 0.01
# steps with smaller rates leave parameters as they are
LEAST_RATE = 1e-12


def epochs(log: Log, train_size: int) -> list[PassRecord]:
    """Return the listed passes that went through the training set, each image once.

    `train_size` is the number of training images that there were.
    """
    return [each for each in log["passes"] if is_epoch(each, train_size)]


def is_epoch(each: PassRecord, train_size: int) -> bool:
    """Tell whether a pass went through the training set, but for images that may be set aside, and not with rate 0."""
    moves = not each["steps"] or any(map(_moves, each["rates"]))
    return bool(moves and each["train"] >= COVERED * train_size)


def epoch_count(log: Log, train_size: int) -> int:
    """Return how many epochs there were in all, or as many as there were training images for in whatever order.

    Passes that are not listed are taken to be like the listed ones. Test images do not count.
    """
    listed = len(log["passes"])
    whole = round(len(epochs(log, train_size)) * log["passes_total"] / listed) if listed else 0
    examples = (log["examples"] - log["test_rows"]) * share_that_moves(log)
    return max(whole, int(examples // max(train_size, 1)))


def share_that_moves(log: Log) -> float:
    """Return the share of steps whose rate is not 0; 1 where there were no steps."""
    steps = sum(count for _, count in log["rates"])
    return sum(count for rate, count in log["rates"] if _moves(rate)) / steps if steps else 1.0


def _moves(rate: float) -> bool:
    # what is not a number moves parameters, too
    return not abs(rate) < LEAST_RATE


def in_epochs(log: Log, train_size: int) -> float:
    """Return the fraction of examples that are part of an epoch: near 1 where each image comes once an epoch."""
    listed = sum(each["examples"] for each in log["passes"])
    return sum(each["examples"] for each in epochs(log, train_size)) / listed if listed else 0.0


def is_mini_batch(log: Log, size: int) -> bool:
    """Tell whether a step was taken after every `size` images, with gradients of these images only.

    What is left over at the end of an epoch may be a smaller batch, or left out.
    """
    right = sum(count for examples, cleared, _, count in log["batches"] if examples == size and cleared)
    rest = sum(count for examples, cleared, _, count in log["batches"] if 0 < examples < size and cleared)
    total = sum(count for *_, count in log["batches"])
    return bool(right > 0 and right + min(rest, log["passes_total"]) >= MOSTLY * total)


def is_cleared(log: Log) -> bool:
    """Tell whether gradients were cleared between a step and the next example."""
    cleared = sum(count for _, cleared, _, count in log["batches"] if cleared)
    return bool(cleared >= MOSTLY * sum(count for *_, count in log["batches"]))


def is_in_order(epoch: PassRecord) -> bool:
    """Tell whether the images of an epoch came as they lie in the data set, or class by class."""
    return bool(epoch["sorted"] > SORTED or epoch["same_class"] > ONE_CLASS)


def rates_by_epoch(log: Log, train_size: int) -> list[float]:
    """Return the rate that most steps of each epoch were taken with, in order; an epoch has as many steps as the others.

    A last epoch that was cut short has one, too, when it was at least half as long. Where images were not used once an epoch,
    it is as many examples as there are training images.
    """
    each = _steps_an_epoch(log, train_size)
    remaining = [[float(rate), int(steps)] for rate, steps in log["rates"]]
    rates = []
    while each and sum(steps for _, steps in remaining) >= 0.5 * each:
        rates.append(_most(_take(remaining, each)))
    return rates


def _steps_an_epoch(log: Log, train_size: int) -> int:
    if found := epochs(log, train_size):
        return int(sorted(epoch["steps"] for epoch in found)[len(found) // 2])
    steps, examples = int(log["steps"]), int(log["examples"])
    return round(steps * train_size / max(examples, 1))


def _take(remaining: list[list[Any]], count: int) -> list[tuple[float, int]]:
    """Take the first `count` steps out of the run lengths."""
    taken = []
    while count and remaining:
        steps = min(count, remaining[0][1])
        taken.append((remaining[0][0], steps))
        remaining[0][1] -= steps
        count -= steps
        if not remaining[0][1]:
            remaining.pop(0)
    return taken


def _most(runs: Iterable[tuple[float, int]]) -> float:
    steps: dict[float, int] = {}
    for rate, count in runs:
        steps[rate] = steps.get(rate, 0) + count
    return max(steps, key=lambda rate: steps[rate])


def rate_is_halved(log: Log, train_size: int) -> bool:
    """Tell whether the rate was the same within an epoch and half as large in the next, in all of them."""
    rates = rates_by_epoch(log, train_size)
    # a rate that changes more often than once an epoch shows as many runs
    changes = len(log["rates"]) - 1
    halved = all(same_rate(after, before / 2) for before, after in pairwise(rates))
    return len(rates) > 1 and halved and changes <= len(rates)


def rates_are_within(log: Log, lowest: float, highest: float) -> bool:
    """Tell whether no step was taken with a rate that is lower or higher."""
    rates = [float(rate) for rate, _ in log["rates"]]
    return bool(rates) and all(lowest * (1 - SAME_RATE) <= rate <= highest * (1 + SAME_RATE) for rate in rates)


def same_rate(one: float, other: float) -> bool:
    """Tell whether two learning rates are one, but for how they were computed."""
    return abs(one - other) <= SAME_RATE * abs(other)


def describe(log: Log, train_size: int) -> str:
    """Return in a sentence what was done, as in "60,000 steps of one image each, ..."."""
    if not log["examples"]:
        return "not trained at all: backward was never called"
    if not log["steps"]:
        return f"backward was called for {counted(log['examples'], 'image')}, but step was never called"
    parts = [_steps(log), _passes(log, train_size), *_images(log), _rates(log["rates"])]
    return ", ".join(part for part in parts if part)


def _steps(log: Log) -> str:
    sizes: dict[int, int] = {}
    for examples, _, _, count in log["batches"]:
        sizes[examples] = sizes.get(examples, 0) + count
    size, count = max(sizes.items(), key=lambda item: item[1])
    mostly = "" if count >= MOSTLY * log["steps"] else "mostly "
    each = {0: "without any gradient", 1: "of one image each"}.get(size, f"of {counted(size, 'image')} each")
    said = f"{log['steps']:,} step{'s' * (log['steps'] != 1)} {mostly}{each}"
    if is_cleared(log):
        return said
    if not log["zeros"]:
        return f"{said}, gradients never cleared"
    return f"{said}, gradients cleared only {log['zeros']:,} time{'s' * (log['zeros'] != 1)}"


def _passes(log: Log, train_size: int) -> str:
    found = epochs(log, train_size)
    count = epoch_count(log, train_size)
    if not found or in_epochs(log, train_size) < 0.5:
        longest = max(each["train"] for each in log["passes"])
        if not longest:
            return "none of them of the training images"
        return f"images come again after at most {longest:,} of the {train_size:,} training images"
    least = min(each["train"] for each in found)
    part = f"all {train_size:,}" if least == train_size else f"{least:,} of the {train_size:,}"
    return f"{count:,} pass{'es' * (count != 1)} over {part} training images, {_order(found)}"


def _order(found: Sequence[PassRecord]) -> str:
    if sum(map(is_in_order, found)) > 0.5 * len(found):
        sorted_ones = all(each["sorted"] > SORTED for each in found)
        return "in the order of the data set" if sorted_ones else "class after class"
    again = sum(bool(each["same_as_before"]) for each in found)
    if again:
        return "always in the same order" if again == len(found) - 1 else "some of them in the same order"
    return "each in a new order" if len(found) > 1 else "in random order"


def _images(log: Log) -> list[str]:
    said = []
    if log["test_rows"]:
        said.append(f"{counted(log['test_rows'], 'example')} from the test set among them")
    if log["unknown_rows"]:
        said.append(f"{counted(log['unknown_rows'], 'example')} from elsewhere than the data set")
    return said


def _rates(rates: Sequence[Sequence[float]]) -> str:
    values = [float(rate) for rate, _ in rates]
    if len(set(values)) == 1:
        return f"rate {values[0]:.4g}"
    shown = ", ".join(f"{rate:.4g}" for rate in values[:4])
    return f"rates {shown}" + (f" and so on to {values[-1]:.4g}" if len(values) > 4 else "")
