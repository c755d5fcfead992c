"""Judging the activations that work entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.layers.activation_mistakes import (
    ELU_GRADIENT_MISTAKES,
    ELU_MISTAKES,
    LEAKY_GRADIENT_MISTAKES,
    LEAKY_MISTAKES,
    SOFTPLUS_GRADIENT_MISTAKES,
    SOFTPLUS_MISTAKES,
    elu,
    elu_gradient_of,
    leaky,
    leaky_gradient,
    softplus,
    softplus_gradient_of,
)
from grader.assignments.modules.layers.cases import Case, close
from grader.assignments.modules.layers.judging import (
    first_of,
    judge_forward,
    judge_gradient,
    nothing_to_judge,
    verdict,
)
from grader.checks import check, failed
from grader.kits.mistakes import Mistake
from grader.model import Array, Curve, Finding, Observation, Picture
from grader.plain import problem_from
from grader.text import in_digits


def _forward(
    observed: Observation, want: Callable[[Case], Array], mistakes: Sequence[Mistake[Case]], hint: str
) -> Finding | None:
    what = observed.data["class"]
    cases = observed.data["cases"]
    return first_of(judge_forward(case, want, mistakes, hint, what) for case in cases)


def _gradient(
    observed: Observation, want: Callable[[Case], Array], mistakes: Sequence[Mistake[Case]], hint: str
) -> Finding | None:
    what = observed.data["class"]
    return first_of(judge_gradient(case, want, mistakes, hint, what) for case in observed.data["cases"])


def _pictured(finding: Finding | None, observed: Observation, way: str, want: Callable[[Case], Array]) -> Finding:
    """Add a picture of what is expected and what was got over a line, when they differ there."""
    if finding is None:
        return verdict(None)
    curve = observed.data["curve"]
    expected, got = want(curve).ravel(), curve[way]
    pictures: tuple[Picture, ...] = ()
    if got is not None and np.all(np.isfinite(got)) and not close(got.ravel(), expected):
        kind = "value" if way == "forward" else "derivative"
        what = observed.data["class"] + (f"({in_digits(curve['given'][0])})" if curve["given"] else "()")
        series = ((f"expected {kind}", expected), (f"your {kind}", got.ravel()))
        pictures = (Curve(f"{what}: {kind}", "input", kind, curve["input"].ravel(), series),)
    return failed(
        finding.message, hint=finding.hint, diagnosis=finding.diagnosis, pictures=(*pictures, *finding.pictures)
    )


def _unstable(extreme: Mapping[str, Any], way: str, want: Array, what: str) -> Finding | None:
    """Return what is wrong with a pass over inputs as large as 1000, or None."""
    answer = extreme[way]
    name = "output" if way == "forward" else "gradInput"
    missing = answer["problem"] or answer["value"] is None or answer["value"].shape != want.shape
    if missing and way == "backward":  # whether there is one at all is judged elsewhere
        return None
    hint = "exp(1000) is more than a float can hold: let no argument of exp be large, not even in a branch that is not taken."
    said = f"{what}: {name} for inputs of +-1000"
    if missing:
        return failed(f"{said} cannot be computed: {problem_from(answer['problem'])}", hint=hint, diagnosis="overflow")
    if not np.all(np.isfinite(answer["value"])):
        return failed(f"{said} is not finite", hint=hint, diagnosis="overflow")
    if not close(answer["value"], want, 1e-6):
        return failed(f"{said} is wrong", hint=hint, diagnosis="overflow")
    if answer["warnings"]:
        return failed(f"{said} warns: {answer['warnings'][0]}", hint=hint, diagnosis="overflow")
    return None


@check(reads=["leaky_relu"])
def leaky_relu_forward(observed: Observation) -> Finding:
    """LeakyReLU lets what is positive through and scales the rest by the slope"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Compare LeakyReLU(0.2) on [[-1, 2]] with what you calculate by hand."
    return _pictured(_forward(observed, leaky, LEAKY_MISTAKES, hint), observed, "forward", leaky)


@check(reads=["leaky_relu"])
def leaky_relu_gradient(observed: Observation) -> Finding:
    """LeakyReLU: gradInput agrees with central differences"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Multiply gradOutput by the derivative of LeakyReLU at the input, entry by entry."
    found = _gradient(observed, leaky_gradient, LEAKY_GRADIENT_MISTAKES, hint)
    return _pictured(found, observed, "backward", leaky_gradient)


@check(reads=["elu"])
def elu_forward(observed: Observation) -> Finding:
    """ELU gives the input where it is positive, an exponential elsewhere, and never overflows"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Compare ELU(0.5) on [[-1, 2]] with what you calculate by hand."
    found = _forward(observed, elu, ELU_MISTAKES, hint)
    extreme = observed.data["extreme"]
    found = found or _unstable(extreme, "forward", elu(extreme), "ELU")
    return _pictured(found, observed, "forward", elu)


@check(reads=["elu"])
def elu_gradient(observed: Observation) -> Finding:
    """ELU: gradInput agrees with central differences, and never overflows"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Multiply gradOutput by the derivative of ELU at the input, entry by entry."
    found = _gradient(observed, elu_gradient_of, ELU_GRADIENT_MISTAKES, hint)
    extreme = observed.data["extreme"]
    back = extreme["backward"]
    if _unstable(extreme, "forward", elu(extreme), "ELU"):
        # that is paid for in forward
        back = {**back, "warnings": []}
    wrong = _unstable({**extreme, "backward": back}, "backward", elu_gradient_of(extreme), "ELU")
    return _pictured(found or wrong, observed, "backward", elu_gradient_of)


@check(reads=["softplus"])
def softplus_forward(observed: Observation) -> Finding:
    """SoftPlus computes log(1 + exp(x))"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "SoftPlus at 0 is log(2): compare a few more values with what you calculate by hand."
    return _pictured(_forward(observed, softplus, SOFTPLUS_MISTAKES, hint), observed, "forward", softplus)


@check(reads=["softplus"], after=[softplus_forward])
def softplus_stable(observed: Observation) -> Finding:
    """SoftPlus is finite and does not overflow at +-1000, forward and back"""
    extreme = observed.data["extreme"]
    first = _unstable(extreme, "forward", softplus(extreme), "SoftPlus")
    return verdict(first or _unstable(extreme, "backward", softplus_gradient_of(extreme), "SoftPlus"))


@check(reads=["softplus"])
def softplus_gradient(observed: Observation) -> Finding:
    """SoftPlus: gradInput agrees with central differences"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "Multiply gradOutput by the derivative of SoftPlus at the input, entry by entry."
    found = _gradient(observed, softplus_gradient_of, SOFTPLUS_GRADIENT_MISTAKES, hint)
    return _pictured(found, observed, "backward", softplus_gradient_of)
