"""Judging one pass forward or back of a layer: what was returned, what was stored, and every number of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np

from grader.checks import blocked, failed
from grader.kits.layer_contract.records import TOLERANCE, LayerCase, Pass, is_trivial, own_gradient
from grader.kits.mistakes import Mistake, NotApplicable, explain
from grader.kits.patterns import Compared, named
from grader.model import Array, Finding, HeatMaps, Problem
from grader.plain import problem_from
from grader.text import at_entry, shape

Case = TypeVar("Case", bound=LayerCase)
# what is right of a case
Formula = Callable[[Case], Array]
# what a mistake must change to be seen, and how near what was returned must come to it
VISIBLE, MATCHED = 1e-4, 1e-5
NOT_FINITE = "NaN comes from 0 / 0, inf - inf or 0 * inf, infinity from a division by 0 or from overflow."
_LOOK = "Try {method} on a small random batch of shape (4, 3) and read the error from its last line up."
# (what an error says, what to do about it): where it is no matter of shapes or numbers
_BY_ERROR = (
    ("UnboundLocalError", "On the way that was taken here this name is given no value before it is used."),
    ("NameError", "This name is not known there: compare its spelling with the line that defines or imports it."),
    (
        "'NoneType' object",
        "Something is None there: look for a method that ends without `return`, or a value that is set later.",
    ),
    ("AttributeError", "Compare the spelling of this attribute, and look whether it is set before it is used."),
)
_AFTER_ERROR = "Make forward work first: backward is called after it, with the same input."


def first_of(findings: Iterable[Finding | None]) -> Finding | None:
    """Return the first finding, or None when there is none."""
    return next((finding for finding in findings if finding is not None), None)


def with_pattern(
    finding: Finding | None, cases: Sequence[Case], want: Formula[Case], way: Literal["forward", "backward"]
) -> Finding | None:
    """Return a finding with how the numbers of a pass are wrong over all cases; None stays None."""
    what = "output" if way == "forward" else "gradInput"
    tried = [case for case in cases if not case[way]["problem"]]
    return finding and named(
        finding, lambda: (Compared(what, case[way]["value"], want(case), _beside(case, way)) for case in tried)
    )


def _beside(case: LayerCase, way: str) -> dict[str, Array]:
    """Return what a pass has at hand."""
    output = case["forward"]["value"] if way == "backward" else None
    found = {"the input": case["input"], "gradOutput": case["grad"], "the output": output}
    return {name: array for name, array in found.items() if array is not None}


def judge_forward(
    case: Case, want: Formula[Case], mistakes: Sequence[Mistake[Case]], hint: str, what: str
) -> Finding | None:
    """Return what is wrong with the output of one case, or None."""
    name = f"{what}: output"
    return _returned(case["forward"], name, "forward", "self.output") or _numbers(
        case, case["forward"], want(case), mistakes, hint, name, pictured=False
    )


def judge_gradient(
    case: Case,
    want: Formula[Case],
    mistakes: Sequence[Mistake[Case]],
    hint: str,
    what: str,
    *,
    trivial: Callable[[Case], bool] = is_trivial,
    carried: Formula[Case] | None = None,
) -> Finding | None:
    """Return what is wrong with gradInput of one case, or None.

    Right is the closed form; right as well is the gradient of the layer's own forward, unless that is `trivial`, and what
    the closed form gives with the layer's own output in it, if `carried` says what that is.
    """
    back, name = case["backward"], f"{what}: gradInput"
    if case["forward"]["problem"] and back["problem"]:
        problem = problem_from(case["forward"]["problem"])
        return blocked(f"{what}: backward cannot be tried without forward ({problem})", hint=_AFTER_ERROR)
    if finding := _returned(back, name, "backward", "self.gradInput"):
        return finding
    own = None if trivial(case) else own_gradient(case)
    right = [own] if own is not None else []
    right += [carried(case)] if carried is not None and not trivial(case) else []
    bound = TOLERANCE.bound(single=case["single"], differences=True)
    if back["value"] is not None and any(TOLERANCE.agrees(back["value"], each, bound) for each in right):
        return _side_effects(case, back, back["value"], name)
    return _numbers(case, back, want(case), mistakes, hint, name, pictured=True)


def stumbled(name: str, method: str, problem: Problem, hint: str = "") -> Finding:
    """Return the finding on a method that ends in an error; `hint` is for one whose error does not say by itself what to do."""
    if "NotImplemented" in problem.message:
        return failed(f"{name}: {method} is still to be written ({problem})", hint="Write it.", diagnosis="not_written")
    told = next((advice for text, advice in _BY_ERROR if text in problem.message), "")
    hint = told or hint or _LOOK.format(method=method)
    return failed(f"{name}: {method} ends in an error: {problem}", hint=hint)


def broken_contract(asked: Mapping[str, Any], name: str, *, attempt: str, spared: str) -> Finding | None:
    """Return what is wrong with the form of an output, with what is stored and with what became of the input, or None.

    For classes whose numbers are not those of one formula. `asked` holds the ``input`` and what ``forward`` made of it;
    `attempt` is what to try where that raises, `spared` what to avoid where the input is changed.
    """
    answer, want = asked["forward"], asked["input"]
    if problem := problem_from(answer["problem"]):
        return stumbled(name, "forward", problem, attempt)
    got = answer["value"]
    if got is None:
        return _no_array(answer, name, "forward", "self.output")
    if got.shape != want.shape:
        message = f"{name}: forward returned an array of shape {shape(got)}, expected {shape(want)}"
        return failed(message, hint="The output has the shape of the input.", diagnosis="wrong_shape")
    if not _is_stored(answer, got):
        return _not_stored(answer, f"{name}: output", "self.output")
    after = answer["after"][0] if answer["after"] else None
    if after is None or not _same(after, want):
        hint = f"Whoever passes the input still needs it: avoid {spared}."
        return failed(f"{name}: the array input that was passed in is changed", hint=hint, diagnosis="input_modified")
    return None


def explained(case: Case, got: Array, want: Array, mistakes: Iterable[Mistake[Case]]) -> Mistake[Case] | None:
    """Return the first known mistake that gives what was got, or None."""
    near = TOLERANCE.single if case["single"] else MATCHED

    def matched(_: Case, wrong: Array | None) -> bool:
        return wrong is not None and bool(np.all(np.isfinite(wrong))) and TOLERANCE.agrees(got, wrong, near)

    def visible(_: Case, wrong: Array | None) -> bool:
        return not TOLERANCE.agrees(wrong, want, max(VISIBLE, near))

    with np.errstate(all="ignore"):
        return explain([case], (*mistakes, *_in_any_class(want)), matched=matched, visible=visible)


def _returned(answer: Pass, name: str, method: str, attribute: str) -> Finding | None:
    if problem := problem_from(answer["problem"]):
        return stumbled(name, method, problem)
    return _no_array(answer, name, method, attribute) if answer["value"] is None else None


def _no_array(answer: Pass, name: str, method: str, attribute: str) -> Finding:
    """Return the finding on a pass that returned no array of numbers: what it did, and what of it is missing."""
    if answer["type"] not in ("NoneType", ""):
        said = f"{method} returned a value of type {answer['type']} instead of an array of numbers"
        hint = f"{method} returns a numpy array of real numbers, which {attribute} holds as well."
    elif answer["stored"] is None:
        said = f"{method} returned None, and nothing was put into {attribute}"
        hint = f"Put the result into {attribute}: that is what {method} hands back."
    else:
        said = f"{method} returned None instead of an array, though {attribute} holds one"
        hint = f"The result is in {attribute}: hand it back as well, with `return {attribute}`."
    return failed(f"{name}: {said}", hint=hint, diagnosis="nothing_returned")


def _numbers(
    case: Case,
    answer: Pass,
    want: Array,
    mistakes: Sequence[Mistake[Case]],
    hint: str,
    name: str,
    *,
    pictured: bool,
) -> Finding | None:
    got, label = answer["value"], case["label"]
    assert got is not None, "that something was returned has been judged before"
    if got.shape != want.shape:
        found = explained(case, got, want, mistakes)
        message = f"{name} of {label} has the shape {shape(got)}, expected {shape(want)}"
        return failed(message, hint=found.hint if found else hint, diagnosis=found.id if found else "wrong_shape")
    worst = TOLERANCE.worst(got, want)
    if worst.error <= TOLERANCE.bound(single=case["single"]):
        return _side_effects(case, answer, got, name)
    found = explained(case, got, want, mistakes)
    message = f"{at_entry(name, worst.index, worst.got, worst.want)} ({label})"
    panels = ((name.rpartition(": ")[2], want, got),)
    pictures = [HeatMaps(f"{name} of {label}", panels, rows="example", columns="feature")] if pictured else []
    if found:
        return failed(message, hint=found.hint, diagnosis=found.id, pictures=pictures)
    if not np.all(np.isfinite(got)):
        return failed(message, hint=f"{NOT_FINITE} {hint}", diagnosis="not_finite", pictures=pictures)
    return failed(message, hint=hint, pictures=pictures)


def _side_effects(case: LayerCase, answer: Pass, got: Array, name: str) -> Finding | None:
    is_back = answer is case["backward"]
    if not _is_stored(answer, got):
        return _not_stored(answer, name, "self.output" if name.endswith("output") else "self.gradInput")
    # what forward has made of the input is paid for there: the same once more is not a second mistake
    paid = case["forward"]["after"][:1] if is_back else []
    for position, (before, after) in enumerate(zip([case["input"], case["grad"]], answer["after"], strict=False)):
        if after is None or not any(_same(after, each) for each in (before, *(paid if position == 0 else ()))):
            which = ("input", "gradOutput")[position]
            message = f"{name.rpartition(': ')[0]}: the array {which} that was passed in is changed"
            hint = f"Whoever passes {which} still needs it: avoid `{which} *= ...` and `{which}[...] = ...`, or work on a copy."
            return failed(message, hint=hint, diagnosis="input_modified" if position == 0 else "grad_output_modified")
    return _spoilt_output(case, name) if is_back else None


def _is_stored(answer: Pass, got: Array) -> bool:
    return answer["stored"] is not None and _same(answer["stored"], got)


def _same(one: Array, other: Array | None) -> bool:
    """Tell whether two arrays hold the same numbers, NaN where the other has NaN."""
    return other is not None and np.array_equal(one, other, equal_nan=True)


def _not_stored(answer: Pass, name: str, attribute: str) -> Finding:
    """Return the finding on a result that is returned and not stored."""
    if answer["stored"] is None:
        message = f"{name} is returned, but nothing was put into {attribute}"
    else:
        message = f"{name} is returned, but {attribute} holds something else"
    hint = f"Every module returns its result and stores it: {attribute} has to hold just what is returned."
    return failed(message, hint=hint, diagnosis="not_stored")


def _spoilt_output(case: LayerCase, name: str) -> Finding | None:
    """Return the finding on a backward pass that works in the array that forward has returned, or None."""
    # evidence of earlier graders holds it for some classes only
    before, after = case["forward"]["stored"], case.get("output_after")
    if before is None or after is None or _same(before, after):
        return None
    hint = "Whoever called forward still needs its output: avoid `self.output *= ...` in updateGradInput, or work on a copy."
    return failed(f"{name}: self.output is changed on the way back", hint=hint, diagnosis="output_modified")


def _in_any_class(want: Array) -> tuple[Mistake[Any], ...]:
    """Return the mistakes that can be made in any class, given what is right."""

    def passed_through(case: LayerCase) -> Array:
        if case["grad"].shape != want.shape:
            raise NotApplicable
        return case["grad"]

    return (
        Mistake(
            "batch_divided_in_module",
            "The result is divided by the batch size: only criterions do that, modules do not.",
            lambda case: want / len(case["input"]),
        ),
        Mistake("sign_flipped", "The result has the opposite sign.", lambda _: -want),
        Mistake(
            "gradient_passed_through",
            "gradOutput is returned unchanged: it has to be multiplied by the derivative of this module.",
            passed_through,
        ),
        Mistake("result_zero", "All entries are 0: is the result ever computed?", lambda _: np.zeros_like(want)),
        Mistake(
            "result_doubled", "Every entry is twice what it should be: something is added twice.", lambda _: 2 * want
        ),
    )
