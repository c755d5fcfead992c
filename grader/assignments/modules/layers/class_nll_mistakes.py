"""What is right of ClassNLLCriterion, and known mistakes."""

from __future__ import annotations

import numpy as np

from grader import functions
from grader.assignments.modules.layers import closed_forms
from grader.kits.layer_contract import LayerCase
from grader.kits.mistakes import Mistake
from grader.model import Array


def value_of(case: LayerCase) -> Array:
    """Return the right loss (1,)."""
    return np.array([closed_forms.nll(case["input"], case["grad"])])


def gradient_of(case: LayerCase) -> Array:
    """Return the right gradient."""
    return closed_forms.nll_gradient(case["input"], case["grad"])


def _log(case: LayerCase) -> Array:
    return np.asarray(np.log(np.clip(case["input"], closed_forms.LEAST, 1 - closed_forms.LEAST)))


MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "nll_not_averaged",
        "The losses of the rows are added up but not averaged: a criterion divides by the batch size.",
        lambda c: value_of(c) * len(c["input"]),
    ),
    Mistake(
        "nll_averaged_over_classes",
        "The mean runs over all entries: divide by the number of rows only.",
        lambda c: value_of(c) / c["input"].shape[1],
    ),
    Mistake("nll_sign", "The sign is missing: the logarithm of a probability is negative.", lambda c: -value_of(c)),
    Mistake("nll_base", "The logarithm has the base 2, not e.", lambda c: value_of(c) / np.log(2)),
    Mistake(
        "nll_target_ignored",
        "All classes are counted: only the probability of the target counts.",
        lambda c: np.array([-_log(c).sum() / len(c["input"])]),
    ),
    Mistake(
        "nll_of_log_probabilities",
        "The logarithm is left out: the input holds probabilities.",
        lambda c: np.array([-(c["input"] * c["grad"]).sum() / len(c["input"])]),
    ),
    Mistake(
        "nll_softmax_again",
        "SoftMax is applied in the criterion: its input holds probabilities already.",
        lambda c: np.array([closed_forms.nll(functions.softmax(c["input"]), c["grad"])]),
    ),
    Mistake(
        "nll_both_classes",
        "The classes that are not the target do not count in this loss.",
        lambda c: value_of(c) - ((1 - c["grad"]) * np.log(np.clip(1 - c["input"], 1e-15, 1))).sum() / len(c["input"]),
    ),
)


GRADIENT_MISTAKES: tuple[Mistake[LayerCase], ...] = (
    Mistake(
        "nll_not_averaged",
        "The gradient is not divided by the batch size: the loss is the mean over the rows.",
        lambda c: gradient_of(c) * len(c["input"]),
    ),
    Mistake(
        "nll_averaged_over_classes",
        "The gradient is divided by the number of all entries: divide by the number of rows only.",
        lambda c: gradient_of(c) / c["input"].shape[1],
    ),
    Mistake(
        "nll_sign",
        "The gradient has the wrong sign: the loss falls as the probability rises.",
        lambda c: -gradient_of(c),
    ),
    Mistake(
        "nll_target_ignored",
        "The target is left out: the loss does not depend on the probabilities of other classes.",
        lambda c: -1 / c["input"] / len(c["input"]),
    ),
    Mistake(
        "nll_with_softmax",
        "This is the gradient with respect to what goes into SoftMax: the criterion comes after SoftMax, which has its own.",
        lambda c: (c["input"] - c["grad"]) / len(c["input"]),
    ),
    Mistake(
        "nll_with_softmax_not_averaged",
        "This is the gradient with respect to what goes into SoftMax, and is not divided by the batch size.",
        lambda c: c["input"] - c["grad"],
    ),
    Mistake(
        "nll_not_derived",
        "The logarithm is still there: it has to be differentiated.",
        lambda c: -c["grad"] * _log(c) / len(c["input"]),
    ),
    Mistake(
        "nll_probability_left_out",
        "The derivative of the logarithm is left out.",
        lambda c: -c["grad"] / len(c["input"]),
    ),
    Mistake(
        "nll_both_classes",
        "The classes that are not the target do not count in this gradient.",
        lambda c: gradient_of(c) + (1 - c["grad"]) / np.clip(1 - c["input"], 1e-15, 1) / len(c["input"]),
    ),
)
