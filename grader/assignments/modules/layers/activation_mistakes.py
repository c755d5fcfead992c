"""What is right of the activations that work entry by entry, and known mistakes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.assignments.modules.layers import closed_forms
from grader.assignments.modules.layers.cases import Case
from grader.assignments.modules.layers.judging import (
    Mistake,
)
from grader.model import Array

SLOPE, ALPHA = 0.03, 1.0


def _given(case: Case, default: float) -> float:
    return float(case["given"][0]) if case["given"] else default


def leaky(case: Case) -> Array:
    """Return what LeakyReLU makes of the input of a case."""
    return closed_forms.leaky_relu(case["input"], _given(case, SLOPE))


def leaky_gradient(case: Case) -> Array:
    """Return the gradient of LeakyReLU."""
    return np.asarray(case["grad"] * closed_forms.leaky_relu_slope(case["input"], _given(case, SLOPE)))


def elu(case: Case) -> Array:
    """Return what ELU makes of the input of a case."""
    return closed_forms.elu(case["input"], _given(case, ALPHA))


def elu_gradient_of(case: Case) -> Array:
    """Return the gradient of ELU."""
    return np.asarray(case["grad"] * closed_forms.elu_slope(case["input"], _given(case, ALPHA)))


def softplus(case: Case) -> Array:
    """Return what SoftPlus makes of the input of a case."""
    return closed_forms.softplus(case["input"])


def softplus_gradient_of(case: Case) -> Array:
    """Return the gradient of SoftPlus."""
    return np.asarray(case["grad"] * closed_forms.softplus_slope(case["input"]))


def _by_slope(slope: Callable[[Case], Array]) -> Callable[[Case], Array]:
    return lambda case: np.asarray(case["grad"] * slope(case))


_SMALL = "For what is not positive"


LEAKY_MISTAKES = (
    Mistake(
        "slope_left_out",
        lambda c: np.maximum(c["input"], 0),
        f"{_SMALL}, the output is 0: there it is slope times the input.",
    ),
    Mistake(
        "slope_fixed",
        lambda c: closed_forms.leaky_relu(c["input"], SLOPE),
        "The slope that was given to the constructor is not used: keep it there and use it in forward.",
    ),
    Mistake("slope_sign", lambda c: np.where(c["input"] > 0, c["input"], -leaky(c)), f"{_SMALL}, the sign is wrong."),
    Mistake(
        "sides_swapped",
        lambda c: np.where(c["input"] > 0, _given(c, SLOPE), 1) * c["input"],
        "The slope is used for positive inputs: it belongs to the others.",
    ),
)


LEAKY_GRADIENT_MISTAKES = (
    Mistake(
        "slope_left_out",
        _by_slope(lambda c: 1.0 * (c["input"] > 0)),
        f"{_SMALL}, the gradient is 0: the derivative there is the slope.",
    ),
    Mistake(
        "slope_fixed",
        _by_slope(lambda c: closed_forms.leaky_relu_slope(c["input"], SLOPE)),
        "The slope that was given to the constructor is not used in the gradient.",
    ),
    Mistake(
        "grad_output_ignored",
        lambda c: closed_forms.leaky_relu_slope(c["input"], _given(c, SLOPE)),
        "The derivative is right, but it is not multiplied by gradOutput.",
    ),
    Mistake(
        "mask_of_grad_output",
        lambda c: c["grad"] * np.where(c["grad"] > 0, 1, _given(c, SLOPE)),
        "The slope is chosen by the sign of gradOutput: it depends on the sign of the input.",
    ),
)


ELU_MISTAKES = (
    Mistake(
        "alpha_left_out",
        lambda c: closed_forms.elu(c["input"], ALPHA),
        "alpha is left out: for what is not positive the output is a multiple of it.",
    ),
    Mistake(
        "one_not_subtracted",
        lambda c: np.where(c["input"] > 0, c["input"], _given(c, ALPHA) * np.exp(np.minimum(c["input"], 0))),
        "At 0 the two branches of ELU meet: look at what is subtracted from the exponential.",
    ),
)


ELU_GRADIENT_MISTAKES = (
    Mistake(
        "alpha_left_out",
        _by_slope(lambda c: closed_forms.elu_slope(c["input"], ALPHA)),
        "The derivative lacks alpha: for what is not positive the output is a multiple of alpha, and so is its derivative.",
    ),
    Mistake(
        "output_as_derivative",
        _by_slope(lambda c: np.where(c["input"] > 0, 1, elu(c))),
        "For what is not positive the output is used as the derivative: derive it once more by hand.",
    ),
    Mistake(
        "exponent_of_output",
        _by_slope(lambda c: np.where(c["input"] > 0, 1, _given(c, ALPHA) * np.exp(elu(c)))),
        "The derivative is taken at the output instead of at the input.",
    ),
    Mistake(
        "grad_output_ignored",
        lambda c: closed_forms.elu_slope(c["input"], _given(c, ALPHA)),
        "The derivative is right, but it is not multiplied by gradOutput.",
    ),
)


SOFTPLUS_MISTAKES = (
    Mistake(
        "one_left_out", lambda c: c["input"], "The output is the input: look at what is added before the logarithm."
    ),
    Mistake("logarithm_left_out", lambda c: 1 + np.exp(c["input"]), "The logarithm is left out."),
    Mistake("logarithm_base", lambda c: softplus(c) / np.log(2), "The logarithm has the base 2, not e."),
)


SOFTPLUS_GRADIENT_MISTAKES = (
    Mistake(
        "one_minus_derivative",
        _by_slope(lambda c: closed_forms.softplus_slope(-c["input"])),
        "This is the derivative at the negative of the input: check the sign in the exponent.",
    ),
    Mistake(
        "derivative_of_logistic",
        _by_slope(lambda c: closed_forms.softplus_slope(c["input"]) * closed_forms.softplus_slope(-c["input"])),
        "One derivative too many: this is the second derivative of SoftPlus.",
    ),
    Mistake(
        "derivative_at_output",
        _by_slope(lambda c: closed_forms.softplus_slope(softplus(c))),
        "The derivative is taken at the output instead of at the input.",
    ),
    Mistake("exponential", _by_slope(lambda c: np.exp(c["input"])), "The derivative of the logarithm is left out."),
    Mistake(
        "grad_output_ignored",
        lambda c: closed_forms.softplus_slope(c["input"]),
        "The derivative is right, but it is not multiplied by gradOutput.",
    ),
)
