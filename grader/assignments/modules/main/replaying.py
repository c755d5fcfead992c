"""Steps of a training replayed here: the gradient of the rows by the parameters, and what part it has in each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import numpy as np

from grader.kits.explaining import Layer, near
from grader.model import Array
from grader.records import AtMost, Numbers, is_a
from grader.text import counted
from grader.watching.logs.followed import followed, places

LOOKS, LAYERS, ARRAYS = 2, 100, 6
# of a step, what the gradient leaves unexplained at most where the step follows it, and what the step before may explain alone
FOLLOWS, ALONE = 0.1, 0.02
# of one that goes otherwise, what it leaves at least
OTHERWISE = 0.5
# how much a step goes with the gradient at least, and how many roundings it has to be long
TOGETHER, ROUNDINGS = 0.2, 30.0
SMALL, FEW = 1e-6, 24

One = Annotated[Array, Numbers(np.float32, (10_000,))]
Rows = Annotated[Array, Numbers(np.float32, (500_000, 5000))]


class StepRecord(TypedDict):
    """A step: the `rows` (N, d) that went forward, as bytes or numbers, and what each layer made of them with its `arrays`.

    `slope` (N, k) went back. Numbers that are followed were `before` the step before, `here` before this one and `after` it.
    """

    rows: Array
    outputs: Annotated[list[Rows], AtMost(LAYERS)]
    arrays: Annotated[list[Annotated[list[Array], AtMost(ARRAYS)]], AtMost(LAYERS)]
    slope: Rows
    before: One
    here: One
    after: One


@dataclass(frozen=True)
class Step:
    """How a step goes with the gradient: what of it is not explained with and without it, and how far they go together."""

    with_gradient: float
    alone: float
    together: float


def steps_in(raw: Any) -> list[StepRecord]:
    """Return the steps in an answer that have their form."""
    found = raw if isinstance(raw, list) else []
    return [each for each in found[:LOOKS] if is_a(StepRecord, each) and each["rows"].ndim == 2]


def replayed(layers: Sequence[Layer], record: StepRecord, seed: int) -> Step | None:
    """Return how a step goes with the gradient that is computed here; None where it cannot be, or is too short to be seen."""
    # how much of a mean is that of this batch nobody has said: none or all of it, and anything in between
    found = [_gradients(layers, record, share) for share in (1.0, 0.0)]
    if found[0] is None or found[1] is None:
        return None
    flat = [
        (place, k)
        for place, layer in enumerate(layers)
        for k in sorted(layer.uses)
        if k < len(record["arrays"][place]) and record["arrays"][place][k].ndim == 2
    ]
    chosen = followed(flat)
    held = [record["arrays"][layer][k] for layer, k in chosen]
    where = places([each.shape for each in held], seed)
    # of a few numbers anything is a combination
    if sum(len(each) for each in where) < FEW:
        return None
    here = np.concatenate([each.take(which) for each, which in zip(held, where, strict=True)])
    if here.shape != record["here"].shape or not np.allclose(here, record["here"], rtol=1e-5, atol=1e-9):
        return None
    g, other = (
        np.concatenate([gradients[pair].take(which) for pair, which in zip(chosen, where, strict=True)])
        for gradients in found
        if gradients is not None
    )
    x, last, change = (
        here.astype(np.float64),
        record["here"].astype(np.float64) - record["before"],
        record["after"].astype(np.float64) - record["here"],
    )
    size = float(np.linalg.norm(change))
    if not np.isfinite(size) or size < ROUNDINGS * 6e-8 * float(np.linalg.norm(x)) or not np.any(g):
        return None
    without, slope = _rest(change, [last, x]), _rest(g, [last, x])
    both = float(np.linalg.norm(without)) * float(np.linalg.norm(slope))
    together = -float(without @ slope) / both if both > 0 else 0.0
    rest = float(np.linalg.norm(_rest(change, [last, x, g, other])))
    return Step(rest / size, float(np.linalg.norm(without)) / size, together)


def _rest(values: Array, by: Sequence[Array]) -> Array:
    """Return what a combination of others leaves of values."""
    columns = np.stack([each / (float(np.linalg.norm(each)) or 1.0) for each in by], axis=1)
    fit = np.linalg.lstsq(columns, values, rcond=None)[0]
    return np.asarray(values - columns @ fit)


def _gradients(layers: Sequence[Layer], record: StepRecord, share: float) -> dict[tuple[int, int], Array] | None:
    """Return the gradients of what affine layers have learned, by layer and place of the array; None where one is not known."""
    rows = record["rows"] / 255 if record["rows"].dtype == np.uint8 else record["rows"]
    given = [rows.astype(np.float64), *(each.astype(np.float64) for each in record["outputs"])]
    arrays = record["arrays"]
    if not len(layers) == len(record["outputs"]) == len(arrays) or record["slope"].shape != given[-1].shape:
        return None
    g = record["slope"].astype(np.float64)
    found = {}
    for place in reversed(range(len(layers))):
        layer, u, output = layers[place], given[place], given[place + 1]
        if layer.name == "Linear":
            if not near(output, layer.of(u, arrays[place])):
                return None
            found[place, layer.uses[0]] = u.T @ g if layer.turned else g.T @ u
            found |= {(place, k): g.sum(axis=0) for k in layer.uses[1:]}
            weights = arrays[place][layer.uses[0]].astype(np.float64)
            g = g @ (weights.T if layer.turned else weights)
            continue
        back = _back(layer, u, output, g, share)
        if back is None:
            return None
        g = back
    return found


def _back(layer: Layer, u: Array, output: Array, g: Array, share: float) -> Array | None:
    """Return the gradient by the input of a layer without weights, as it was in training; None where that is not known."""
    if output.shape != u.shape:
        return None
    if layer.name == "SoftMax":
        return np.asarray(output * (g - np.sum(g * output, axis=1, keepdims=True)))
    if layer.name == "LogSoftMax":
        return np.asarray(g - np.exp(output) * g.sum(axis=1, keepdims=True))
    if layer.by_entry and near(output, layer.of(u, ())):
        return np.asarray(g * (layer.of(u + SMALL, ()) - layer.of(u - SMALL, ())) / (2 * SMALL))
    shift = output - u
    if near(shift, np.broadcast_to(shift.mean(axis=0), shift.shape)):
        return np.asarray(g - share * g.mean(axis=0))
    factors = np.divide(output, u, out=np.zeros_like(u), where=u != 0)
    kept = factors[factors != 0]
    if kept.size and float(np.ptp(kept)) <= 1e-2 * float(np.abs(kept).max()):
        return np.asarray(g * factors)
    return None


def doubt_of(steps: Sequence[Step]) -> str:
    """Return why steps are none of a training, or ""."""
    if len(steps) < LOOKS:
        return ""
    if all(each.alone <= ALONE for each in steps):
        return "its weights move by themselves: the gradient has no part in its steps"
    if all(each.together < TOGETHER and each.with_gradient > OTHERWISE for each in steps):
        return "its steps do not go with the gradient of its rows"
    return ""


def told_of(steps: Sequence[Step], seen: int) -> str:
    """Return what was found out about steps, as a sentence for staff."""
    if not steps:
        return "None of the steps that were looked at could be replayed here." if seen else ""
    follow = sum(each.with_gradient <= FOLLOWS for each in steps)
    least = min(each.together for each in steps)
    return (
        f"Of {counted(len(steps), 'step')} replayed here, {follow} followed the gradient and the step before; "
        f"the least correlation with the gradient was {least:.2f}."
    )
