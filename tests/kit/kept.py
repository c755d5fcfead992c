"""Asking submissions in tests: evidence is taken from the user's store where it lies under its key, and else made and kept.

The key covers all that shapes evidence, so nothing is pretended: what is taken is what would be seen. `MLPGRADER_STORE` says
where the store lies; an empty one means that everything is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from grader import evidence, pipeline
from grader.assignments import Assignment
from grader.model import Evidence, Limits, Report, Rubric, Setting, Submission
from grader.sandbox import Inside, Launcher, Probe
from grader.sandbox import observe as run


@cache
def store() -> evidence.Store | None:
    """Return the user's store; None where there is to be none."""
    return evidence.of_the_user()


def grade(path: Path, assignment: Assignment, *, rubric: Rubric, launcher: Launcher, seed: int, **more: Any) -> Report:
    """Grade as `pipeline.grade` does, from kept evidence where there is some."""
    return pipeline.grade(path, assignment, rubric=rubric, launcher=launcher, seed=seed, store=store(), **more)


def observe(
    submission: Submission,
    probes: Sequence[Probe],
    inside: Inside,
    *,
    assignment: str,
    launcher: Launcher,
    seed: int,
    limits: Limits,
    setting: Setting | None = None,
) -> Evidence:
    """Return what the probes see, as it is when it comes back from disk."""
    asked: dict[str, Any] = {"launcher": launcher, "seed": seed, "limits": limits, "setting": setting}
    of = store()
    key = evidence.key(submission, probes, inside, assignment=assignment, **asked) if of else ""
    if of and (found := of.take(key, submission, probes)):
        return found
    seen = run(submission, probes, inside, **asked)
    normal = {name: replace(each, data=evidence.normalise(each.data)) for name, each in seen.observations.items()}
    seen = replace(seen, observations=normal)
    if of:
        of.keep(key, seen, submission, assignment=assignment)
    return seen
