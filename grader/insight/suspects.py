"""Checks to doubt: a page that accuses itself first is believed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from grader.insight.latest import FAILED, PASSED, Column, Latest, places
from grader.insight.model import LARGE, Flip, Places, Suspect
from grader.insight.statistics import edges
from grader.model import Array
from grader.text import counted, listed, percent, points

# of fewer people nothing follows from being the only one
ENOUGH = 10
# so near to a threshold, as a factor, another draw may decide otherwise
NEAR = 1.2
NAMED = 3


def suspects(latest: Latest, flips: Sequence[Flip]) -> tuple[Suspect, ...]:
    """Return the reasons to doubt checks, the gravest first."""
    kinds = (_overturned(latest), _flipping(latest, flips), _failed_by_the_best(latest), _alone(latest), _near(latest))
    return tuple(each for kind in kinds for each in kind)


def _suspect(kind: str, column: Column, told: str, chosen: Places) -> Suspect:
    return Suspect(kind, column.check, column.title, told, chosen)


def _overturned(latest: Latest) -> Iterator[Suspect]:
    for column in latest.columns:
        mine = [
            each for each in latest.overturned if (each.found.item, each.found.check) == (column.item, column.check)
        ]
        if mine:
            changes = [f"{points(float(each.found.earned))} → {points(each.given)}" for each in mine]
            told = f"people gave other points: {listed(changes, NAMED)}"
            yield _suspect("overturned by people", column, told, tuple(each.place for each in mine))


def _flipping(latest: Latest, flips: Sequence[Flip]) -> Iterator[Suspect]:
    of_row = {standing.row: place for place, standing in enumerate(latest.standings)}
    for column in latest.columns:
        mine = [each for each in flips if (each.item, each.check) == (column.item, column.check) and each.row in of_row]
        if mine:
            told = (
                f"the same files were judged otherwise: {listed([' / '.join(each.verdicts) for each in mine], NAMED)}"
            )
            yield _suspect("flips", column, told, tuple(sorted({of_row[each.row] for each in mine})))


def _failed_by_the_best(latest: Latest) -> Iterator[Suspect]:
    graded = latest.is_graded
    earned, possible = np.where(latest.decided, latest.earned, 0.0), np.where(latest.decided, latest.possible, 0.0)
    for index, column in enumerate(latest.columns):
        judged = graded & np.isin(latest.verdicts[:, index], (PASSED, FAILED))
        failed = judged & (latest.verdicts[:, index] == FAILED)
        if judged.sum() < LARGE or failed.sum() < NAMED:
            continue
        best = _best(earned, possible, index, judged)
        rest = judged & ~best
        if not rest.any():
            continue
        of_best, of_rest = (float(failed[who].mean()) for who in (best, rest))
        if of_best > of_rest and (failed & best).sum() >= 2:
            told = f"{_share(of_best)} of the best 27\u00a0% fail it, {_share(of_rest)} of the others"
            yield _suspect("the best fail", column, told, places(failed & best))


def _best(earned: Array, possible: Array, index: int, judged: Array) -> Array:
    """Return who (n,) of those `judged` by a check is among the best at all else."""
    left = possible.sum(axis=1) - possible[:, index]
    share = np.where(left > 0, (earned.sum(axis=1) - earned[:, index]) / np.where(left > 0, left, 1.0), 0.0)
    best = np.zeros(len(judged), dtype=bool)
    best[judged] = edges(share[judged])[0]
    return best


def _alone(latest: Latest) -> Iterator[Suspect]:
    for index, column in enumerate(latest.columns):
        verdicts = latest.verdicts[:, index]
        failed, judged = verdicts == FAILED, np.isin(verdicts, (PASSED, FAILED))
        if failed.sum() == 1 and judged.sum() >= ENOUGH:
            told = f"only one of {counted(int(judged.sum()), 'submission')} fails it"
            yield _suspect("only one fails", column, told, places(failed))


def _near(latest: Latest) -> Iterator[Suspect]:
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(np.log(latest.margins))
    for index, column in enumerate(latest.columns):
        near = far[:, index] <= math.log(NEAR)
        if near.any():
            failed = near & (latest.verdicts[:, index] == FAILED)
            closest = float(latest.margins[np.nanargmin(far[:, index]), index])
            told = (
                f"{counted(int(near.sum()), 'submission')} within {_share(NEAR - 1)}, {int(failed.sum())} of them failed; "
                f"the nearest shows {_share(closest, 1)} of what is allowed"
            )
            yield _suspect("near the threshold", column, told, places(near))


def _share(value: float, decimals: int = 0) -> str:
    """Return a share in percent that no line breaks."""
    return percent(value, decimals).replace(" ", "\u00a0")
