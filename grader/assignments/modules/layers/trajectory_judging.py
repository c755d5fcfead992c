"""Judging many training steps in a row through one class: do they lead where gradient descent leads?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.layers.trajectory import Place, followed
from grader.checks import failed, passed
from grader.model import Finding, Observation
from grader.plain import problem_from, problem_in
from grader.text import in_digits
from grader.trajectories import Departure, Followed, in_words

_HINT = (
    "One pass is right, many in a row are not: something is carried from batch to batch. Look for values that are kept from an "
    "earlier batch, a count, or a copy of the parameters that is no longer up to date."
)


def judge_trajectory(observed: Observation) -> Finding:
    """Judge the training of one class."""
    if "trajectory" not in observed.data and observed.problem:
        return failed(f"training ends the process: {observed.problem}", hint=_HINT)
    record, name = observed.data["trajectory"], observed.data["class"]
    if wrong := _unfollowed(record, name):
        return wrong
    training = followed(record)
    return _wrong(record, training, name) or _right(training)


def _right(training: Followed[Place]) -> Finding:
    steps = training.departures[-1].step
    format_ = ", in single precision (float32)" if training.single else ""
    return passed(
        f"{steps} steps were replayed{format_}: the parameters agree to {in_digits(training.most)} of the way gone"
    )


def _unfollowed(record: Mapping[str, Any], name: str) -> Finding | None:
    if problem := problem_in(record):
        return failed(f"a network with {name} could not be built: {problem}", hint=_HINT)
    if any(kind == "Linear" and not arrays for (kind, _), arrays in zip(record["chain"], record["start"], strict=True)):
        return failed(f"{name}: getParameters() does not give W and b", hint=_HINT)
    return None


def _wrong(record: Mapping[str, Any], training: Followed[Place], name: str) -> Finding | None:
    found = training.first
    steps = 0
    for stage in record["stages"]:
        if found and found.step <= steps:
            break
        if problem := problem_from(stage["problem"]):
            said = f"{name}: training fails after {in_words(steps)}: {problem}"
            return failed(said, hint=_HINT)
        steps += len(stage["order"])
    return _explained(record, found, name) if found else None


def _explained(record: Mapping[str, Any], found: Departure[Place], name: str) -> Finding:
    what = _block(record, found, name)
    if found.size == float("inf"):
        said = f"{what} hold NaN, or cannot be read any more, after {in_words(found.step)}"
        return failed(said, hint=_HINT)
    said = f"{what} are off by {in_digits(100 * found.size)} % of the way they should have gone {found.when}"
    return failed(said, hint=_HINT)


def _block(record: Mapping[str, Any], found: Departure[Place], name: str) -> str:
    module, block = found.where
    kind, given = record["chain"][module]
    if kind == "Linear":
        letter = ("W", "b")[block]
        return f"the entries of {letter} of {name}({', '.join(in_digits(each) for each in given)})"
    if name == "Sequential":
        return f"the parameters of module {module + 1} in a {name} of {len(record['chain'])} modules"
    side = "behind" if module else "in front of"
    return f"the parameters of a module {side} {name}"
