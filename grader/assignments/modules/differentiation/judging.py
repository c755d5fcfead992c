"""Judging what an answer function returned: every entry against central differences, and the mistake that explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.assignments.modules.differentiation.mistakes import MISTAKES
from grader.assignments.modules.differentiation.probe import Asked
from grader.assignments.modules.differentiation.tasks import Task, truths
from grader.kits.mistakes import Mistake, explain
from grader.model import Array, HeatMaps, Problem
from grader.numerics import Tolerance, is_float32, worst_entry
from grader.plain import problem_in
from grader.text import at_entry, shape

# measured for right functions: at most 1e-9 in float64, 1e-6 in single precision
TOLERANCE = Tolerance(1e-6, single=1e-4)
# a mistake explains a result when it comes so near, and is visible when it is farther from the truth
MATCHED, VISIBLE = 1e-6, 1e-3
ENOUGH = 2


@dataclass(frozen=True)
class Case:
    """One call of an answer function: what it was given, what is right (in one or two orders), and what came back."""

    given: Mapping[str, Array]
    wants: tuple[Array, ...]
    got: Array | None
    type: str
    text: str
    problem: Problem | None

    @property
    def right(self) -> bool:
        """Whether what came back is right in one of the orders."""
        return any(self.agrees(want) for want in self.wants)

    def agrees(self, want: Array, bound: float | None = None) -> bool:
        """Tell whether what came back has that shape and those entries."""
        if bound is None and self.got is not None:
            bound = TOLERANCE.bound(single=is_float32(self.got))
        return TOLERANCE.agrees(self.got, want, bound)

    @property
    def nearest(self) -> Array:
        """What is right, in the order in which what came back is nearest to it."""
        fitting = [want for want in self.wants if self.got is not None and self.got.shape == want.shape]
        got = self.got if self.got is not None else self.wants[0]
        return min(fitting or self.wants, key=lambda want: worst_entry(got, want).error if fitting else 0.0)


def cases_of(task: Task, answers: Sequence[Asked]) -> list[Case]:
    """Return the calls that evidence holds, each with the truth beside it."""
    return [_case(task, answer) for answer in answers]


def _case(task: Task, answer: Asked) -> Case:
    got = answer["value"]
    if got is not None:
        got = _upright(task, np.asarray(got, dtype=np.float64), answer["given"])
    wants = truths(task, answer["given"])
    return Case(answer["given"], wants, got, answer["type"], answer["text"], problem_in(answer))


def _upright(task: Task, got: Array, given: Mapping[str, Array]) -> Array:
    """Return a vector as (n,) that came as a column or as a row: textbooks write the gradient either way."""
    size = given[task.about].size
    return got.ravel() if task.is_vector and got.shape in ((size, 1), (1, size)) else got


def diagnose(task: Task, cases: Sequence[Case]) -> Mistake[Case] | None:
    """Return the known mistake that explains what came back in every case, also where it raised, or None."""
    enough = min(ENOUGH, len(cases))
    return explain(cases, MISTAKES[task.name], matched=_matched, visible=_visible, enough=enough)


def _matched(case: Case, wrong: Array | None) -> bool:
    return case.problem is not None if wrong is None else case.agrees(wrong, MATCHED)


def _visible(case: Case, wrong: Array | None) -> bool:
    return wrong is not None and all(
        wrong.shape != want.shape or worst_entry(wrong, want).error > VISIBLE for want in case.wants
    )


def told(task: Task, case: Case) -> str:
    """Return in words what is wrong in one case: an exception, no numbers, another shape, or the worst entry."""
    shapes = ", ".join(f"{name} of shape {shape(array)}" for name, array in case.given.items())
    begin = f"{task.call} with {shapes}"
    if case.problem:
        return f"{begin}: {case.problem}"
    if case.got is None:
        what = f"{case.type}: {case.text}" if case.type != "NoneType" else "nothing (None)"
        return f"{begin} returned {what}, expected an array of numbers"
    want = case.nearest
    if case.got.shape != want.shape:
        returned = "a number" if case.got.ndim == 0 else f"an array of shape {shape(case.got)}"
        return f"{begin} returned {returned}, expected shape {shape(want)}"
    worst = worst_entry(case.got, want)
    return at_entry(f"{begin}: entry ", worst.index, worst.got, worst.want)


def picture(task: Task, case: Case) -> tuple[HeatMaps, ...]:
    """Return the expected matrix beside the one that came back, where there are two to compare."""
    want = case.nearest
    if case.got is None or case.got.shape != want.shape or not np.all(np.isfinite(case.got)):
        return ()
    panel = (task.name, np.atleast_2d(want), np.atleast_2d(case.got))
    return (HeatMaps(f"What {task.name} returned", (panel,), rows="row", columns="column"),)
