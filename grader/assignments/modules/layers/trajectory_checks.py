"""Judging training through each of the classes that a network is made of; Sequential aside, which is judged by itself."""

from __future__ import annotations

from grader.assignments.modules.layers import activation_checks, batch_mean_checks, class_nll, softmax
from grader.assignments.modules.layers.linear_checks import linear_forward, linear_grad_input, linear_grad_parameters
from grader.assignments.modules.layers.linear_parameter_checks import linear_parameters_live
from grader.assignments.modules.layers.trajectory_judging import judged
from grader.checks import check
from grader.model import Finding, Observation


@check(reads=["linear"], after=[linear_grad_parameters])
def linear_trajectory(observed: Observation) -> Finding:
    """Linear: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (linear_forward, linear_grad_input, linear_parameters_live))


@check(reads=["softmax"], after=[softmax.softmax_gradient])
def softmax_trajectory(observed: Observation) -> Finding:
    """SoftMax: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (softmax.softmax_forward,))


@check(reads=["batch_mean_subtraction"], after=[batch_mean_checks.batch_mean_gradient])
def batch_mean_trajectory(observed: Observation) -> Finding:
    """BatchMeanSubtraction: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (batch_mean_checks.batch_mean_training, batch_mean_checks.batch_mean_evaluation))


@check(reads=["leaky_relu"], after=[activation_checks.leaky_relu_gradient])
def leaky_relu_trajectory(observed: Observation) -> Finding:
    """LeakyReLU: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (activation_checks.leaky_relu_forward,))


@check(reads=["elu"], after=[activation_checks.elu_gradient])
def elu_trajectory(observed: Observation) -> Finding:
    """ELU: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (activation_checks.elu_forward,))


@check(reads=["softplus"], after=[activation_checks.softplus_gradient])
def softplus_trajectory(observed: Observation) -> Finding:
    """SoftPlus: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (activation_checks.softplus_forward,))


@check(reads=["class_nll_criterion"], after=[class_nll.class_nll_gradient])
def class_nll_trajectory(observed: Observation) -> Finding:
    """ClassNLLCriterion: many training steps in a row lead where gradient descent leads"""
    return judged(observed, (class_nll.class_nll_value,))
