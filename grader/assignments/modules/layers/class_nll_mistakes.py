"""What is right of ClassNLLCriterion, and known mistakes."""

from __future__ import annotations

import numpy as np

from grader.assignments.modules.layers import closed_forms
from grader.assignments.modules.layers.cases import Case
from grader.assignments.modules.layers.judging import (
    Mistake,
)
from grader.model import Array


def value_of(case: Case) -> Array:
    """Return the right loss (1,)."""
    return np.array([closed_forms.nll(case["input"], case["grad"])])


def gradient_of(case: Case) -> Array:
    """Return the right gradient."""
    return closed_forms.nll_gradient(case["input"], case["grad"])


def _log(case: Case) -> Array:
    return np.asarray(np.log(np.clip(case["input"], closed_forms.LEAST, 1 - closed_forms.LEAST)))


MISTAKES = (
    Mistake(
        "nll_not_averaged",
        lambda c: value_of(c) * len(c["input"]),
        "The losses of the rows are added up but not averaged: a criterion divides by the batch size.",
    ),
    Mistake(
        "nll_averaged_over_classes",
        lambda c: value_of(c) / c["input"].shape[1],
        "The mean runs over all entries: divide by the number of rows only.",
    ),
    Mistake("nll_sign", lambda c: -value_of(c), "The sign is missing: the logarithm of a probability is negative."),
    Mistake("nll_base", lambda c: value_of(c) / np.log(2), "The logarithm has the base 2, not e."),
    Mistake(
        "nll_target_ignored",
        lambda c: np.array([-_log(c).sum() / len(c["input"])]),
        "All classes are counted: only the probability of the target counts.",
    ),
    Mistake(
        "nll_of_log_probabilities",
        lambda c: np.array([-(c["input"] * c["grad"]).sum() / len(c["input"])]),
        "The logarithm is left out: the input holds probabilities.",
    ),
    Mistake(
        "nll_softmax_again",
        lambda c: np.array([closed_forms.nll(closed_forms.softmax(c["input"]), c["grad"])]),
        "SoftMax is applied in the criterion: its input holds probabilities already.",
    ),
    Mistake(
        "nll_both_classes",
        lambda c: value_of(c) - ((1 - c["grad"]) * np.log(np.clip(1 - c["input"], 1e-15, 1))).sum() / len(c["input"]),
        "What is counted for the classes that are not the target does not belong into this loss.",
    ),
)


GRADIENT_MISTAKES = (
    Mistake(
        "nll_not_averaged",
        lambda c: gradient_of(c) * len(c["input"]),
        "The gradient is not divided by the batch size: the loss is the mean over the rows.",
    ),
    Mistake(
        "nll_averaged_over_classes",
        lambda c: gradient_of(c) / c["input"].shape[1],
        "The gradient is divided by the number of all entries: divide by the number of rows only.",
    ),
    Mistake(
        "nll_sign",
        lambda c: -gradient_of(c),
        "The gradient has the wrong sign: the loss falls as the probability rises.",
    ),
    Mistake(
        "nll_target_ignored",
        lambda c: -1 / c["input"] / len(c["input"]),
        "The target is left out: the loss does not hang on the probabilities of other classes.",
    ),
    Mistake(
        "nll_with_softmax",
        lambda c: (c["input"] - c["grad"]) / len(c["input"]),
        "This is the gradient with respect to what goes into SoftMax: the criterion stands behind SoftMax, which has its own.",
    ),
    Mistake(
        "nll_with_softmax_not_averaged",
        lambda c: c["input"] - c["grad"],
        "This is the gradient with respect to what goes into SoftMax, and is not divided by the batch size.",
    ),
    Mistake(
        "nll_not_derived",
        lambda c: -c["grad"] * _log(c) / len(c["input"]),
        "The logarithm is still there: it has to be derived.",
    ),
    Mistake(
        "nll_probability_left_out",
        lambda c: -c["grad"] / len(c["input"]),
        "The derivative of the logarithm is left out.",
    ),
    Mistake(
        "nll_both_classes",
        lambda c: gradient_of(c) + (1 - c["grad"]) / np.clip(1 - c["input"], 1e-15, 1) / len(c["input"]),
        "What is counted for the classes that are not the target does not belong into this gradient.",
    ),
)
