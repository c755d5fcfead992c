"""Choosing part of an assignment: the rubric items that count, and the checks and probes that they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from grader import rubric
from grader.assignments import Assignment
from grader.checks import Check
from grader.model import Rubric
from grader.sandbox import Probe


def only(whole: Rubric, items: Sequence[str]) -> Rubric:
    """Return the rubric with the items named, all of them when none is; AuthorError for a name that it lacks."""
    return rubric.restrict(whole, items) if items else whole


def needed_checks(assignment: Assignment, chosen: Rubric) -> tuple[Check, ...]:
    """Return the checks that the rubric gives points to and those they build on, in the assignment's order."""
    declared = {check.name: check for check in assignment.checks}
    needed = _closure((name for item in chosen.items for name in item.checks), lambda name: declared[name].builds_on)
    return tuple(check for check in assignment.checks if check.name in needed)


def needed_probes(assignment: Assignment, chosen: Rubric) -> tuple[Probe, ...]:
    """Return the probes that the needed checks read and those that must come before these, in the assignment's order."""
    declared = {probe.name: probe for probe in assignment.probes}
    read = (name for check in needed_checks(assignment, chosen) for name in check.reads)
    needed = _closure(read, lambda name: declared[name].after)
    return tuple(probe for probe in assignment.probes if probe.name in needed)


def _closure(names: Iterable[str], needs: Callable[[str], Iterable[str]]) -> set[str]:
    """Return these names and all that they need, directly or through others."""
    wanted, needed = list(names), set[str]()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted.extend(needs(name))
    return needed
