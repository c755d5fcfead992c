"""What lies in `mutants/`: right styles, planted bugs and notebooks, by assignment, as calibration reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from grader.assignments import find
from grader.calibration.course import planted
from grader.calibration.trial import Group, Trial
from grader.model import Rubric
from grader.pipeline import load_rubric
from kit import ROOT


@cache
def everything(assignment: str) -> tuple[Trial, ...]:
    """Return all that lies in the folder of an assignment."""
    found = find(assignment)
    return planted(ROOT, found, load_rubric(found))


def styles(assignment: str) -> dict[str, Trial]:
    """Return right solutions for which no notebook is run, by name."""
    return {trial.name: trial for trial in everything(assignment) if trial.group is Group.RIGHT and not trial.asked}


def bugs(assignment: str) -> tuple[Trial, ...]:
    """Return the planted bugs for which no notebook is run."""
    return tuple(trial for trial in everything(assignment) if trial.group is Group.PLANTED and not trial.asked)


def notebooks(assignment: str) -> tuple[Trial, ...]:
    """Return the notebooks, right and wrong, each with what it is handed in with."""
    return tuple(trial for trial in everything(assignment) if trial.asked)


def files(trial: Trial) -> Mapping[str, bytes]:
    """Return what is handed in, name -> content."""
    assert isinstance(trial.source, Mapping)
    return trial.source


def text(trial: Trial) -> str:
    """Return the one file that is handed in."""
    (content,) = files(trial).values()
    return content.decode()


def hand_in(trial: Trial, folder: Path) -> Path:
    """Write what is handed in into a folder, and return that."""
    for name, content in files(trial).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def must_fail(trial: Trial) -> frozenset[str]:
    """Return the checks that it fails whatever is drawn."""
    return (trial.fails or frozenset()) - trial.may_fail


def only(whole: Rubric, checks: Collection[str]) -> Rubric:
    """Return the rubric with these checks alone, so that only the probes that they need are run."""
    items = []
    for item in whole.items:
        kept = {name: points for name, points in item.checks.items() if name in checks}
        items.append(replace(item, checks=kept, points=sum(kept.values())))
    return replace(whole, items=tuple(item for item in items if item.checks))
