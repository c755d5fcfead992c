"""The nine classes that students write: what is asked of each, and how the answers are judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.layers.activation_probes import elu, leaky_relu, softplus
from grader.assignments.modules.layers.batch_mean_probe import batch_mean_subtraction
from grader.assignments.modules.layers.class_nll import class_nll_criterion
from grader.assignments.modules.layers.dropout_probe import dropout
from grader.assignments.modules.layers.linear_probe import linear
from grader.assignments.modules.layers.loading_checks import modules_load
from grader.assignments.modules.layers.others import CHECKS as OTHERS_CHECKS
from grader.assignments.modules.layers.others import OTHERS, is_wrong, wrong_among
from grader.assignments.modules.layers.sequential_checks import (
    sequential_backward,
    sequential_forward,
    sequential_parameters,
    sequential_zero_grad,
)
from grader.assignments.modules.layers.sequential_probe import sequential
from grader.assignments.modules.layers.sequential_trajectory_check import sequential_trajectory
from grader.assignments.modules.layers.softmax import softmax
from grader.assignments.modules.loading import modules
from grader.checks import Check
from grader.model import Observation
from grader.sandbox import Probe

PROBES = (
    Probe("modules", "loading the module notebook", modules),
    Probe("linear", "Linear", linear),
    Probe("softmax", "SoftMax", softmax),
    Probe("batch_mean_subtraction", "BatchMeanSubtraction", batch_mean_subtraction),
    Probe("dropout", "Dropout", dropout),
    Probe("leaky_relu", "LeakyReLU", leaky_relu),
    Probe("elu", "ELU", elu),
    Probe("softplus", "SoftPlus", softplus),
    Probe("class_nll_criterion", "ClassNLLCriterion", class_nll_criterion),
    Probe("sequential", "Sequential", sequential),
)
# the observations that `wrong_classes` reads
LAYER_PROBES = tuple(probe.name for probe in PROBES)
CHECKS: tuple[Check, ...] = (
    modules_load,
    sequential_forward,
    sequential_backward,
    sequential_zero_grad,
    sequential_parameters,
    sequential_trajectory,
    *(check for _, checks in OTHERS_CHECKS.values() for check in checks),
)


def wrong_classes(observations: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the names of the classes that are wrong, by what was observed of each (probe -> data).

    One of which nothing, or not all, was observed counts as wrong.
    """
    wrong = wrong_among(observations)
    seen = Observation("sequential", observations.get("sequential", {}))
    checks = (sequential_forward, sequential_zero_grad, sequential_parameters, sequential_trajectory)
    others = [Observation(name, observations.get(name, {})) for name in OTHERS]
    if any(is_wrong(check, seen) for check in checks) or is_wrong(sequential_backward, seen, *others):
        wrong.append("Sequential")
    return wrong
