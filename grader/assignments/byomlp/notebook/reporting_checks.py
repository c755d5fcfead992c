"""Judging what Classification.ipynb says of its networks: accuracies that are printed, and a comparison in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader import locations
from grader.assignments.byomlp.notebook.architectures import has_widths
from grader.assignments.byomlp.notebook.classification_probe import TASK, WANTED, ClassificationSeen, seen_in
from grader.assignments.byomlp.notebook.run_checks import classification_runs, network_of, run_that_counts
from grader.assignments.byomlp.notebook.written import comparisons
from grader.checks import blocked, check, failed, passed, pending
from grader.model import Finding, Observation, Quote, Verdict
from grader.notebooks import reported
from grader.notebooks.prompts import template_sentences
from grader.text import percent

READS = ("classification", "classification_own")


@check(reads=READS, after=[classification_runs], thresholds=["tolerance"], through=run_that_counts)
def accuracies_reported(observed: Observation, *, tolerance: float) -> Finding:
    """Accuracy on all training and all test images is printed for both networks, and true"""
    seen = seen_in(observed)
    found = _reported(seen, "", tolerance)
    if found.verdict is not Verdict.PASSED and any(
        "train_right_own" in each for each in seen.get("measured", {}).values()
    ):
        # what the student's own object says is true as well
        own = _reported(seen, "_own", tolerance)
        return own if own.verdict is Verdict.PASSED else found
    return found


def _reported(seen: ClassificationSeen, whose: str, tolerance: float) -> Finding:
    truths = list(_truths(seen, whose))
    hint = "Print the accuracy on all training images and on all test images for each network, with the words train and test."
    if not truths:
        return blocked("there is no network whose accuracy could be compared", hint=hint)
    numbers = reported.printed(seen["cells"])
    if wrong := reported.of_the_wrong_set(numbers, truths):
        truth, number = wrong
        message = (
            f"{number.text} is printed as {truth}, but that is the one on the training images; "
            f"measured {percent(truth.value, 2)}"
        )
        return failed(
            message, hint="Load the test images with get_digits('DigitsTest').", diagnosis="accuracy_on_the_wrong_set"
        )
    missing = reported.unstated(numbers, truths, tolerance)
    told = ", ".join(f"{truth} {percent(truth.value, 2)}" for truth in truths)
    if not missing and len(_networks(seen)) == 1:
        return passed(f"only one network is there; its accuracies are right: {told}")
    if not missing and len({truth.network for truth in truths}) == len(WANTED):
        return passed(told)
    if not missing:
        return failed("the accuracies of one network only are printed, expected those of both", hint=hint)
    return _not_stated(seen, numbers, truths, missing, hint)


def _not_stated(
    seen: ClassificationSeen,
    numbers: list[reported.Number],
    truths: list[reported.Truth],
    missing: list[reported.Truth],
    hint: str,
) -> Finding:
    wanted = _told(missing)
    labels = {truth.label for truth in missing}
    claimed = list(dict.fromkeys(number.text for number in numbers if number.label in labels))
    if claimed:
        told = f"{', '.join(claimed[-4:])} {'are' if len(claimed) > 1 else 'is'} printed, but what was measured differs: {wanted}"
        return failed(told, hint=hint, diagnosis="reported_accuracy_is_wrong")
    of_test = [truth for truth in missing if truth.label == reported.TEST]
    # numbers without a word beside them may well be those of the training images
    if labels == {reported.TEST} or (
        numbers and of_test == [truth for truth in truths if truth.label == reported.TEST]
    ):
        told = f"accuracy on the test images is not printed: {_told(of_test)}"
        return failed(told, hint=hint, diagnosis="no_test_accuracy")
    figures = sum(cell["figures"] for cell in seen["cells"])
    told = "only shown in a picture: print the numbers too" if figures and not numbers else "not printed"
    return failed(f"{told}: {wanted}", hint=hint, diagnosis="no_accuracy")


def _told(truths: Iterable[reported.Truth]) -> str:
    return "; ".join(f"{truth} is {percent(truth.value, 2)}" for truth in truths)


def _truths(seen: ClassificationSeen, whose: str) -> Iterator[reported.Truth]:
    for which in _networks(seen):
        measured: Mapping[str, Any] = seen.get("measured", {}).get(which, {})
        for label, split, size in ((reported.TRAIN, "train", seen["train"]), (reported.TEST, "test", seen["test"])):
            if (right := measured.get(f"{split}_right{whose}")) is not None:
                yield reported.Truth(which, label, right, size)


def _networks(seen: ClassificationSeen) -> list[str]:
    """Return which of the networks asked for are there; one network that comes nearest to both counts once."""
    chosen = {which: network for which in WANTED if (network := network_of(seen, which)) is not None}
    right = {which: network for which, network in chosen.items() if has_widths(network, WANTED[which])}
    found: dict[int, str] = {}
    for which, network in (right | chosen).items():
        found.setdefault(id(network), which)
    return [which for which in WANTED if which in found.values()]


@check(reads=READS, after=[classification_runs], through=run_that_counts)
def comparison_written(observed: Observation) -> Finding:
    """It is said in words which network works better and why, and whether either overfits"""
    seen = seen_in(observed)
    found = comparisons(seen["cells"], template_sentences(locations.template_folder("byomlp"), TASK.file))
    if not found:
        hint = "Write a few sentences below the results, in a Markdown cell: which network works better, why, does it overfit?"
        return failed("no comparison of the two networks in words was found", hint=hint)
    quotes = [Quote(f"{seen['file']}, {where}", text) for where, text in found]
    return pending("what you wrote about the networks is read by a person", for_staff=quotes)
