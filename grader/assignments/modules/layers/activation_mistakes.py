"""What is right of the activations that work entry by entry, and known mistakes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.assignments.modules.layers import closed_forms
from grader.assignments.modules.layers.cases import Case
from grader.kits.mistakes import Mistake
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


LEAKY_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "slope_left_out",
        f"{_SMALL}, the output is 0: there it is slope times the input.",
        lambda c: np.maximum(c["input"], 0),
    ),
    Mistake(
        "slope_fixed",
        "The slope that was given to the constructor is not used: keep it there and use it in forward.",
        lambda c: closed_forms.leaky_relu(c["input"], SLOPE),
    ),
    Mistake("slope_sign", f"{_SMALL}, the sign is wrong.", lambda c: np.where(c["input"] > 0, c["input"], -leaky(c))),
    Mistake(
        "sides_swapped",
        "The slope is used for positive inputs: it belongs to the others.",
        lambda c: np.where(c["input"] > 0, _given(c, SLOPE), 1) * c["input"],
    ),
)


LEAKY_GRADIENT_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "slope_left_out",
        f"{_SMALL}, the gradient is 0: the derivative there is the slope.",
        _by_slope(lambda c: 1.0 * (c["input"] > 0)),
    ),
    Mistake(
        "slope_fixed",
        "The slope that was given to the constructor is not used in the gradient.",
        _by_slope(lambda c: closed_forms.leaky_relu_slope(c["input"], SLOPE)),
    ),
    Mistake(
        "grad_output_ignored",
        "The derivative is right, but it is not multiplied by gradOutput.",
        lambda c: closed_forms.leaky_relu_slope(c["input"], _given(c, SLOPE)),
    ),
    Mistake(
        "mask_of_grad_output",
        "The slope is chosen by the sign of gradOutput: it depends on the sign of the input.",
        lambda c: c["grad"] * np.where(c["grad"] > 0, 1, _given(c, SLOPE)),
    ),
)


ELU_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "alpha_left_out",
        "alpha is left out: for what is not positive the output is a multiple of it.",
        lambda c: closed_forms.elu(c["input"], ALPHA),
    ),
    Mistake(
        "one_not_subtracted",
        "At 0 the two branches of ELU meet: look at what is subtracted from the exponential.",
        lambda c: np.where(c["input"] > 0, c["input"], _given(c, ALPHA) * np.exp(np.minimum(c["input"], 0))),
    ),
)


ELU_GRADIENT_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "alpha_left_out",
        "The derivative lacks alpha: for what is not positive the output is a multiple of alpha, and so is its derivative.",
        _by_slope(lambda c: closed_forms.elu_slope(c["input"], ALPHA)),
    ),
    Mistake(
        "output_as_derivative",
        "For what is not positive the output is used as the derivative: derive it once more by hand.",
        _by_slope(lambda c: np.where(c["input"] > 0, 1, elu(c))),
    ),
    Mistake(
        "exponent_of_output",
        "The derivative is taken at the output instead of at the input.",
        _by_slope(lambda c: np.where(c["input"] > 0, 1, _given(c, ALPHA) * np.exp(elu(c)))),
    ),
    Mistake(
        "grad_output_ignored",
        "The derivative is right, but it is not multiplied by gradOutput.",
        lambda c: closed_forms.elu_slope(c["input"], _given(c, ALPHA)),
    ),
)


SOFTPLUS_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "one_left_out", "The output is the input: look at what is added before the logarithm.", lambda c: c["input"]
    ),
    Mistake("logarithm_left_out", "The logarithm is left out.", lambda c: 1 + np.exp(c["input"])),
    Mistake("logarithm_base", "The logarithm has the base 2, not e.", lambda c: softplus(c) / np.log(2)),
)


SOFTPLUS_GRADIENT_MISTAKES: tuple[Mistake[Case], ...] = (
    Mistake(
        "one_minus_derivative",
        "This is the derivative at the negative of the input: check the sign in the exponent.",
        _by_slope(lambda c: closed_forms.softplus_slope(-c["input"])),
    ),
    Mistake(
        "derivative_of_logistic",
        "One derivative too many: this is the second derivative of SoftPlus.",
        _by_slope(lambda c: closed_forms.softplus_slope(c["input"]) * closed_forms.softplus_slope(-c["input"])),
    ),
    Mistake(
        "derivative_at_output",
        "The derivative is taken at the output instead of at the input.",
        _by_slope(lambda c: closed_forms.softplus_slope(softplus(c))),
    ),
    Mistake("exponential", "The derivative of the logarithm is left out.", _by_slope(lambda c: np.exp(c["input"]))),
    Mistake(
        "grad_output_ignored",
        "The derivative is right, but it is not multiplied by gradOutput.",
        lambda c: closed_forms.softplus_slope(c["input"]),
    ),
)
