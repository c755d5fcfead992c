"""Losses that a notebook computes by hand, where nothing sees them: known by the gradients that went back."""

from __future__ import annotations

import numpy as np

from grader import functions
from grader.assignments.modules.main.validated import NetworkRecord
from grader.model import Array

# how near a slope has to be to that of a loss in single precision; the least probability that has a logarithm
CLOSE, TINY = 1e-3, 1e-15


def with_losses(network: NetworkRecord) -> NetworkRecord:
    """Return a network with the losses that its gradients tell, where no criterion told any that is a number."""
    slopes = network["slopes"]
    if not len(slopes) or np.any(np.isfinite(network["losses"])):
        return network
    with np.errstate(all="ignore"):
        losses = [loss_by_slope(each[:, 0], each[:, 1]) for each in map(_whole, slopes.astype(np.float64))]
    return {**network, "losses": np.array(losses), "loss_block": network["slopes_every"]}


def _whole(rows: Array) -> Array:
    """Return the rows and columns of a pass (rows, 2, k) that hold numbers."""
    held = rows[~np.isnan(rows).all(axis=(1, 2))]
    return held[:, :, ~np.isnan(held).all(axis=(0, 1))] if len(held) else held


def loss_by_slope(output: Array, slope: Array) -> float:
    """Return the loss of an output (N, k) that has this slope (N, k), if it is minus the log of the right class's probability.

    The output holds probabilities, their logarithms, or what a softmax makes them of; NaN where the slope is of another loss.
    """
    right = slope < 0
    # a row may be so sure of its class that nothing is left of its slope
    rows = right.any(axis=-1)
    if output.shape != slope.shape or output.ndim != 2 or not rows.any() or (right.sum(axis=1) > 1).any():
        return float("nan")
    known = output if _sums_to_one(output) else np.exp(output) if _sums_to_one(np.exp(output)) else None
    p = functions.softmax(output) if known is None else known
    chosen = p[right]
    if known is None:
        scale = -slope[right].sum() / (1 - chosen).sum()
        if not np.allclose(slope[rows], scale * (p - right)[rows], rtol=CLOSE, atol=CLOSE * scale):
            return float("nan")
    elif (slope > 0).any():
        return float("nan")
    return float(-np.log(np.maximum(chosen, TINY)).mean())


def _sums_to_one(p: Array) -> bool:
    """Tell whether the rows of an array (N, k) are probabilities."""
    return bool((p >= 0).all() and np.allclose(p.sum(axis=1), 1, atol=CLOSE))
