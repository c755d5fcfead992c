"""Judging what forward makes of the parameters that add_layer has drawn: it has to use them as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.assignments.byomlp.forward.answers import agrees
from grader.assignments.byomlp.network.networks import Network, Parameters
from grader.assignments.byomlp.network.parameters import FACTORS
from grader.checks import failed
from grader.model import Array, Finding
from grader.numerics import is_float32, worst_entry
from grader.text import in_digits

# what was drawn comes back to so many digits
DRAWN, DRAWN_SINGLE = 1e-9, 1e-6
# more numbers than the parameters are looked for among: some draw more than they keep
SPARE = 4
HINT = "For each layer: a = W h + b, with the numbers that add_layer has drawn, just as they are."
HINT_PLUS = "For each layer: a = W h + b, with a plus, then h = f(a)."
# (id, what forward uses, what it makes of an array of parameters that is held); `used` helps to guess a bound
_MISUSES: tuple[tuple[str, str, Callable[[Array, Array], Array]], ...] = (
    (
        "parameters_averaged",
        "one number for all of the {kind}, their mean",
        lambda kept, used: _filled(kept, kept.mean()),
    ),
    ("parameters_summed", "one number for all of the {kind}, their sum", lambda kept, used: _filled(kept, kept.sum())),
    ("one_parameter_for_all", "the first of the {kind} for all", lambda kept, used: _filled(kept, kept.flat[0])),
    ("absolute_parameters", "the {kind}, without their signs", lambda kept, used: np.abs(kept)),
    ("squared_parameters", "the squares of the {kind}", lambda kept, used: kept**2),
    (
        "signs_of_parameters",
        "nothing but the signs of the {kind}",
        lambda kept, used: np.sign(kept) * np.abs(used).max(),
    ),
    ("positive_parameters", "the {kind}, with 0 for each that is negative", lambda kept, used: np.maximum(kept, 0)),
    ("clipped_parameters", "the {kind}, cut off at a bound", lambda kept, used: np.clip(kept, used.min(), used.max())),
    ("rounded_parameters", "the {kind}, rounded", lambda kept, used: np.round(kept, 1)),
    ("rounded_parameters", "the {kind}, rounded", lambda kept, used: np.round(kept, 2)),
    ("centred_parameters", "the {kind}, less their mean", lambda kept, used: kept - kept.mean()),
    (
        "normalised_rows",
        "the {kind}, those of each neuron divided by their length",
        lambda kept, used: _divided(kept, 2, -1),
    ),
    (
        "normalised_rows",
        "the {kind}, those of each neuron divided by the sum of their sizes",
        lambda kept, used: _divided(kept, 1, -1),
    ),
    (
        "normalised_columns",
        "the {kind}, those of each input divided by their length",
        lambda kept, used: _divided(kept, 2, 0),
    ),
    (
        "normalised_columns",
        "the {kind}, those of each input divided by the sum of their sizes",
        lambda kept, used: _divided(kept, 1, 0),
    ),
)


def _filled(kept: Array, value: float) -> Array:
    return np.full(kept.shape, value)


def _divided(kept: Array, order: int, axis: int) -> Array:
    length = np.linalg.norm(kept, ord=order, axis=axis, keepdims=True)
    return np.asarray(kept / np.where(length == 0, 1, length))


def otherwise_used(net: Network, used: Parameters, held: Sequence[Parameters], seed: int | None) -> Finding | None:
    """Return the finding on a forward pass that uses other parameters than those that the object holds, or None.

    What is read by behaviour is what forward makes of them: -b where it subtracts b, 0 where it leaves W out, their mean
    where it takes that. `held` is what the object's may be: one is enough that forward uses as it is. `seed` is what np.random
    was given before the network was built (None: not known): what lies on the object counts as its parameters when these
    numbers were drawn then, and what forward uses may be another array of drawn ones.
    """
    findings = [_otherwise(net, used, each, seed) for each in held]
    return findings[0] if findings and all(findings) else None


def _otherwise(net: Network, used: Parameters, held: Parameters, seed: int | None) -> Finding | None:
    drawn = np.sort(_drawn(net, seed)) if seed is not None else np.zeros(0)
    for index, (layer, own) in enumerate(zip(used, held, strict=True), start=1):
        for kind, seen, kept in zip(("weights", "biases"), layer, own, strict=True):
            if any(agrees(seen, factor * kept) for factor in FACTORS):
                continue
            if finding := _multiple(net, index, kind, seen, kept):
                return finding
            if is_among(kept, drawn) and (_is_shuffled(seen, kept) or not is_among(seen, drawn)):
                return _told(net, index, kind, seen, kept)
    return None


def _drawn(net: Network, seed: int) -> Array:
    """Return the numbers that np.random.randn gives after this seed, more than enough for a network."""
    count = sum((n + 1) * m for n, m in zip(net.widths, net.widths[1:], strict=False))
    return np.random.RandomState(seed).standard_normal(SPARE * count)


def is_among(block: Array, drawn: Array) -> bool:
    """Tell whether all entries of a block were drawn, each by itself: sorted standard normal numbers, or a tenth of them."""
    if not drawn.size or len(np.unique(block)) < block.size:
        return False
    bound = DRAWN_SINGLE if is_float32(block) else DRAWN
    return any(bool(np.all(_distance(block.ravel() / factor, drawn) <= bound)) for factor in FACTORS)


def _is_shuffled(seen: Array, kept: Array) -> bool:
    """Tell whether an array holds the same numbers in other places."""
    return any(agrees(np.sort(seen, axis=None), np.sort(factor * kept, axis=None)) for factor in FACTORS)


def _distance(values: Array, drawn: Array) -> Array:
    after = np.clip(np.searchsorted(drawn, values), 1, len(drawn) - 1)
    distance: Array = np.minimum(np.abs(values - drawn[after - 1]), np.abs(values - drawn[after]))
    return distance


def _multiple(net: Network, index: int, kind: str, seen: Array, kept: Array) -> Finding | None:
    # one or two numbers are a multiple of others by chance, too
    if kept.size <= 2 or not np.any(kept):
        return None
    factor = float(np.vdot(seen, kept) / np.vdot(kept, kept))
    if not agrees(seen, factor * kept):
        return None
    what = f"forward uses {in_digits(factor)} times the {kind} that add_layer has drawn"
    if abs(factor) < 1e-3:
        what = f"forward does not use the {kind} that add_layer has drawn"
    return failed(f"network {net}: layer {index}: {what}", hint=HINT_PLUS)


def _told(net: Network, index: int, kind: str, seen: Array, kept: Array) -> Finding:
    where = f"network {net}: layer {index}: forward"
    for factor in FACTORS:
        for name, what, misuse in _MISUSES:
            if agrees(seen, factor * misuse(kept, seen / factor)):
                told = what.format(kind=f"{kind} that add_layer has drawn")
                return failed(f"{where} uses {told}", hint=HINT, diagnosis=name)
    if _is_shuffled(seen, kept):
        told = f"{where} uses the {kind} that add_layer has drawn in another order"
        return failed(told, hint=HINT, diagnosis="parameters_shuffled")
    worst = worst_entry(seen, kept)
    message = (
        f"{where} does not use the {kind} as add_layer has drawn them: {list(worst.index)} counts as {in_digits(worst.got)}, "
        f"drawn was {in_digits(worst.want)}"
    )
    return failed(message, hint=HINT, diagnosis="parameters_changed")
