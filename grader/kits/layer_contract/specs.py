"""Declaring a layer class: what is right of it, which mistakes are known, and the checks that follow from these."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

import numpy as np

from grader.checks import Check, check, failed, passed
from grader.kits.layer_contract.advice import told
from grader.kits.layer_contract.passes import Case, Formula, first_of, judge_forward, judge_gradient, with_pattern
from grader.kits.layer_contract.records import TOLERANCE, LayerCase, Pass, is_trivial
from grader.kits.mistakes import Mistake
from grader.model import Array, Curve, Finding, Observation, Picture, Verdict
from grader.plain import problem_from
from grader.text import as_call, shape

Seen = Mapping[str, Any]
# what is wrong with what was observed of a class, or None
Judge = Callable[..., Finding | None]


@dataclass(frozen=True, kw_only=True)
class LayerSpec(Generic[Case]):
    """One class of layers: the formulas of what is right, known mistakes, and what to say where none of these explains it.

    `probe` names its observation and begins the names of its checks, `module` is where these are declared.
    """

    name: str
    probe: str
    module: str
    forward: Formula[Case]
    gradient: Formula[Case]
    mistakes: tuple[Mistake[Case], ...]
    gradient_mistakes: tuple[Mistake[Case], ...]
    hint: str
    gradient_hint: str


def layer_check(
    probe: str,
    *,
    after: Sequence[Check] = (),
    excused_by: Sequence[Check] = (),
    thresholds: Sequence[str] = (),
    parameters: Sequence[str] = (),
    name: str = "",
    title: str = "",
    module: str = "",
) -> Callable[[Judge], Check]:
    """Declare a check on a class: its function takes what was observed of it, and returns what is wrong, or None.

    A class that is not there, or whose code ended the process before all was asked, fails without being looked at.
    `name`, `title` and `module` are for a check that a function makes.
    """

    def declare(judge: Judge) -> Check:
        @functools.wraps(judge)
        def whole(observed: Observation, **numbers: Any) -> Finding:
            nothing = _nothing_to_judge(observed)
            # a class that is not there is no mistake that another check could excuse
            found = replace(nothing, verdict=Verdict.BLOCKED) if nothing and excused_by else nothing
            found = found or judge(observed.data, **numbers)
            return told(found, observed.data) if found else passed()

        declared = check(
            reads=[probe],
            after=after,
            excused_by=excused_by,
            thresholds=thresholds,
            parameters=parameters,
            name=name,
            title=title,
            module=module,
        )
        return declared(whole)

    return declare


def _nothing_to_judge(observed: Observation) -> Finding | None:
    seen = observed.data
    if seen.get("absent"):
        hint = "Define the class under exactly this name."
        if "ends in an error" in seen["absent"]:
            hint = "Mend this error: the class is there as soon as its cell runs after a restart of the kernel."
        return failed(seen["absent"], hint=hint, diagnosis="class_missing")
    if not seen.get("done"):
        why = str(observed.problem) if observed.problem else "the class could not be tested"
        return failed(why, hint="Try the class by itself on a small batch: it has to come to an end without an error.")
    return None


def forward_check(spec: LayerSpec[Any], title: str, *, advised: bool = False) -> Check:
    """Return the check of a class's output; where it is right, `advised` says what large inputs do, forward and back."""

    @layer_check(spec.probe, name=f"{spec.probe}_forward", title=title, module=spec.module)
    def judge(seen: Seen) -> Finding | None:
        found = first_of(
            judge_forward(case, spec.forward, spec.mistakes, spec.hint, spec.name) for case in seen["cases"]
        )
        if found is None and advised:
            return _advice(spec, seen["extreme"])
        found = with_pattern(found, seen["cases"], spec.forward, "forward")
        return _pictured(found, spec, seen, "forward")

    return judge


def gradient_check(
    spec: LayerSpec[Any],
    title: str,
    *,
    trivial: Callable[[Sequence[LayerCase]], bool] | None = None,
    carried: Formula[Any] | None = None,
) -> Check:
    """Return the check of a class's gradInput; `trivial` says of all cases together what `judge_gradient` asks of each."""

    @layer_check(spec.probe, name=f"{spec.probe}_gradient", title=title, module=spec.module)
    def judge(seen: Seen) -> Finding | None:
        cases = seen["cases"]
        whole = None if trivial is None else trivial(cases)
        found = first_of(
            judge_gradient(
                case,
                spec.gradient,
                spec.gradient_mistakes,
                spec.gradient_hint,
                spec.name,
                trivial=is_trivial if whole is None else lambda _: whole,
                carried=carried,
            )
            for case in cases
        )
        found = with_pattern(found, cases, spec.gradient, "backward")
        return _pictured(found, spec, seen, "backward")

    return judge


def at_large_inputs(answer: Pass, want: Array, what: str) -> str:
    """Return what is wrong with a pass over inputs as large as 1000, or nothing; a warning is nothing wrong."""
    got = answer["value"]
    if problem := problem_from(answer["problem"]):
        return f"{what} cannot be computed: {problem}"
    if got is None or got.shape != want.shape:
        return f"{what} is not an array of shape {shape(want)}"
    if not np.all(np.isfinite(got)):
        found = "nan" if np.any(np.isnan(got)) else "infinity"
        return f"{what} holds {found}" + (f" ({answer['warnings'][0]})" if answer["warnings"] else "")
    return "" if TOLERANCE.agrees(got, want) else f"{what} is wrong"


def _advice(spec: LayerSpec[Any], extreme: LayerCase) -> Finding | None:
    """Return the advice on inputs that nobody asks for, to a class that is right where it is asked, or None."""
    back = extreme["backward"]
    said = at_large_inputs(extreme["forward"], spec.forward(extreme), "the output")
    # what is wrong with gradInput at small inputs as well is told where it is judged
    if not said and back["value"] is not None and not np.all(np.isfinite(back["value"])):
        said = at_large_inputs(back, spec.gradient(extreme), "gradInput")
    warned = [*extreme["forward"]["warnings"], *back["warnings"]]
    if not said and not warned:
        return None
    said = said or f"numpy warns ({warned[0]})"
    hint = (
        "This costs nothing. exp(1000) is more than a float can hold: let no argument of exp be large, not even in a branch "
        "that is not taken."
    )
    return passed(f"{spec.name} is right up to +-30; at +-1000, {said}", hint=hint)


def _pictured(finding: Finding | None, spec: LayerSpec[Any], seen: Seen, way: str) -> Finding | None:
    """Add a picture of what is expected and what was got over a line, when they differ there."""
    curve = seen.get("curve")
    if finding is None or curve is None or (got := curve[way]) is None:
        return finding
    expected = (spec.forward if way == "forward" else spec.gradient)(curve).ravel()
    if not np.all(np.isfinite(got)) or TOLERANCE.agrees(got.ravel(), expected):
        return finding
    kind = "value" if way == "forward" else "derivative"
    what = as_call(spec.name, curve["given"])
    series = ((f"expected {kind}", expected), (f"your {kind}", got.ravel()))
    drawn: Picture = Curve(f"{what}: {kind}", "input", kind, curve["input"].ravel(), series)
    return replace(finding, pictures=(drawn, *finding.pictures))
