"""Judging the number that a class has when its constructor is given none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.assignments.modules.layers.activation_probes import ActivationSeen
from grader.checks import blocked, failed
from grader.kits.layer_contract import LayerCase
from grader.model import Finding
from grader.plain import problem_from
from grader.text import in_digits

# how far a default may be off, relative to what is expected
NEAR = 1e-4


def wrong_default(seen: ActivationSeen, name: str, own: float | None, want: float) -> Finding | None:
    """Return what is wrong with the number `name` of a class without an argument, when it is `own` there, or None."""
    answer: Any = default_of(seen)["forward"]
    return judge_default(seen["class"], name, own, want, refused=seen.get("refused"), answer=answer)


def default_of(seen: ActivationSeen) -> LayerCase:
    """Return the case without an argument; evidence of earlier graders has it among the others."""
    whole: Mapping[str, Any] = seen
    return whole.get("default") or next(case for case in seen["cases"] if not case["given"])


def judge_default(kind: str, name: str, own: float | None, want: float, *, refused: Any, answer: Any) -> Finding | None:
    """Return what is wrong with a default, or None.

    `refused` is the error of a constructor that takes no number, `answer` the pass forward of an object without one; `own` is
    the number that was seen in that pass, None where it shows none.
    """
    expected = f"{name} is {in_digits(want)} when it is left out"
    if refusal := problem_from(refused):
        said = f"{kind} does not take its {name} as an argument: {refusal}"
        return failed(said, hint=f"The constructor takes {name}: {expected}.", diagnosis="argument_not_taken")
    problem = problem_from(answer["problem"])
    if problem and "required positional argument" in problem.message:
        said = f"{kind}() without {name} ends in an error: {problem}"
        return failed(said, hint=f"Give the argument a default: {expected}.", diagnosis="default_missing")
    if problem or answer["value"] is None:
        return blocked(
            f"the default {name} cannot be seen, as forward gives no output" + (f" ({problem})" if problem else "")
        )
    if own is None:
        return failed(
            f"the default {name} cannot be seen in what forward gives", hint=f"Make forward work first: {expected}."
        )
    if abs(own - want) <= NEAR * max(abs(want), NEAR):
        return None
    said = f"the default {name} is {in_digits(own)}, expected {in_digits(want)}"
    return failed(said, hint=f"Look at the default in the constructor: {expected}.", diagnosis="default_differs")
