"""Judging the masks that Dropout draws."""

from __future__ import annotations

import math

import numpy as np

from grader.assignments.modules.layers.dropout_probe import NAME
from grader.checks import failed
from grader.kits.layer_contract import TOLERANCE, LayerCase, broken_contract
from grader.model import Array, Finding
from grader.text import as_call, in_digits

ADVICE = {"attempt": "Try it on batches of different shapes.", "spared": "`input *= mask`"}

CHANCE = 0.5
# rows or columns, and entries of one, that are enough to tell whether these depend on one another
FEW, MANY = 20, 100


def mask_of(case: LayerCase) -> Array | None:
    """Return what every entry of the input was multiplied by, or None without an output of its shape."""
    got = case["forward"]["value"]
    if got is None or got.shape != case["input"].shape:
        return None
    return np.asarray(got / case["input"])


def drops(case: LayerCase) -> bool:
    """Tell whether a pass drops some entries and lets others through."""
    mask = mask_of(case)
    if mask is None or not np.all(np.isfinite(mask)):
        return False
    kept = np.abs(mask) > TOLERANCE.single
    return bool(kept.any() and not kept.all())


def wrong_mask(case: LayerCase, errors: float) -> Finding | None:
    """Return what is wrong with the mask of one pass by itself, or None."""
    name = as_call(NAME, case["given"])
    if finding := broken_contract(case, f"{name} in training", **ADVICE):
        return finding
    mask = mask_of(case)
    if mask is None or not np.all(np.isfinite(mask)):
        return failed(f"{name}: the output in training is not finite", hint="Look for a division by 0.")
    kept = np.abs(mask) > TOLERANCE.single
    if kept.all():
        hint = "In training each entry is set to 0 with some chance: is the test of the attribute `training` the right way round?"
        return failed(f"{name}: nothing is dropped in training", hint=hint, diagnosis="nothing_dropped")
    if not kept.any():
        hint = "Some entries have to come through: look at how the random numbers are compared with p."
        return failed(f"{name}: everything is dropped in training", hint=hint, diagnosis="everything_dropped")
    return _wrong_scale(case, name, mask[kept]) or _wrong_pattern(case, name, kept, errors)


def _wrong_scale(case: LayerCase, name: str, factors: Array) -> Finding | None:
    p, bound = chance_of(case), TOLERANCE.single
    scale = float(np.median(factors))
    if np.max(np.abs(factors - scale)) > bound * max(1.0, abs(scale)):
        hint = "What is kept is the input, scaled by one number at most: a mask holds only two values."
        return failed(
            f"{name}: entries that come through are scaled differently", hint=hint, diagnosis="mask_not_binary"
        )
    share = share_of(case)
    keep = p if abs(share - p) <= abs(share - (1 - p)) else 1 - p
    if min(abs(scale - 1), abs(scale - 1 / keep)) <= bound * max(1.0, 1 / keep):
        return None
    hint = "Either nothing is scaled, or what is kept is divided by the chance to be kept, so that the mean stays what it was."
    diagnosis = "dropout_scaled_by_wrong_chance" if abs(scale - 1 / (1 - keep)) < 1e-3 else "dropout_scale"
    said = f"{name}: what comes through is multiplied by {in_digits(scale)}, expected 1 or {in_digits(1 / keep)}"
    return failed(said, hint=hint, diagnosis=diagnosis)


def chance_of(case: LayerCase) -> float:
    """Return p."""
    return case["given"][0] if case["given"] else CHANCE


def share_of(case: LayerCase) -> float:
    """Return the fraction of entries that come through."""
    mask = mask_of(case)
    return 0.0 if mask is None else float(np.mean(np.abs(mask) > TOLERANCE.single))


def _wrong_pattern(case: LayerCase, name: str, kept: Array, errors: float) -> Finding | None:
    p = chance_of(case)
    rows, columns = kept.shape
    spread = math.sqrt(p * (1 - p))
    for axis, other, what, diagnosis in (
        (0, rows, "column", "mask_per_column"),
        (1, columns, "row", "mask_per_row"),
    ):
        if other > 1 and kept.shape[1 - axis] > 1 and np.all(kept.all(axis=axis) | ~kept.any(axis=axis)):
            hint = "Each element is dropped independently: draw a mask with the shape of the whole input."
            said = f"{name}: every {what} is dropped or kept as a whole"
            return failed(said, hint=hint, diagnosis=diagnosis)
    share, error = float(kept.mean()), spread / math.sqrt(kept.size)
    if min(abs(share - p), abs(share - 1 + p)) > errors * error:
        hint = "p is the chance of each single entry: to be kept or to be dropped, as you like."
        wanted = f"{in_digits(100 * p)} % or {in_digits(100 - 100 * p)} %"
        said = f"{name}: {in_digits(100 * share)} % of the entries come through, expected {wanted}"
        return failed(said, hint=hint, diagnosis="wrong_share")
    for axis, length in ((0, rows), (1, columns)):
        shares = kept.mean(axis=axis)
        if length < FEW or len(shares) < FEW:
            continue
        # the variance of n shares has the standard error sqrt(2 / n) relative to itself, a little more for skewed ones
        ratio = float(shares.var() / (share * (1 - share) / length))
        alike = length >= MANY and _agreement(kept if axis else kept.T) > _chance_agreement(share, length, errors)
        if alike or abs(ratio - 1) > errors * 1.2 * math.sqrt(2 / len(shares)):
            hint = "Each element is dropped independently of the others."
            said = f"{name}: entries of different {'rows' if axis else 'columns'} are not dropped independently of one another"
            return failed(said, hint=hint, diagnosis="mask_dependent")
    return None


def _agreement(kept: Array) -> float:
    """Return the largest fraction of entries that two rows of a mask have in common."""
    signs = np.where(kept, 1.0, -1.0)
    common = (signs @ signs.T / kept.shape[1] + 1) / 2
    np.fill_diagonal(common, 0.0)
    return float(common.max())


def _chance_agreement(share: float, length: int, errors: float) -> float:
    """Return what no two rows of a true mask have in common; there are many pairs, so it is two standard errors more."""
    common = share**2 + (1 - share) ** 2
    return common + (errors + 2) * math.sqrt(common * (1 - common) / length)
