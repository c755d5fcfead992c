"""Grading trials with as few digits as can be learned from, and with fewer where it is shown that nothing is learned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from grader.assignments import find
from grader.calibration.trial import Group, Trial
from grader.model import REDUCED, Data, Report, Rubric, Setting
from grader.pipeline.selection import needed_probes
from kit.digits_samples import as_data, few
from kit.kept import grade
from kit.planted import hand_in
from kit.warm import launcher_for

# those with which networks learn at once: with another initialisation they may need several tries
SEEDS = {"byomlp": 4_170_273_269, "modules": 20_261_125}
DIGITS = {"byomlp": (1000, 500), "modules": (1000, 200)}
ENOUGH = {"classification_train": 500, "autoencoder_train": 700}
# nothing needs to be learned where it is shown that nothing is
LITTLE = {"classification_train": 100, "autoencoder_train": 700}


@cache
def data(assignment: str) -> Mapping[str, Data]:
    """Return the digits that there are."""
    return as_data(few(*DIGITS[assignment]))


def graded(assignment: str, trial: Trial, rubric: Rubric, folder: Path, *, learns: bool | None = None) -> Report:
    """Grade a trial by a rubric, its notebooks with few digits: enough to learn from when it `learns`, as what is right does.

    What was graded before with the same numbers is taken from the store.
    """
    enough = trial.group is not Group.PLANTED if learns is None else learns
    most, sizes = ENOUGH if enough else LITTLE, rubric.sizes[REDUCED]
    numbers = {name: min(value, most.get(name, value), trial.numbers.get(name, value)) for name, value in sizes.items()}
    return grade(
        trial.source if isinstance(trial.source, Path) else hand_in(trial, folder / "handed-in"),
        find(assignment),
        rubric=rubric,
        launcher=launcher_for(needed_probes(find(assignment), rubric)),
        seed=SEEDS[assignment],
        setting=Setting(trial.size, {**rubric.sizes[trial.size], **numbers}, numbers, data(assignment)),
    )
