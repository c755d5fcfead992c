"""The activations that work entry by entry: what is right of them, known mistakes, and the checks that follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.assignments.modules.layers.activation_probes import ActivationSeen, own_alpha, own_slope
from grader.assignments.modules.layers.defaults import default_of, wrong_default
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.functions import elu, elu_slope, leaky_relu, leaky_relu_slope, logistic, softplus
from grader.kits.layer_contract import LayerCase, LayerSpec, forward_check, gradient_check, layer_check
from grader.kits.mistakes import Mistake
from grader.model import Array, Finding

Case = LayerCase
# the numbers of LeakyReLU and ELU that stand in what students receive
SLOPE, ALPHA = 0.03, 1.0
_SMALL = "For what is not positive"


def _slope(case: Case) -> float:
    """Return the slope of a case: what was given, or what the class has by itself."""
    return case["given"][0] if case["given"] else own_slope(case) or SLOPE


def _alpha(case: Case) -> float:
    """Return the alpha of a case: what was given, or what the class has by itself."""
    return case["given"][0] if case["given"] else own_alpha(case) or ALPHA


def _by_slope(slope: Callable[[Case], Array]) -> Callable[[Case], Array]:
    return lambda case: np.asarray(case["grad"] * slope(case))


def _ignored(slope: Callable[[Case], Array]) -> Mistake[Case]:
    hint = "The derivative is right, but it is not multiplied by gradOutput."
    return Mistake("grad_output_ignored", hint, slope)


def _activation(name: str, probe: str, *, slope: Callable[[Case], Array], **known: Any) -> LayerSpec[Case]:
    hint = f"Multiply gradOutput by the derivative of {name} at the input, entry by entry."
    return LayerSpec(name=name, probe=probe, module=__name__, gradient=_by_slope(slope), gradient_hint=hint, **known)


def _leaky(case: Case) -> Array:
    return leaky_relu(case["input"], _slope(case))


def _leaky_slope(case: Case) -> Array:
    return leaky_relu_slope(case["input"], _slope(case))


LEAKY_RELU = _activation(
    "LeakyReLU",
    "leaky_relu",
    forward=_leaky,
    slope=_leaky_slope,
    hint="Compare LeakyReLU(0.2) on [[-1, 2]] with what you calculate by hand.",
    mistakes=(
        Mistake(
            "slope_left_out",
            f"{_SMALL}, the output is 0: there it is slope times the input.",
            lambda c: np.maximum(c["input"], 0),
        ),
        Mistake(
            "slope_fixed",
            "The slope that was given to the constructor is not used: keep it there and use it in forward.",
            lambda c: leaky_relu(c["input"], SLOPE),
        ),
        Mistake(
            "slope_sign", f"{_SMALL}, the sign is wrong.", lambda c: np.where(c["input"] > 0, c["input"], -_leaky(c))
        ),
        Mistake(
            "sides_swapped",
            "The slope is used for positive inputs: it belongs to the others.",
            lambda c: np.where(c["input"] > 0, _slope(c), 1) * c["input"],
        ),
    ),
    gradient_mistakes=(
        Mistake(
            "slope_left_out",
            f"{_SMALL}, the gradient is 0: the derivative there is the slope.",
            _by_slope(lambda c: 1.0 * (c["input"] > 0)),
        ),
        Mistake(
            "slope_fixed",
            "The slope that was given to the constructor is not used in the gradient.",
            _by_slope(lambda c: leaky_relu_slope(c["input"], SLOPE)),
        ),
        _ignored(_leaky_slope),
        Mistake(
            "mask_of_grad_output",
            "The slope is chosen by the sign of gradOutput: it depends on the sign of the input.",
            _by_slope(lambda c: np.where(c["grad"] > 0, 1, _slope(c))),
        ),
    ),
)
leaky_relu_forward = forward_check(
    LEAKY_RELU, "LeakyReLU lets what is positive through and scales the rest by the slope", advised=True
)


@layer_check("leaky_relu", excused_by=[leaky_relu_forward], parameters=["leaky_relu_slope"])
def leaky_relu_default(seen: ActivationSeen, leaky_relu_slope: float) -> Finding | None:
    """LeakyReLU takes its slope as an argument, and has the right one without it"""
    return wrong_default(seen, "slope", own_slope(default_of(seen)), leaky_relu_slope)


leaky_relu_gradient = gradient_check(LEAKY_RELU, "LeakyReLU: gradInput agrees with central differences")
leaky_relu_trajectory = trajectory_check(
    "LeakyReLU", "leaky_relu", __name__, after=leaky_relu_gradient, excused_by=[leaky_relu_forward]
)


def _elu(case: Case) -> Array:
    return elu(case["input"], _alpha(case))


def _elu_slope(case: Case) -> Array:
    return elu_slope(case["input"], _alpha(case))


ELU = _activation(
    "ELU",
    "elu",
    forward=_elu,
    slope=_elu_slope,
    hint="Compare ELU(0.5) on [[-1, 2]] with what you calculate by hand.",
    mistakes=(
        Mistake(
            "alpha_left_out",
            "alpha is left out: for what is not positive the output is a multiple of it.",
            lambda c: elu(c["input"], ALPHA),
        ),
        Mistake(
            "one_not_subtracted",
            "At 0 the two branches of ELU meet: look at what is subtracted from the exponential.",
            lambda c: np.where(c["input"] > 0, c["input"], _alpha(c) * np.exp(np.minimum(c["input"], 0))),
        ),
    ),
    gradient_mistakes=(
        Mistake(
            "alpha_left_out",
            "The derivative lacks alpha: for what is not positive the output is a multiple of alpha, and so is its derivative.",
            _by_slope(lambda c: elu_slope(c["input"], ALPHA)),
        ),
        Mistake(
            "output_as_derivative",
            "For what is not positive the output is used as the derivative: differentiate it once more by hand.",
            _by_slope(lambda c: np.where(c["input"] > 0, 1, _elu(c))),
        ),
        Mistake(
            "exponent_of_output",
            "The derivative is taken at the output instead of at the input.",
            _by_slope(lambda c: np.where(c["input"] > 0, 1, _alpha(c) * np.exp(_elu(c)))),
        ),
        _ignored(_elu_slope),
    ),
)
elu_forward = forward_check(
    ELU, "ELU gives the input where it is positive, alpha times an exponential less 1 elsewhere", advised=True
)


@layer_check("elu", excused_by=[elu_forward], parameters=["elu_alpha"])
def elu_default(seen: ActivationSeen, elu_alpha: float) -> Finding | None:
    """ELU takes its alpha as an argument, and has the right one without it"""
    return wrong_default(seen, "alpha", own_alpha(default_of(seen)), elu_alpha)


elu_gradient = gradient_check(ELU, "ELU: gradInput agrees with central differences")
elu_trajectory = trajectory_check("ELU", "elu", __name__, after=elu_gradient, excused_by=[elu_forward])


def _softplus(case: Case) -> Array:
    return softplus(case["input"])


def _softplus_slope(case: Case) -> Array:
    return logistic(case["input"])


SOFTPLUS = _activation(
    "SoftPlus",
    "softplus",
    forward=_softplus,
    slope=_softplus_slope,
    hint="SoftPlus at 0 is log(2): compare a few more values with what you calculate by hand.",
    mistakes=(
        Mistake(
            "one_left_out", "The output is the input: look at what is added before the logarithm.", lambda c: c["input"]
        ),
        Mistake("logarithm_left_out", "The logarithm is left out.", lambda c: 1 + np.exp(c["input"])),
        Mistake("logarithm_base", "The logarithm has the base 2, not e.", lambda c: _softplus(c) / np.log(2)),
    ),
    gradient_mistakes=(
        Mistake(
            "one_minus_derivative",
            "This is the derivative at the negative of the input: check the sign in the exponent.",
            _by_slope(lambda c: logistic(-c["input"])),
        ),
        Mistake(
            "derivative_of_logistic",
            "One derivative too many: this is the second derivative of SoftPlus.",
            _by_slope(lambda c: logistic(c["input"]) * logistic(-c["input"])),
        ),
        Mistake(
            "derivative_at_output",
            "The derivative is taken at the output instead of at the input.",
            _by_slope(lambda c: logistic(_softplus(c))),
        ),
        Mistake("exponential", "The derivative of the logarithm is left out.", _by_slope(lambda c: np.exp(c["input"]))),
        _ignored(_softplus_slope),
    ),
)
softplus_forward = forward_check(SOFTPLUS, "SoftPlus computes log(1 + exp(x))", advised=True)
softplus_gradient = gradient_check(SOFTPLUS, "SoftPlus: gradInput agrees with central differences")
softplus_trajectory = trajectory_check(
    "SoftPlus", "softplus", __name__, after=softplus_gradient, excused_by=[softplus_forward]
)
