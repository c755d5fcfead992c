"""The nine classes that students write: what is asked of each, and how the answers are judged."""

from __future__ import annotations

from grader.assignments.modules.layers import (
    activations,
    batch_mean_checks,
    class_nll_checks,
    dropout_checks,
    linear_checks,
    linear_parameter_checks,
    loading_checks,
    sequential_checks,
    softmax_checks,
)
from grader.assignments.modules.layers.activation_probes import elu, leaky_relu, softplus
from grader.assignments.modules.layers.batch_mean_probe import batch_mean_subtraction
from grader.assignments.modules.layers.class_nll_probe import class_nll_criterion
from grader.assignments.modules.layers.dropout_probe import dropout
from grader.assignments.modules.layers.linear_probe import linear
from grader.assignments.modules.layers.sequential_probe import sequential
from grader.assignments.modules.layers.softmax_probe import softmax
from grader.assignments.modules.loading import CLASS_OF, modules
from grader.checks import checks_in
from grader.sandbox import Probe

# so coarse that only what spoils a network counts: points are given by the rubric's own numbers
COARSE = {"linear_initialisation": {"chance": 1e-12}, "dropout_training": {"errors": 12.0}}
CLASS_CHECKS = checks_in(
    sequential_checks,
    linear_checks,
    linear_parameter_checks,
    softmax_checks,
    batch_mean_checks,
    dropout_checks,
    activations,
    class_nll_checks,
)
# what costs points and spoils no network: a default that differs, and the way back in evaluation, which no training goes
HARMLESS = ("dropout_evaluation_gradient",)
# the checks that say whether a network can be made of the student's own classes
SPOILING = tuple(check for check in CLASS_CHECKS if not check.parameters and check.name not in HARMLESS)
_ASK = {
    "linear": linear,
    "softmax": softmax,
    "batch_mean_subtraction": batch_mean_subtraction,
    "dropout": dropout,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "softplus": softplus,
    "class_nll_criterion": class_nll_criterion,
}
PROBES = (
    Probe("modules", "loading the module notebook", modules, parameters=("modules_notebook",)),
    *(Probe(name, CLASS_OF[name], ask) for name, ask in _ASK.items()),
    Probe(
        "sequential",
        "Sequential",
        sequential,
        after=tuple(_ASK),
        verdicts=tuple(check for check in SPOILING if "sequential" not in check.reads),
        coarse=COARSE,
    ),
)
CHECKS = (*checks_in(loading_checks), *CLASS_CHECKS)
