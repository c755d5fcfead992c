"""Judging Sequential."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking, closed_forms
from grader.assignments.modules.layers.cases import CLOSE, CLOSE_32, Case, close, is_trivial
from grader.assignments.modules.layers.judging import (
    first_of,
    judge_forward,
    judge_gradient,
    nothing_to_judge,
    stumbled,
    verdict,
)
from grader.assignments.modules.layers.sequential_mistakes import (
    CHAIN,
    GRADIENT_MISTAKES,
    LEAVING_OUT,
    MISTAKES,
    gradient_of,
    gradients_of,
    output_of,
)
from grader.assignments.modules.layers.sequential_probe import NAME
from grader.checks import check, failed, passed
from grader.model import Array, Finding, Observation
from grader.numerics import STEP, scale_of, worst_entry
from grader.plain import problem_from
from grader.text import in_digits

# of a gradient of a deep network: how near it must be, and how small its scale is taken at the least
DEEP_CLOSE, FLOOR = 1e-3, 1e-3


def _cases(observed: Observation) -> list[Case]:
    return [*observed.data["cases"], observed.data["nested"]]


def _what(case: Case) -> str:
    count = len(case["parts"])
    inside = ", one Sequential in another" if case["nested"] else ""
    return f"{NAME} of {count} module{'s' if count > 1 else ''}{inside}"


@check(reads=["sequential"])
def sequential_forward(observed: Observation) -> Finding:
    """Sequential hands the output of each module to the next"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = (
        "Each module gets the output of the one before it, the first one the input; the output of the last is returned."
    )
    return verdict(first_of(judge_forward(case, output_of, MISTAKES, hint, _what(case)) for case in _cases(observed)))


@check(reads=["sequential"])
def sequential_backward(observed: Observation) -> Finding:
    """Sequential gives each module going back the input it saw going forward"""
    if finding := nothing_to_judge(observed):
        return finding
    left_out = _leaves_out(_cases(observed))

    def trivial(case: Case) -> bool:
        return left_out or is_trivial(case)

    for case in _cases(observed):
        wrong = judge_gradient(case, gradient_of, GRADIENT_MISTAKES, CHAIN, _what(case), trivial=trivial)
        if finding := wrong or _wrong_inside(case):
            return finding
    if not observed.data["deep"]:
        return passed("networks of the classes here were not tried, as one of these is wrong by itself")
    return verdict(first_of(_wrong_deep(deep) for deep in observed.data["deep"]))


def _leaves_out(cases: Sequence[Case]) -> bool:
    """Tell whether the student's own forward does without some module: going back through it is no feat."""
    several = [case for case in cases if len(case["parts"]) > 1]
    return any(
        close(case["forward"]["value"], mistake.gives(case), CLOSE_32) for case in several for mistake in LEAVING_OUT
    )


def _wrong_inside(case: Case) -> Finding | None:
    """Return the finding on gradients of parameters that the modules inside have not got, when forward was right."""
    bound = CLOSE_32 if case["single"] else CLOSE
    if not close(case["forward"]["value"], output_of(case), bound):
        return None
    for index, (_, gradw, gradt) in enumerate(gradients_of(case)):
        child = case["children"][index]
        if not case["parts"][index]:
            continue
        for got, want in ((child.get("gradw"), gradw), (child.get("gradt"), gradt)):
            if close(got, want, 10 * bound):
                continue
            said = f"{_what(case)}: the gradients of the parameters of module {index + 1} are wrong after backward"
            hint, diagnosis = CHAIN, ""
            if got is not None and not np.any(got):
                hint = "They are still 0: call backward of every module, which computes these gradients as well."
                diagnosis = "sequential_parameters_left_out"
            elif close(got, 2 * want, 10 * bound):
                hint = "They are twice what they should be: each module is gone back through twice."
                diagnosis = "sequential_backward_twice"
            return failed(said, hint=hint, diagnosis=diagnosis)
    return None


def _wrong_deep(deep: Mapping[str, Any]) -> Finding | None:
    """Return the finding on a deep network of classes that are all right by themselves, or None."""
    name, x, target = f"a deep network with {deep['criterion']}", deep["input"], deep["target"]
    hint = "Every class is right by itself: does one change what another one still needs, or do two objects share something?"
    for way in ("forward", "loss", "backward"):
        answer = deep[way]
        if answer is None or answer["problem"] or answer["value"] is None:
            problem = problem_from(answer["problem"]) if answer else None
            if way == "loss" or (answer is None and deep["criterion"] == "MSECriterion"):
                return None  # that criterion was given
            return failed(f"{name}: no {way} pass" + (f": {problem}" if problem else ""), hint=hint)
    around = deep["around"]
    if around is None or around.shape != (2 * x.size, target.size):
        return failed(f"{name}: forward gives another result when it is called again", hint=hint)
    outputs = around.reshape(2 * x.size, *target.shape)
    losses = np.array([_loss(deep["criterion"], output, target) for output in outputs])
    got = deep["backward"]["value"]
    if got.shape != x.shape:
        return failed(f"{name}: gradInput has another shape than the input", hint=hint)
    here = _loss(deep["criterion"], deep["forward"]["value"], target)
    want = _slopes(losses[: x.size].reshape(x.shape), here, losses[x.size :].reshape(x.shape), got)
    worst = worst_entry(got, want, floor=FLOOR)
    if worst.error > DEEP_CLOSE:
        where = ", ".join(map(str, worst.index))
        return failed(
            f"{name}: gradInput[{where}] is {in_digits(worst.got)}, expected {in_digits(worst.want)}", hint=hint
        )
    return None


def _slopes(above: Array, here: float, below: Array, got: Array) -> Array:
    """Return the derivatives of a loss: its central differences, but where a kink lies within the step.

    LeakyReLU and ELU bend at 0. An entry that is nearer to a bend than the step has its derivative on the one side, and a mean
    of two on average; a smooth loss has the same on both sides. Of the sides the one that is nearer to `got` is taken.
    """
    central, right, left = (above - below) / (2 * STEP), (above - here) / STEP, (here - below) / STEP
    kinked = np.abs(right - left) > DEEP_CLOSE * scale_of(central, FLOOR)
    return np.where(kinked, np.where(np.abs(got - right) < np.abs(got - left), right, left), central)


def _loss(criterion: str, output: Array, target: Array) -> float:
    if criterion == "ClassNLLCriterion":
        return closed_forms.nll(output, target)
    return float(np.square(output - target).sum() / len(output))


@check(reads=["sequential"])
def sequential_zero_grad(observed: Observation) -> Finding:
    """Sequential clears the gradients of every module"""
    if finding := nothing_to_judge(observed):
        return finding
    hint = "zeroGradParameters of Sequential calls zeroGradParameters of every module."
    for case in _cases(observed):
        if problem := problem_from(case["cleared"]):
            return stumbled(_what(case), "zeroGradParameters", problem, hint)
        for index, child in enumerate(case["after_clearing"]):
            if np.any(child.get("gradw", 0)) or np.any(child.get("gradt", 0)):
                said = f"{_what(case)}: the gradients of module {index + 1} are not 0 after zeroGradParameters()"
                return failed(said, hint=hint, diagnosis="gradients_not_cleared")
    return passed()


@check(reads=["sequential"])
def sequential_parameters(observed: Observation) -> Finding:
    """Sequential lists the parameters and their gradients, one list for each module, the arrays themselves"""
    if finding := nothing_to_judge(observed):
        return finding
    return verdict(first_of(_wrong_parameters(case) for case in _cases(observed)))


# an array of ours that a student's container has taken away
_GONE = np.zeros(0)
_LISTS = "Return a list with one list for each module: what its own getParameters (getGradParameters) returns, and nothing else."


def _wrong_parameters(case: Case) -> Finding | None:
    wanted = [(("w", "t"), "parameters", "getParameters"), (("gradw", "gradt"), "gradients", "getGradParameters")]
    for names, key, method in wanted:
        if problem := problem_from(case[key]["problem"]):
            return stumbled(_what(case), method, problem, _LISTS)
        held = [
            [child.get(name, _GONE) for name in names] if part else []
            for child, part in zip(case["children"], case["parts"], strict=True)
        ]
        expected: list[Any] = held
        if case["nested"]:
            expected = [held[0], held[1:3], *held[3:]]
        if not _same(case[key]["tree"], expected):
            flat = asking.leaves(case[key]["tree"])
            values = [each for part in held for each in part]
            same = len(flat) == len(values) and all(close(a, b) for a, b in zip(flat, values, strict=True))
            said = f"{_what(case)}: {method}() does not return one list for each module"
            return failed(said, hint=_LISTS, diagnosis="parameters_flat" if same else "")
    return _not_live(case)


def _not_live(case: Case) -> Finding | None:
    if problem := problem_from(case["updated"]):
        return stumbled(_what(case), "updating parameters in place", problem, _LISTS)
    after = [
        child.get(name, _GONE)
        for child, part in zip(case["after_update"], case["parts"], strict=True)
        if part
        for name in ("w", "t")
    ]
    if not close(np.concatenate([each.ravel() for each in after]), case["point"], CLOSE):
        said = f"{_what(case)}: what is written into the arrays of getParameters() does not reach the modules"
        hint = "The optimiser updates parameters in place: hand on the very arrays that the modules return, not copies."
        return failed(said, hint=hint, diagnosis="parameters_copied")
    return None


def _same(tree: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return isinstance(tree, list) and len(tree) == len(expected) and all(map(_same, tree, expected))
    return not isinstance(tree, list) and tree is not None and close(tree["value"], expected)
