"""The pairs of notebooks of tests/notebook_pairs, each notebook graded by itself, as calibration grades them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from notebook_pairs import PAIRS
from notebook_pairs.pair import Pair

from grader.calibration.trial import Group, Trial
from grader.model import REDUCED, RubricItem

# enough to tell what is done with the images; what is learned is open then
FEW = {"classification_train": 120, "classification_test": 60, "autoencoder_train": 330, "autoencoder_test": 100}


def trials(items: tuple[RubricItem, ...], right: Path) -> Iterator[Trial]:
    """Yield each notebook of each pair with the checks of its item that it must fail; right styles of mlp.py lie in `right`."""
    for item in items:
        if item.id in ("classification", "autoencoder"):
            yield from (_trial(pair, item, right) for pair in PAIRS)


def _trial(pair: Pair, item: RubricItem, right: Path) -> Trial:
    few = item.id in pair.few
    fails = pair.fails & item.checks.keys()
    limited = {"cell_seconds": pair.seconds} if pair.seconds else {}
    return Trial(
        name=f"{pair.name}_{item.id}",
        group=Group.PLANTED if fails else Group.RIGHT,
        source=pair.files(item.id, right),
        story=pair.story,
        fails=fails,
        may_fail=pair.open,
        asked=(item.id,),
        size=REDUCED if few else "quick",
        numbers={**(FEW if few else {}), **limited},
    )
