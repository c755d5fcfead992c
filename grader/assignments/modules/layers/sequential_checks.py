"""Judging Sequential."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.assignments.modules.layers import closed_forms
from grader.assignments.modules.layers.sequential_mistakes import (
    CHAIN,
    GRADIENT_MISTAKES,
    LEAVING_OUT,
    MISTAKES,
    gradient_of,
    gradients_of,
    output_of,
)
from grader.assignments.modules.layers.sequential_probe import NAME, Deep, SequentialSeen
from grader.assignments.modules.layers.sequential_probe import SequentialCase as Case
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.checks import blocked, failed, passed
from grader.kits.layer_contract import (
    TOLERANCE,
    Pass,
    first_of,
    is_trivial,
    judge_forward,
    judge_gradient,
    layer_check,
    stumbled,
    with_pattern,
)
from grader.kits.layer_contract.answers import leaves
from grader.kits.mistakes import explain
from grader.model import Array, Finding, Verdict
from grader.numerics import STEP, scale_of, worst_entry
from grader.plain import problem_from
from grader.sandbox.lane import VERDICTS
from grader.text import at_entry, in_digits

SHARED = "sequential_modules_shared"
_FORWARD_FIRST = "Make forward work first: backward takes the same way in the other direction."
_OWN_LIST = (
    "Each container has its own list: make it in __init__, `self.modules = []`, not in the class or as a default value."
)
# of a gradient of a deep network: how near it must be, and how small its scale is taken at the least
DEEP_CLOSE, FLOOR = 1e-3, 1e-3


def _cases(seen: SequentialSeen) -> list[Case]:
    # of two containers with one list each holds itself: evidence of earlier graders does not say
    return seen["cases"] if seen.get("shared") else [*seen["cases"], seen["nested"]]


def _of_several(seen: SequentialSeen) -> list[Case]:
    """Return the cases that backward and forward are judged by: one module, and one container in another, are judged apart."""
    return [case for case in _cases(seen) if len(case["parts"]) > 1 and not case["nested"]]


def _what(case: Case) -> str:
    count = len(case["parts"])
    inside = ", one Sequential in another" if case["nested"] else ""
    return f"{NAME} of {count} module{'s' if count > 1 else ''}{inside}"


@layer_check("sequential")
def sequential_forward(seen: SequentialSeen) -> Finding | None:
    """Sequential hands the output of each module to the next"""
    hint = (
        "Each module gets the output of the one before it, the first one the input; the output of the last is returned."
    )
    if seen.get("shared"):
        return failed("a new Sequential() holds the modules of an earlier one", hint=_OWN_LIST, diagnosis=SHARED)
    cases = _of_several(seen)
    found = first_of(judge_forward(case, output_of, MISTAKES, hint, _what(case)) for case in cases)
    return with_pattern(found, cases, output_of, "forward")


@layer_check("sequential")
def sequential_backward(seen: SequentialSeen) -> Finding | None:
    """Sequential gives each module going back the input it saw going forward"""
    cases = _of_several(seen)
    found = _wrong_backward(seen, cases)
    if found is None or found.verdict is Verdict.PASSED or not any(map(_is_wrong_forward, cases)):
        return found
    if found.diagnosis and not _leaves_out(cases):
        return found
    # each module may well get what it should have got going forward: nobody can tell before that is right
    return replace(found, hint=_FORWARD_FIRST, explained_by=(sequential_forward.name,))


def _is_wrong_forward(case: Case) -> bool:
    got, bound = case["forward"]["value"], TOLERANCE.bound(single=case["single"])
    return got is None or not TOLERANCE.agrees(got, output_of(case), bound)


def _wrong_backward(seen: SequentialSeen, cases: Sequence[Case]) -> Finding | None:
    left_out = _leaves_out(cases)

    def trivial(case: Case) -> bool:
        return left_out or is_trivial(case)

    for case in cases:
        wrong = judge_gradient(case, gradient_of, GRADIENT_MISTAKES, CHAIN, _what(case), trivial=trivial)
        if finding := wrong or _wrong_inside(case) or _forward_again(case) or _not_left_as_it_was(case):
            return with_pattern(finding, cases, gradient_of, "backward")
    if not seen["deep"]:
        why = "one of these is wrong by itself, or gives a numpy.matrix"
        return passed(f"deep networks of your classes were not tried, because {why}")
    if VERDICTS not in seen or any(map(_is_wrong_forward, cases)):
        # evidence of earlier graders holds deep networks of wrong classes, too, which say nothing of Sequential; and where its
        # own forward is wrong, that is paid for there
        return None
    return first_of(_wrong_deep(deep) for deep in seen["deep"])


def _leaves_out(cases: Sequence[Case]) -> bool:
    """Tell whether the student's own forward does without some module: going back through it is no feat."""
    several = [case for case in cases if len(case["parts"]) > 1]

    def same(case: Case, output: Array | None) -> bool:
        return output is not None and TOLERANCE.agrees(case["forward"]["value"], output, TOLERANCE.single)

    return any(explain([case], LEAVING_OUT, matched=same) for case in several)


def _holds_too_few(seen: SequentialSeen) -> bool:
    """Tell whether modules that were added are neither used nor listed: what becomes of them otherwise follows from that."""
    cases = _of_several(seen)
    trees = [case["parameters"]["tree"] for case in cases]
    few = all(
        isinstance(tree, list) and len(tree) < len(case["parts"]) for tree, case in zip(trees, cases, strict=True)
    )
    return few and _leaves_out(cases)


def _with_forward(found: Finding | None, seen: SequentialSeen) -> Finding | None:
    return replace(found, explained_by=(sequential_forward.name,)) if found and _holds_too_few(seen) else found


def _wrong_inside(case: Case) -> Finding | None:
    """Return the finding on gradients of parameters that the modules inside have not got, when forward was right."""
    bound = TOLERANCE.bound(single=case["single"])
    if not TOLERANCE.agrees(case["forward"]["value"], output_of(case), bound):
        return None
    for index, (_, gradw, gradt) in enumerate(gradients_of(case)):
        child = case["children"][index]
        if not case["parts"][index]:
            continue
        for got, want in ((child.get("gradw"), gradw), (child.get("gradt"), gradt)):
            if TOLERANCE.agrees(got, want, 10 * bound):
                continue
            said = f"{_what(case)}: the gradients of the parameters of module {index + 1} are wrong after backward"
            hint, diagnosis = CHAIN, ""
            if got is not None and not np.any(got):
                hint = "They are still 0: call backward of every module, which computes these gradients as well."
                diagnosis = "sequential_parameters_left_out"
            elif TOLERANCE.agrees(got, 2 * want, 10 * bound):
                hint = "They are twice what they should be: backward of each module is called twice."
                diagnosis = "sequential_backward_twice"
            return failed(said, hint=hint, diagnosis=diagnosis)
    return None


_DRAWS = "Each time it goes forward, a Dropout draws another mask and a moving mean moves on."


def _forward_again(case: Case) -> Finding | None:
    """Return the finding on a module that goes forward more than once in one pass, or None."""
    # evidence of earlier graders does not count
    before, after = case.get("calls", ([], []))
    for index, (first, then) in enumerate(zip(before, after, strict=True)):
        if first > 1:
            often = "twice" if first == 2 else f"{int(first)} times"
            said, hint = f"forward runs module {index + 1} {often}", "Run it once, and keep what it returns."
        elif 0 < first < then:
            said, hint = f"backward runs module {index + 1} forward again", "Go back with what forward has kept."
        else:
            continue
        return failed(f"{_what(case)}: {said}", hint=f"{hint} {_DRAWS}", diagnosis="sequential_forward_again")
    return None


def _not_left_as_it_was(case: Case) -> Finding | None:
    """Return the finding on a container that gives another output after it has gone back, or None."""
    again, before = case.get("again"), case["forward"]["value"]
    if again is None or before is None or not np.all(np.isfinite(before)):
        return None
    problem, after = problem_from(again["problem"]), again["value"]
    if problem is None and TOLERANCE.agrees(after, before):
        return None
    said = f"{_what(case)}: after backward, forward gives another result for the same input"
    if problem:
        said = f"{said}: {problem}"
    elif after is not None and after.shape == before.shape:
        worst = TOLERANCE.worst(after, before)
        said = f"{said}: output[{', '.join(map(str, worst.index))}] is {in_digits(worst.got)}, it was {in_digits(worst.want)}"
    hint = (
        "Leave the container as it was: what backward reverses, takes out of a list, adds or overwrites is still so in the next "
        "forward. Go through a copy, as in `reversed(self.modules)`."
    )
    return failed(said, hint=hint, diagnosis="sequential_changed_by_backward")


def _wrong_deep(deep: Deep) -> Finding | None:
    """Return the finding on a deep network of classes that are all right by themselves, or None."""
    name, x, target = f"a deep network with {deep['criterion']}", deep["input"], deep["target"]
    hint = "Every class is right by itself: does one change what another one still needs, or do two objects share something?"
    passes: dict[str, Pass | None] = {"forward": deep["forward"], "loss": deep["loss"], "backward": deep["backward"]}
    values: list[Array] = []
    for way, answer in passes.items():
        if answer is None or answer["problem"] or answer["value"] is None:
            problem = problem_from(answer["problem"]) if answer else None
            if way == "loss" or (answer is None and deep["criterion"] == "MSECriterion"):
                return None  # that criterion was given
            return failed(f"{name}: no {way} pass" + (f": {problem}" if problem else ""), hint=hint)
        values.append(answer["value"])
    output, _, got = values
    around = deep["around"]
    if around is None or around.shape != (2 * x.size, target.size):
        return failed(f"{name}: forward gives another result when it is called again", hint=hint)
    outputs = around.reshape(2 * x.size, *target.shape)
    losses = np.array([_loss(deep["criterion"], each, target) for each in outputs])
    if got.shape != x.shape:
        return failed(f"{name}: gradInput has another shape than the input", hint=hint)
    here = _loss(deep["criterion"], output, target)
    want = _slopes(losses[: x.size].reshape(x.shape), here, losses[x.size :].reshape(x.shape), got)
    worst = worst_entry(got, want, floor=FLOOR)
    if worst.error > DEEP_CLOSE:
        return failed(at_entry(f"{name}: gradInput", worst.index, worst.got, worst.want), hint=hint)
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


_OF_ONE = (
    "A single module is the first and the last: it gets the input, going back as well.",
    "with two and more modules",
)
_INSIDE = (
    "A Sequential is a module: in another one its forward and its backward are called.",
    "where none is in another one",
)


@layer_check("sequential", after=[sequential_backward], excused_by=[sequential_forward])
def sequential_of_one(seen: SequentialSeen) -> Finding | None:
    """Sequential is right for a single module, and in another Sequential, too"""
    for case in (each for each in _cases(seen) if len(each["parts"]) == 1 or each["nested"]):
        (hint, elsewhere), name = _INSIDE if case["nested"] else _OF_ONE, _what(case)
        wrong = judge_forward(case, output_of, (), hint, name) or judge_gradient(case, gradient_of, (), hint, name)
        if finding := wrong or _wrong_inside(case) or _forward_again(case) or _not_left_as_it_was(case):
            said = f"{finding.message}; {elsewhere} all is right"
            ended = case["forward"]["problem"] or case["backward"]["problem"]
            diagnosis = "sequential_of_one" if not case["nested"] else "" if ended else "sequential_nested"
            return replace(finding, message=said, hint=hint, diagnosis=diagnosis)
    return None


@layer_check("sequential")
def sequential_zero_grad(seen: SequentialSeen) -> Finding | None:
    """Sequential clears the gradients of every module"""
    return _with_forward(_uncleared(seen), seen)


def _uncleared(seen: SequentialSeen) -> Finding | None:
    hint = "zeroGradParameters of Sequential calls zeroGradParameters of every module."
    for case in _cases(seen):
        if unmade := _unmade(case):
            return unmade
        if problem := problem_from(case["cleared"]):
            return stumbled(_what(case), "zeroGradParameters", problem, hint)
        for index, child in enumerate(case["after_clearing"]):
            if np.any(child.get("gradw", 0)) or np.any(child.get("gradt", 0)):
                said = f"{_what(case)}: the gradients of module {index + 1} are not 0 after zeroGradParameters()"
                return failed(said, hint=hint, diagnosis="gradients_not_cleared")
    return None


@layer_check("sequential")
def sequential_parameters(seen: SequentialSeen) -> Finding | None:
    """Sequential lists the parameters and their gradients, one list for each module, the arrays themselves"""
    return _with_forward(first_of(_wrong_parameters(case) for case in _cases(seen)), seen)


# an array of ours that a student's container has taken away
_GONE = np.zeros(0)
_LISTS = "Return a list with one list for each module: what its own getParameters (getGradParameters) returns, and nothing else."


def _unmade(case: Case) -> Finding | None:
    """Return the finding on a container that is not there to be asked, or None."""
    problem, why = problem_from(case["parameters"]["problem"]), problem_from(case["forward"]["problem"])
    if problem is None or why is None or not problem.message.startswith("NotMade"):
        return None
    return blocked(f"{_what(case)} could not be made: {why}")


def _wrong_parameters(case: Case) -> Finding | None:
    if unmade := _unmade(case):
        return unmade
    wanted = (
        (("w", "t"), case["parameters"], "getParameters"),
        (("gradw", "gradt"), case["gradients"], "getGradParameters"),
    )
    for names, listed, method in wanted:
        if problem := problem_from(listed["problem"]):
            return stumbled(_what(case), method, problem, _LISTS)
        # evidence of earlier graders lists what has gone back
        held = [
            [child.get(name, _GONE) for name in names] if part else []
            for child, part in zip(case.get("listed", case["children"]), case["parts"], strict=True)
        ]
        expected: list[Any] = held
        if case["nested"]:
            expected = [held[0], held[1:3], *held[3:]]
        if not _same(listed["tree"], expected):
            if _same(listed["tree"], expected[::-1]):
                said = f"{_what(case)}: {method}() returns the lists of the modules from the last to the first"
                return failed(said, hint="The modules stand in the order of `add`.", diagnosis="sequential_reversed")
            flat = leaves(listed["tree"])
            values = [each for part in held for each in part]
            same = len(flat) == len(values) and all(TOLERANCE.agrees(a, b) for a, b in zip(flat, values, strict=True))
            said = f"{_what(case)}: {method}() does not return one list for each module"
            if listed["tree"] == []:
                said = f"{_what(case)}: {method}() returns an empty list"
            elif _has_the_form(listed["tree"], expected):
                said = (
                    f"{_what(case)}: {method}() returns a list for each module, but not of the arrays that these return"
                )
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
    if not TOLERANCE.agrees(np.concatenate([each.ravel() for each in after]), case["point"], TOLERANCE.double):
        said = f"{_what(case)}: what is written into the arrays of getParameters() does not reach the modules"
        hint = "The optimiser updates parameters in place: return the very arrays that the modules return, not copies."
        return failed(said, hint=hint, diagnosis="parameters_copied")
    return None


def _has_the_form(tree: Any, expected: Any) -> bool:
    """Tell whether lists lie in a tree as they should, whatever arrays are in them."""
    if not isinstance(expected, list):
        return not isinstance(tree, list)
    return isinstance(tree, list) and len(tree) == len(expected) and all(map(_has_the_form, tree, expected))


def _same(tree: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return isinstance(tree, list) and len(tree) == len(expected) and all(map(_same, tree, expected))
    return not isinstance(tree, list) and tree is not None and TOLERANCE.agrees(tree["value"], expected)


sequential_trajectory = trajectory_check(
    NAME,
    "sequential",
    __name__,
    after=sequential_backward,
    excused_by=[sequential_forward, sequential_zero_grad, sequential_parameters],
)
