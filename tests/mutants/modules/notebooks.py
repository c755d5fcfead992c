"""The main notebooks of tests/main_notebooks, as calibration grades them: on few digits, since they tell all there is to tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from main_notebooks import MAINS
from main_notebooks.handed_in import ALL

from grader.calibration.trial import Group, Trial
from grader.model import REDUCED, RubricItem


def trials(items: tuple[RubricItem, ...], _right: Path) -> Iterator[Trial]:
    """Yield each main notebook with the checks that it must fail."""
    there = {item.id for item in items}
    for main in MAINS:
        yield Trial(
            name=f"{main.name}_main",
            group=Group.PLANTED if main.fails else Group.RIGHT,
            source=main.files(),
            story=main.story,
            fails=main.fails,
            may_fail=main.may_fail,
            asked=tuple(item for item in ALL if item in there),
            size=REDUCED,
        )
