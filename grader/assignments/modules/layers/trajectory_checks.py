"""Judging training through each of the classes that a network is made of."""

from __future__ import annotations

from grader.assignments.modules.layers import activation_checks, batch_mean_checks, class_nll, softmax
from grader.assignments.modules.layers.linear_checks import linear_forward, linear_grad_input, linear_grad_parameters
from grader.assignments.modules.layers.linear_parameter_checks import linear_parameters_live
from grader.assignments.modules.layers.sequential_checks import (
    sequential_backward,
    sequential_forward,
    sequential_parameters,
    sequential_zero_grad,
)
from grader.assignments.modules.layers.trajectory_judging import judge_trajectory
from grader.checks import check
from grader.model import Finding, Observation


@check(
    reads=["linear"],
    after=[linear_grad_parameters],
    excused_by=[linear_forward, linear_grad_input, linear_parameters_live],
)
def linear_trajectory(observed: Observation) -> Finding:
    """Linear: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(reads=["softmax"], after=[softmax.softmax_gradient], excused_by=[softmax.softmax_forward])
def softmax_trajectory(observed: Observation) -> Finding:
    """SoftMax: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(
    reads=["batch_mean_subtraction"],
    after=[batch_mean_checks.batch_mean_gradient],
    excused_by=[batch_mean_checks.batch_mean_training, batch_mean_checks.batch_mean_evaluation],
)
def batch_mean_trajectory(observed: Observation) -> Finding:
    """BatchMeanSubtraction: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(
    reads=["leaky_relu"],
    after=[activation_checks.leaky_relu_gradient],
    excused_by=[activation_checks.leaky_relu_forward],
)
def leaky_relu_trajectory(observed: Observation) -> Finding:
    """LeakyReLU: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(reads=["elu"], after=[activation_checks.elu_gradient], excused_by=[activation_checks.elu_forward])
def elu_trajectory(observed: Observation) -> Finding:
    """ELU: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(reads=["softplus"], after=[activation_checks.softplus_gradient], excused_by=[activation_checks.softplus_forward])
def softplus_trajectory(observed: Observation) -> Finding:
    """SoftPlus: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(reads=["class_nll_criterion"], after=[class_nll.class_nll_gradient], excused_by=[class_nll.class_nll_value])
def class_nll_trajectory(observed: Observation) -> Finding:
    """ClassNLLCriterion: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)


@check(
    reads=["sequential"],
    after=[sequential_backward],
    excused_by=[sequential_forward, sequential_zero_grad, sequential_parameters],
)
def sequential_trajectory(observed: Observation) -> Finding:
    """Sequential: many training steps in a row lead where gradient descent leads"""
    return judge_trajectory(observed)
