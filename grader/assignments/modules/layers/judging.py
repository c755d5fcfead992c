"""Judging a pass forward or back of a layer class: what was returned, what was stored, and every number of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.layers.cases import (
    CLOSE,
    CLOSE_32,
    CLOSE_DIFFERENCES,
    FLOOR,
    Case,
    close,
    is_trivial,
    own_gradient,
)
from grader.checks import failed, passed
from grader.kits.mistakes import Mistake, explain
from grader.model import Array, Finding, HeatMaps, Observation, Problem
from grader.numerics import worst_entry
from grader.plain import problem_from
from grader.text import in_digits, shape

# what a mistake must change to be seen, and how near what was returned must come to it
VISIBLE, MATCHED = 1e-4, 1e-5
Formula = Callable[[Case], Array]


def first_of(findings: Iterable[Finding | None]) -> Finding | None:
    """Return the first finding, or None when there is none."""
    return next((finding for finding in findings if finding is not None), None)


def nothing_to_judge(observed: Observation) -> Finding | None:
    """Return the finding on a class that is not there, or whose code ended the process before all was asked."""
    seen = observed.data
    if seen.get("absent"):
        hint = "Define the class under exactly this name, and see that its cell runs after a restart of the kernel."
        return failed(seen["absent"], hint=hint, diagnosis="class_missing")
    if not seen.get("done"):
        why = str(observed.problem) if observed.problem else "the class could not be asked"
        return failed(why, hint="Try the class by itself on a small batch: it has to come to an end without an error.")
    return None


def judge_forward(case: Case, want: Formula, mistakes: Sequence[Mistake[Case]], hint: str, what: str) -> Finding | None:
    """Return what is wrong with the output of one case, or None."""
    return _returned(case["forward"], f"{what}: output", "forward", "self.output") or _numbers(
        case, case["forward"], want(case), mistakes, hint, f"{what}: output", pictured=False
    )


def judge_gradient(
    case: Case,
    want: Formula,
    mistakes: Sequence[Mistake[Case]],
    hint: str,
    what: str,
    *,
    trivial: Callable[[Case], bool] = is_trivial,
    carried: Formula | None = None,
) -> Finding | None:
    """Return what is wrong with gradInput of one case, or None.

    Right is the closed form; right as well is the gradient of the student's own forward, unless that is `trivial`, and what
    the closed form gives with the student's own output in it, if `carried` says what that is.
    """
    back, name = case["backward"], f"{what}: gradInput"
    if case["forward"]["problem"] and back["problem"]:
        problem = problem_from(case["forward"]["problem"])
        return failed(f"{what}: backward cannot be tried without forward ({problem})", hint=_AFTER_ERROR)
    if finding := _returned(back, name, "backward", "self.gradInput"):
        return finding
    own = None if trivial(case) else own_gradient(case)
    right = [own] if own is not None else []
    right += [carried(case)] if carried is not None and not trivial(case) else []
    if any(close(back["value"], each, CLOSE_32 if case["single"] else CLOSE_DIFFERENCES) for each in right):
        return _side_effects(case, back, back["value"], name)
    return _numbers(case, back, want(case), mistakes, hint, name, pictured=True)


def stumbled(name: str, method: str, problem: Problem, hint: str = "") -> Finding:
    """Return the finding on a method that ends in an error; `hint` is for one that has been written."""
    if "NotImplemented" in problem.message:
        return failed(f"{name}: {method} is still to be written ({problem})", hint="Write it.", diagnosis="not_written")
    hint = hint or f"Try {method} on a small random batch of shape (4, 3) and read the error from its last line up."
    return failed(f"{name}: {method} ends in an error: {problem}", hint=hint)


_AFTER_ERROR = "Make forward work first: backward is called after it, with the same input."


def _returned(answer: Mapping[str, Any], name: str, method: str, attribute: str) -> Finding | None:
    if problem := problem_from(answer["problem"]):
        return stumbled(name, method, problem)
    if answer["value"] is None:
        kind = "None" if answer["type"] in ("NoneType", "") else f"a value of type {answer['type']}"
        inner = "updateOutput" if method == "forward" else "updateGradInput"
        hint = f"{method} returns what {inner} puts into {attribute}: end that method with `return {attribute}`."
        return failed(f"{name}: {method} returned {kind} instead of an array", hint=hint, diagnosis="nothing_returned")
    return None


def _numbers(
    case: Case,
    answer: Mapping[str, Any],
    want: Array,
    mistakes: Sequence[Mistake[Case]],
    hint: str,
    name: str,
    *,
    pictured: bool,
) -> Finding | None:
    got, label = answer["value"], case["label"]
    if got.shape != want.shape:
        found = explained(case, got, want, mistakes)
        said = found.hint if found else hint
        message = f"{name} of {label} has the shape {shape(got)}, expected {shape(want)}"
        return failed(message, hint=said, diagnosis=found.id if found else "wrong_shape")
    bound = CLOSE_32 if case["single"] else CLOSE
    worst = worst_entry(got, want, floor=FLOOR)
    if worst.error > bound:
        found = explained(case, got, want, mistakes)
        where = ", ".join(map(str, worst.index))
        message = f"{name}[{where}] is {in_digits(worst.got)}, expected {in_digits(worst.want)} ({label})"
        panels = ((name.rpartition(": ")[2], want, got),)
        pictures = [HeatMaps(f"{name} of {label}", panels, rows="example", columns="feature")] if pictured else []
        if found:
            return failed(message, hint=found.hint, diagnosis=found.id, pictures=pictures)
        return failed(message, hint=hint, diagnosis=_general(got), pictures=pictures)
    return _side_effects(case, answer, got, name)


def _general(got: Array) -> str:
    return "" if np.all(np.isfinite(got)) else "not_finite"


def _side_effects(case: Case, answer: Mapping[str, Any], got: Array, name: str) -> Finding | None:
    attribute = "self.output" if name.endswith("output") else "self.gradInput"
    stored = answer["stored"]
    if stored is None or stored.shape != got.shape or not np.array_equal(stored, got):
        message = f"{name} is returned, but {attribute} holds something else"
        hint = f"Every module returns and stores: put the result into {attribute}, and return just that."
        return failed(message, hint=hint, diagnosis="not_stored")
    given = [case["input"], case["grad"]]
    if answer is case["backward"] and case["forward"]["after"] and case["forward"]["after"][0] is not None:
        # what forward has made of the input is paid for there
        given[0] = case["forward"]["after"][0]
    for position, (before, after) in enumerate(zip(given, answer["after"], strict=False)):
        if after is None or after.shape != before.shape or not np.array_equal(after, before):
            which = ("input", "gradOutput")[position]
            message = f"{name}: the array {which} that was passed in is changed"
            hint = f"Whoever passes {which} still needs it: avoid `{which} *= ...` and `{which}[...] = ...`, or work on a copy."
            return failed(message, hint=hint, diagnosis="input_modified" if position == 0 else "grad_output_modified")
    return _spoilt_output(case, name) if answer is case["backward"] else None


def _spoilt_output(case: Case, name: str) -> Finding | None:
    """Return the finding on a backward pass that works in the array that forward has returned, or None."""
    before, after = case["forward"]["stored"], case.get("output_after")
    if before is None or after is None or np.array_equal(before, after, equal_nan=True):
        return None
    hint = "Whoever called forward still needs its output: avoid `self.output *= ...` in updateGradInput, or work on a copy."
    return failed(f"{name}: self.output is changed on the way back", hint=hint, diagnosis="output_modified")


def explained(case: Case, got: Array, want: Array, mistakes: Iterable[Mistake[Case]]) -> Mistake[Case] | None:
    """Return the first known mistake that gives what was got, or None."""
    bound = CLOSE_32 if case["single"] else MATCHED

    def matched(_: Case, wrong: Array | None) -> bool:
        return wrong is not None and bool(np.all(np.isfinite(wrong))) and close(got, np.asarray(wrong), bound)

    def visible(_: Case, wrong: Array | None) -> bool:
        return not close(wrong, want, max(VISIBLE, bound))

    with np.errstate(all="ignore"):
        return explain([case], (*mistakes, *general_mistakes(want)), matched=matched, visible=visible)


def general_mistakes(want: Array) -> tuple[Mistake[Case], ...]:
    """Return the mistakes that can be made in any class, given what is right."""
    return (
        Mistake(
            "batch_divided_in_module",
            "The result is divided by the batch size: only criterions do that, modules do not.",
            lambda case: want / len(case["input"]),
        ),
        Mistake("sign_flipped", "The result has the opposite sign.", lambda _: -want),
        Mistake(
            "gradient_passed_through",
            "gradOutput is handed on unchanged: it has to be multiplied by the derivative of this module.",
            lambda case: case["grad"] if case["grad"].shape == want.shape else np.full(want.shape, np.nan),
        ),
        Mistake("result_zero", "All entries are 0: is the result ever computed?", lambda _: np.zeros_like(want)),
        Mistake(
            "result_doubled", "Every entry is twice what it should be: something is added twice.", lambda _: 2 * want
        ),
    )


def verdict(finding: Finding | None, **said: Any) -> Finding:
    """Return the finding on what is wrong, or that nothing is."""
    return finding if finding is not None else passed(**said)
