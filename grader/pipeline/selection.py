"""Choosing part of an assignment: the rubric items that count, and the checks and probes that they need."""

from __future__ import annotations

from collections.abc import Sequence

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
    wanted = [name for item in chosen.items for name in item.checks]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted.extend(declared[name].builds_on)
    return tuple(check for check in assignment.checks if check.name in needed)


def needed_probes(assignment: Assignment, chosen: Rubric) -> tuple[Probe, ...]:
    """Return the probes that the needed checks read and those that must come before these, in the assignment's order."""
    declared = {probe.name: probe for probe in assignment.probes}
    wanted = [name for check in needed_checks(assignment, chosen) for name in check.reads]
    needed: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted.extend(declared[name].after)
    return tuple(probe for probe in assignment.probes if probe.name in needed)
