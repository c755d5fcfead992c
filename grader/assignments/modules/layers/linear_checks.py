"""Judging Linear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from grader.assignments.modules.layers.linear_mistakes import (
    INPUT_MISTAKES,
    MISTAKES,
    PARAMETER_MISTAKES,
    Case,
    as_vector,
    gradients,
    input_gradient_of,
    output_of,
    vector_of,
)
from grader.assignments.modules.layers.linear_parameter_checks import (
    NO_PARAMETERS,
    linear_parameters_live,
    unmade,
    wrong_after_update,
)
from grader.assignments.modules.layers.linear_probe import (
    Again,
    Held,
    LinearSeen,
    gradients_of,
    parameters_of,
    weights_of,
)
from grader.assignments.modules.layers.trajectory_judging import trajectory_check
from grader.checks import failed, passed
from grader.kits.layer_contract import (
    TOLERANCE,
    Pass,
    explained,
    first_of,
    judge_forward,
    judge_gradient,
    layer_check,
    stumbled,
    with_pattern,
)
from grader.kits.layer_contract.answers import leaves
from grader.kits.patterns import Compared, named
from grader.model import Array, Finding, HeatMaps
from grader.numerics import STEP
from grader.plain import problem_from
from grader.text import at_entry, counted, shape


def _cases(seen: LinearSeen) -> list[Case]:
    """Return the cases, each told whether W lies turned, as (n_in, n_out): of a square one only the others tell."""
    cases = seen["cases"]
    turned = any(
        each.shape == (case["n"], case["m"]) and case["n"] != case["m"] and 1 not in each.shape
        for case in cases
        for each in leaves(case["listed"]["tree"])
    )
    return [Case(**case, turned=turned) for case in cases]


def _unread(seen: LinearSeen) -> Finding | None:
    """Return the finding on a Linear that cannot be made, or whose parameters are nowhere to be found."""
    for case in _cases(seen):
        if (problem := problem_from(case["forward"]["problem"])) and not case["held"]:
            return stumbled(f"Linear({case['n']}, {case['m']})", "the constructor or forward", problem, NO_PARAMETERS)
        if parameters_of(case, case["n"], case["m"]) is None:
            name, problem = f"Linear({case['n']}, {case['m']})", problem_from(case["listed"]["problem"])
            if weights_of(case, case["n"], case["m"]) is not None:
                said = f"{name}: W is there, but no b of shape ({case['m']},)"
                hint = "The output is x W^T + b: b is an array with a number for every output."
                return failed(said, hint=hint, diagnosis="bias_missing")
            why = f": {problem}" if problem else ""
            return failed(f"{name}: no W and b were found{why}", hint=NO_PARAMETERS, diagnosis="parameters_missing")
    return None


@layer_check("linear")
def linear_forward(seen: LinearSeen) -> Finding | None:
    """Linear computes x W^T + b"""
    if finding := _unread(seen):
        return finding
    hint = "Every row of the output is W times the row of the input, plus b: check the shapes (batch, n_in) and (batch, n_out)."
    cases = _cases(seen)
    found = first_of(judge_forward(case, output_of, MISTAKES, hint, "Linear") for case in cases)
    return with_pattern(found, cases, output_of, "forward") or wrong_after_update(seen["live"])


def _constant(case: Case) -> bool:
    around = case["around"]
    return around is None or bool(np.ptp(around, axis=0).max(initial=0.0) < TOLERANCE.differences * STEP)


@layer_check("linear")
def linear_grad_input(seen: LinearSeen) -> Finding | None:
    """Linear: gradInput agrees with central differences"""
    hint = "output_i is a sum of W_ij x_j: what does every output contribute to the gradient of x_j?"
    cases = [_alone(case) for case in _cases(seen)]
    found = first_of(
        judge_gradient(case, input_gradient_of, INPUT_MISTAKES, hint, "Linear", trivial=_constant) for case in cases
    )
    return with_pattern(found, cases, input_gradient_of, "backward")


def _alone(case: Case) -> Case:
    """Return a case with what updateGradInput gives by itself, where the rest of backward ends in an error."""
    alone = case.get("alone")
    if alone is None:
        return case
    back = Pass(value=alone, type="", stored=alone, after=[], warnings=[], problem=None)
    return Case(**{**case, "backward": back})


def _wrong_gradients(case: Case) -> Finding | None:
    n, m, want = case["n"], case["m"], vector_of(case)
    if problem := problem_from(case["after"]["gradients"]["problem"]):
        return stumbled("Linear", "getGradParameters", problem)
    found = gradients_of(case["after"], n, m, turned=case["turned"])
    if found is None and parameters_of(case, n, m) is None:
        return _wrong_without_bias(case)
    if found is None:
        arrays = leaves(case["after"]["gradients"]["tree"])
        shapes = " and ".join(shape(each) for each in arrays[:4]) or "nothing"
        said = f"Linear({n}, {m}): getGradParameters() gives {shapes}, expected {(m, n)} and {(m,)}"
        hint = "gradW and gradb have the shapes of W and b: add up over the rows of the batch."
        return failed(said, hint=hint, diagnosis="gradient_shapes")
    if finding := _other_shapes(case):
        return finding
    got = as_vector(found)
    if TOLERANCE.agrees(got, want, TOLERANCE.bound(single=case["single"])) or TOLERANCE.agrees(
        got, _own(case), TOLERANCE.bound(single=case["single"], differences=True)
    ):
        return None
    if problem := problem_from(case["backward"]["problem"]):
        return stumbled("Linear", "backward", problem)
    mistake = explained(case, got, want, PARAMETER_MISTAKES)
    gradW, gradb = gradients(case["input"], case["grad"])
    worst = [
        (TOLERANCE.worst(a, b), name) for a, b, name in zip(found, (gradW, gradb), ("gradW", "gradb"), strict=True)
    ]
    entry, name = max(worst, key=lambda each: each[0].error)
    panels = (("gradW", gradW, found[0]), ("gradb", gradb[None], found[1][None]))
    return failed(
        f"{at_entry(f'Linear: {name}', entry.index, entry.got, entry.want)} ({case['label']})",
        hint=mistake.hint
        if mistake
        else "gradW_ij adds up gradOutput_i x_j over the rows of the batch, gradb_i gradOutput_i.",
        diagnosis=mistake.id if mistake else "",
        pictures=[HeatMaps(f"Linear: gradients of W and b of {case['label']}", panels)],
    )


def _wrong_without_bias(case: Case) -> Finding | None:
    """Return what is wrong with gradW of a layer whose b is missing, which is paid for in forward, or None.

    Where backward ends in an error, nobody can tell it from what the missing b brings about: it is told with that.
    """
    n, m = case["n"], case["m"]
    if problem := problem_from(case["backward"]["problem"]):
        return replace(stumbled("Linear", "backward", problem), explained_by=(linear_forward.name,))
    got = weights_of(Held(listed=case["after"]["gradients"], held={}), n, m, turned=case["turned"])
    if weights_of(case, n, m) is None or got is None:
        said = f"Linear({n}, {m}): getGradParameters() gives no gradient of W"
        return failed(said, hint="getGradParameters returns [gradW, gradb].", diagnosis="gradients_not_listed")
    want = gradients(case["input"], case["grad"])[0]
    if TOLERANCE.agrees(got, want, TOLERANCE.bound(single=case["single"])):
        return None
    entry = TOLERANCE.worst(got, want)
    hint = "gradW_ij adds up gradOutput_i x_j over the rows of the batch."
    return failed(f"{at_entry('Linear: gradW', entry.index, entry.got, entry.want)} ({case['label']})", hint=hint)


def _other_shapes(case: Case) -> Finding | None:
    """Return the finding on gradients that are fewer than the parameters, or of other shapes: nobody can update by them."""
    parameters, gradients = (leaves(each["tree"]) for each in (case["listed"], case["after"]["gradients"]))
    if len(gradients) < len(parameters):
        said = f"Linear: getParameters() gives {counted(len(parameters), 'array')}, getGradParameters() only {len(gradients)}"
        hint = "getGradParameters returns [gradW, gradb]: a gradient for every parameter, in the same order."
        return failed(said, hint=hint, diagnosis="gradients_not_listed")
    for parameter, gradient in zip(parameters, gradients, strict=False):
        if parameter.shape != gradient.shape:
            said = f"Linear: a gradient has the shape {shape(gradient)}, its parameter {shape(parameter)}"
            hint = "gradW and gradb have the shapes of W and b: otherwise they cannot be subtracted in place."
            return failed(said, hint=hint, diagnosis="gradient_shapes")
    return None


def _own(case: Case) -> Array:
    """Return the gradient with respect to W and b by central differences of the student's own forward; NaN without any."""
    around, n, m = case["parameters_around"], case["n"], case["m"]
    size = n * m + m
    arrays = leaves(case["listed"]["tree"])
    nothing = np.full(size, np.nan)
    if around is None or around.shape != (2 * size, case["grad"].size) or len(arrays) != 2:
        return nothing
    sums = around @ case["grad"].ravel()
    gradient = (sums[:size] - sums[size:]) / (2 * STEP)
    blocks = (gradient[: n * m], gradient[n * m :])
    # a forward pass that a parameter has no part in has no gradient worth a point
    if not all(np.any(np.abs(block) > TOLERANCE.differences) for block in blocks):
        return nothing
    W = blocks[0].reshape(arrays[0].shape)
    upright = W.shape == (m, n) and not (case["turned"] and n == m)
    return as_vector((W if upright else W.T, blocks[1]))


@layer_check("linear")
def linear_grad_parameters(seen: LinearSeen) -> Finding:
    """Linear: the gradients of W and b agree with central differences, and zeroGradParameters clears them"""
    cases = _cases(seen)
    wrong = unmade(seen) or first_of(_wrong_gradients(case) for case in cases)
    wrong = wrong and named(wrong, lambda: (block for case in cases for block in _blocks(case)))
    if wrong is None and _unread(seen):
        return passed("the gradient of W is right; that there is no b is paid for in forward")
    return wrong or _accumulation(seen["again"])


def _blocks(case: Case) -> Iterator[Compared]:
    """Yield both gradients of a case beside what is right, where both are there."""
    found = gradients_of(case["after"], case["n"], case["m"], turned=case["turned"])
    for name, got, want in zip(("gradW", "gradb"), found or (), gradients(case["input"], case["grad"]), strict=False):
        yield Compared(name, got, want)


def _accumulation(again: Again) -> Finding:
    """Judge three passes back: without clearing between the first two, with clearing before the third."""
    n, m = again["n"], again["m"]
    wanted = [as_vector(gradients(batch["input"], batch["grad"])) for batch in again["batches"]]
    found = [gradients_of(seen, n, m) for seen in again["seen"]]
    got = [np.full(n * m + m, np.nan) if each is None else as_vector(each) for each in found]
    overwritten, added = TOLERANCE.agrees(got[1], wanted[1]), TOLERANCE.agrees(got[1], wanted[0] + wanted[1])
    hint = "Either every backward pass overwrites gradW and gradb, or it adds to them and zeroGradParameters fills them with 0."
    if not TOLERANCE.agrees(got[2], wanted[2]):
        said = "Linear: after zeroGradParameters() and a backward pass the gradients are not those of that pass"
        return failed(said, hint=hint, diagnosis="gradients_not_cleared")
    standing = gradients_of(again["cleared"], n, m) if "cleared" in again else None
    for array, name in zip(standing or (), ("gradW", "gradb"), strict=False):
        if np.any(array):
            said = f"Linear: {name} is not 0 after zeroGradParameters()"
            return failed(
                said, hint="zeroGradParameters fills gradW and gradb with 0.", diagnosis="gradients_not_cleared"
            )
    if not overwritten and not added:
        said = "Linear: two backward passes without clearing give neither the sum of both gradients nor the second one"
        return failed(said, hint=hint, diagnosis="gradients_mixed")
    return passed(
        "gradients of several passes are added up" if added else "each pass overwrites the gradients of the last"
    )


linear_trajectory = trajectory_check(
    "Linear",
    "linear",
    __name__,
    after=linear_grad_parameters,
    excused_by=[linear_forward, linear_grad_input, linear_parameters_live],
)
