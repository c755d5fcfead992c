"""Which classes are wrong, told from what was observed of them; Sequential, which the others do not need, aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.layers import (
    activation_checks,
    batch_mean_checks,
    class_nll,
    dropout_checks,
    linear_checks,
    linear_parameter_checks,
    softmax,
    trajectory_checks,
)
from grader.checks import Check
from grader.model import Observation, Verdict

# so coarse that only what spoils a network counts: points are given by the rubric's own numbers
COARSE = {"linear_initialisation": {"chance": 1e-12}, "dropout_training": {"errors": 12.0}}
CHECKS: Mapping[str, tuple[str, tuple[Check, ...]]] = {
    "linear": (
        "Linear",
        (
            linear_checks.linear_forward,
            linear_parameter_checks.linear_initialisation,
            linear_checks.linear_grad_input,
            linear_checks.linear_grad_parameters,
            linear_parameter_checks.linear_parameters_live,
            trajectory_checks.linear_trajectory,
        ),
    ),
    "softmax": (
        "SoftMax",
        (
            softmax.softmax_forward,
            softmax.softmax_stable,
            softmax.softmax_gradient,
            trajectory_checks.softmax_trajectory,
        ),
    ),
    "batch_mean_subtraction": (
        "BatchMeanSubtraction",
        (
            batch_mean_checks.batch_mean_training,
            batch_mean_checks.batch_mean_evaluation,
            batch_mean_checks.batch_mean_gradient,
            trajectory_checks.batch_mean_trajectory,
        ),
    ),
    "dropout": (
        "Dropout",
        (dropout_checks.dropout_training, dropout_checks.dropout_backward, dropout_checks.dropout_evaluation),
    ),
    "leaky_relu": (
        "LeakyReLU",
        (
            activation_checks.leaky_relu_forward,
            activation_checks.leaky_relu_gradient,
            trajectory_checks.leaky_relu_trajectory,
        ),
    ),
    "elu": (
        "ELU",
        (activation_checks.elu_forward, activation_checks.elu_gradient, trajectory_checks.elu_trajectory),
    ),
    "softplus": (
        "SoftPlus",
        (
            activation_checks.softplus_forward,
            activation_checks.softplus_stable,
            activation_checks.softplus_gradient,
            trajectory_checks.softplus_trajectory,
        ),
    ),
    "class_nll_criterion": (
        "ClassNLLCriterion",
        (
            class_nll.class_nll_value,
            class_nll.class_nll_clamped,
            class_nll.class_nll_gradient,
            trajectory_checks.class_nll_trajectory,
        ),
    ),
}
OTHERS = tuple(CHECKS)


def is_wrong(check: Check, *observations: Observation) -> bool:
    """Tell whether a check does not pass on what was observed; observations that are cut short do not."""
    try:
        return check.judge(*observations, **COARSE.get(check.name, {})).verdict is not Verdict.PASSED
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return True


def wrong_among(observations: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the classes but Sequential that are wrong, by what was observed of each (probe -> data)."""
    wrong = []
    for probe, (name, checks) in CHECKS.items():
        observation = Observation(probe, observations.get(probe, {}))
        if any(is_wrong(check, observation) for check in checks):
            wrong.append(name)
    return wrong
