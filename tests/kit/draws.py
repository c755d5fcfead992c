"""One submission asked again and again, with other random draws each time, in one sandbox: starting one takes a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader import pipeline
from grader.assignments import Assignment
from grader.model import Evidence, Report, Rubric, Setting
from grader.pipeline import judge, selection
from grader.sandbox import Launcher, observe
from grader.sandbox.bounding import KEPT_MB, Room


def drawn(
    folder: Path,
    assignment: Assignment,
    rubric: Rubric,
    launcher: Launcher,
    *,
    draws: int,
    seed: int = 1,
    once: Sequence[str] = (),
) -> Mapping[int, Report]:
    """Return the report of every draw, by its number.

    Every probe runs in a fresh process, as ever, under a name of its own, from which its random numbers follow. The probes
    named in `once`, which later ones look back at, run before the others.
    """
    submission = pipeline.receive(folder, assignment, pipeline.load_rubric(assignment))
    needed = selection.needed_probes(assignment, rubric)
    again = [probe for probe in needed if probe.name not in once]
    evidence = observe(
        submission,
        [
            *(probe for probe in needed if probe.name in once),
            *(replace(probe, name=f"{probe.name} {draw}") for draw in range(draws) for probe in again),
        ],
        assignment.inside,
        launcher=launcher,
        seed=seed,
        limits=rubric.limits,
        setting=Setting(parameters=rubric.parameters),
        room=Room(draws * KEPT_MB * 2**20),
    )
    names = [probe.name for probe in needed]
    return {draw: judge(submission, _of(evidence, names, draw), assignment, rubric) for draw in range(draws)}


def _of(evidence: Evidence, names: Sequence[str], draw: int) -> Evidence:
    """Return what one draw has seen, under the probes' own names."""
    seen = evidence.observations
    found = {name: seen[f"{name} {draw}" if f"{name} {draw}" in seen else name] for name in names}
    return replace(evidence, observations={name: replace(each, probe=name) for name, each in found.items()})
