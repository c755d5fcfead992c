"""Interrupting a grading from outside at a chosen moment, such as by killing its worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grader import evidence, pipeline
from grader.assignments import Assignment
from grader.model import Limits, Report
from grader.sandbox import Launcher, Probe, Session
from grader.sandbox.launching import Running
from kit import small_assignment as small

Act = Callable[[], object]
Moment = Callable[[Act, Act], object]

# so that the worker that was started last is the one that is asked
ONE_LANE = replace(small.ASSIGNMENT, probes=tuple(replace(probe, lane=0) for probe in small.ASSIGNMENT.probes))


def watched(launcher: Launcher) -> tuple[Launcher, list[Running]]:
    """Return the launcher, and the list that whatever it starts goes to."""
    started: list[Running] = []

    def launch(limits: Limits, seconds: float) -> Running:
        started.append(launcher.launch(limits, seconds))
        return started[-1]

    return replace(launcher, launch=launch), started


def times(count: int, act: Act) -> Act:
    """Return something that does `act` when it is called, so many times and then no more."""
    left = [act] * count
    return lambda: left.pop()() if left else None


def interrupted(moment: Moment, kill: Act) -> Assignment:
    """Return the small assignment, during whose first probe `moment(kill, ask)` happens."""

    def run(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
        moment(kill, lambda: small.module(session, data, rng))

    return replace(ONE_LANE, probes=(Probe("module", "loading", run), *ONE_LANE.probes[1:]))


def graded(path: Path, assignment: Assignment, launcher: Launcher, **options: Any) -> Report:
    """Grade the submission at `path` by the small rubric."""
    return pipeline.grade(path, assignment, rubric=small.RUBRIC, launcher=launcher, seed=7, **options)


def before(kill: Act, ask: Act) -> None:
    """Kill before the first request."""
    kill()
    ask()


def between(kill: Act, ask: Act) -> None:
    """Kill between two requests."""
    ask()
    kill()
    ask()


def at_the_end(kill: Act, ask: Act) -> None:
    """Kill after the last request."""
    ask()
    kill()


def is_whole(folder: Path) -> bool:
    """Tell whether a report is there with everything that belongs to it."""
    report = json.loads((folder / "report.json").read_bytes())
    kept, submission, _ = evidence.load(folder / "evidence")
    pages = all("</html>" in (folder / page).read_text(encoding="utf-8") for page in ("report.html", "staff.html"))
    same = (report["seed"], report["submission"]["digest"]) == (kept.seed, submission.digest)
    return pages and same and bool(json.loads((folder / "results.json").read_bytes()))
