"""What is to be graded of each assignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import assignments, pipeline
from grader.assignments import Assignment
from grader.calibration import course
from grader.calibration.planted import load
from grader.calibration.trial import RIGHT, Group, Trial
from grader.errors import AuthorError
from grader.model import Rubric, Setting
from grader.suggestions import did_you_mean

COURSE = (Group.REFERENCE, Group.TEMPLATE)


@dataclass(frozen=True)
class Plan:
    """What is to be graded of one assignment: each trial once, right solutions from `seeds` seeds."""

    assignment: Assignment
    rubric: Rubric
    items: tuple[str, ...]
    trials: tuple[Trial, ...]
    seeds: int
    setting: Setting | None = None

    @property
    def gradings(self) -> tuple[tuple[Trial, int], ...]:
        """Each trial with the number of its grading."""
        return tuple(
            (trial, number) for trial in self.trials for number in range(self.seeds if trial.group in RIGHT else 1)
        )


def plan(
    root: Path | None,
    name: str,
    *,
    own: Path | None = None,
    generated: bool = False,
    notebooks: bool = False,
    data: Path | None = None,
    seeds: int = 1,
    rubric: Path | None = None,
) -> Plan:
    """Collect what is to be graded of one assignment: the course's bugs, or those in the folder `own`.

    With `notebooks` their items are graded, too, on data sets from the folder `data` or wherever they are. `rubric` is a
    file to grade by instead of the assignment's own. AuthorError when something of it is missing or wrong.
    """
    assignment = assignments.find(name)
    whole = pipeline.load_rubric(assignment, rubric)
    items = course.plain_items(assignment, whole)
    if own is None:
        trials = tuple(course.every_group(root, assignment, whole, generated=generated))
    else:
        bugs = load(own, course.solved(assignment)[0], assignment, whole)
        trials = (*course.course_material(assignment), *bugs)
    if not notebooks:
        plain = tuple(trial for trial in trials if set(trial.asked) <= set(items))
        if own is not None and (left_out := [trial.name for trial in trials if trial not in plain]):
            raise AuthorError(f"{own}: {', '.join(left_out)} cannot be graded without notebooks; add --notebooks")
        return Plan(assignment, whole, items, plain, seeds)
    every = tuple(item.id for item in whole.items)
    own_too = (*COURSE, Group.PLANTED) if own is not None else COURSE
    trials = tuple(
        replace(trial, asked=every) if trial.group in own_too and not trial.asked else trial for trial in trials
    )
    return Plan(assignment, whole, items, trials, seeds, pipeline.prepare(assignment, whole, size="quick", data=data))


def chosen(plans: Sequence[Plan], only: Sequence[str]) -> list[Plan]:
    """Return the plans with the trials of these names or groups alone, all of them when none is named."""
    if not only:
        return list(plans)
    there = {name for each in plans for trial in each.trials for name in (trial.name, str(trial.group))}
    unknown = [f"nothing is called '{name}'{did_you_mean(name, there)}" for name in only if name not in there]
    if unknown:
        raise AuthorError("--only: " + "\n".join(unknown))
    kept = [(each, tuple(trial for trial in each.trials if {trial.name, trial.group} & set(only))) for each in plans]
    return [replace(each, trials=trials) for each, trials in kept if trials]
