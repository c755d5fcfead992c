"""The nine classes that students write: what is asked of each, and how the answers are judged."""

from __future__ import annotations

from grader.assignments.modules.layers import (
    activations,
    batch_mean_checks,
    class_nll,
    dropout_checks,
    linear_checks,
    linear_parameter_checks,
    loading_checks,
    sequential_checks,
    softmax,
)
from grader.assignments.modules.layers.activation_probes import elu, leaky_relu, softplus
from grader.assignments.modules.layers.batch_mean_probe import batch_mean_subtraction
from grader.assignments.modules.layers.dropout_probe import dropout
from grader.assignments.modules.layers.linear_probe import linear
from grader.assignments.modules.layers.sequential_probe import sequential
from grader.assignments.modules.loading import modules
from grader.checks import checks_in
from grader.sandbox import Probe

# so coarse that only what spoils a network counts: points are given by the rubric's own numbers
COARSE = {"linear_initialisation": {"chance": 1e-12}, "dropout_training": {"errors": 12.0}}
CLASS_CHECKS = checks_in(
    sequential_checks,
    linear_checks,
    linear_parameter_checks,
    softmax,
    batch_mean_checks,
    dropout_checks,
    activations,
    class_nll,
)
_PARTS = (
    Probe("linear", "Linear", linear),
    Probe("softmax", "SoftMax", softmax.softmax),
    Probe("batch_mean_subtraction", "BatchMeanSubtraction", batch_mean_subtraction),
    Probe("dropout", "Dropout", dropout),
    Probe("leaky_relu", "LeakyReLU", leaky_relu),
    Probe("elu", "ELU", elu),
    Probe("softplus", "SoftPlus", softplus),
    Probe("class_nll_criterion", "ClassNLLCriterion", class_nll.class_nll_criterion),
)
_WHOLE = Probe(
    "sequential",
    "Sequential",
    sequential,
    after=tuple(probe.name for probe in _PARTS),
    verdicts=tuple(check for check in CLASS_CHECKS if "sequential" not in check.reads),
    coarse=COARSE,
)
PROBES = (Probe("modules", "loading the module notebook", modules), *_PARTS, _WHOLE)
CHECKS = (*checks_in(loading_checks), *CLASS_CHECKS)
# class -> the names of the checks that say whether it is right
CHECKS_OF_CLASSES = {
    probe.title: tuple(check.name for check in CLASS_CHECKS if probe.name in check.reads) for probe in PROBES
}
