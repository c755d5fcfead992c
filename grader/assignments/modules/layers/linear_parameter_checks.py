"""Judging the parameters of Linear: how they begin, and whether they can be updated in place."""

from __future__ import annotations

import math

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.linear_probe import LinearSeen, Live, Wide, parameters_of
from grader.checks import blocked, failed
from grader.kits.layer_contract import TOLERANCE, first_of, layer_check, stumbled
from grader.kits.layer_contract.answers import leaves
from grader.model import Array, Finding
from grader.numerics import distance_bound, uniform_distance
from grader.plain import problem_from
from grader.text import at_entry, in_digits, shape

NO_PARAMETERS = "getParameters() returns [W, b]: two arrays, W of shape (n_out, n_in) and b of shape (n_out,)."


def unmade(seen: LinearSeen) -> Finding | None:
    """Return the finding on a Linear that cannot be made, or None."""
    for wide in seen["wide"]:
        if problem := problem_from(wide["problem"]):
            return stumbled(f"Linear({wide['n']}, {wide['m']})", "the constructor", problem, NO_PARAMETERS)
    return None


@layer_check("linear")
def linear_parameters_live(seen: LinearSeen) -> Finding | None:
    """Linear: getParameters returns the arrays themselves, so that they can be updated in place"""
    if finding := unmade(seen):
        return finding
    live = seen["live"]
    n, m = live["n"], live["m"]
    hint = "Return the arrays that forward uses, [self.W, self.b], not copies, and not views of other arrays."
    before, after = (leaves(held["listed"]["tree"]) for held in (live["before"], live["after"]))
    if problem := problem_from(live["before"]["listed"]["problem"]):
        return stumbled("Linear", "getParameters", problem, NO_PARAMETERS)
    point = live["point"]
    # that there is no b at all is paid for in forward
    if point.size == n * m:
        before, after = before[:1], after[:1]
    elif sorted(each.size for each in before) != sorted((n * m, m)):
        found = " and ".join(shape(each) for each in before[:4]) or "nothing"
        said = f"Linear({n}, {m}): getParameters() gives {found}, expected arrays of shape {(m, n)} and {(m,)}"
        return failed(said, hint=NO_PARAMETERS, diagnosis="parameters_not_listed")
    if problem := problem_from(live["problem"]):
        return stumbled("Linear", "updating the arrays of getParameters()", problem, hint)
    held = np.concatenate([each.ravel() for each in after]) if after else np.zeros(0)
    if not TOLERANCE.agrees(held, point):
        said = "Linear: what is written into the arrays of getParameters() is gone when it is called again"
        return failed(said, hint=hint, diagnosis="parameters_copied")
    # whether it is returned is judged elsewhere
    output = live["forward"]["value"] if live["forward"]["value"] is not None else live["forward"]["stored"]
    old = np.concatenate([each.ravel() for each in before])
    if output is None:
        return failed("Linear: forward gives nothing after an update of the parameters", hint=hint)
    if TOLERANCE.agrees(output, _output(before, old, live)) and not TOLERANCE.agrees(
        output, _output(before, point, live)
    ):
        said = "Linear: forward does not use what was written into the arrays of getParameters()"
        return failed(said, hint=hint, diagnosis="parameters_copied")
    return None


def _output(arrays: list[Array], point: Array, live: Live) -> Array:
    """Return x W^T + b with the numbers of `point` laid out as the arrays are."""
    first = point[: arrays[0].size].reshape(arrays[0].shape)
    second = point[arrays[0].size :].reshape(arrays[1].shape) if len(arrays) > 1 else np.zeros(live["m"])
    W, b = asking.pair([first, second], live["n"], live["m"], turned=False) or (
        np.zeros((live["m"], live["n"])),
        np.zeros(live["m"]),
    )
    return np.asarray(live["input"] @ W.T + b)


def wrong_after_update(live: Live) -> Finding | None:
    """Return the finding on a forward that uses other numbers than x W^T + b once the parameters are larger, or None.

    Whether forward sees the numbers at all is judged where they are written.
    """
    before, after = (leaves(held["listed"]["tree"]) for held in (live["before"], live["after"]))
    output, point = live["forward"]["value"], live["point"]
    if live["problem"] or output is None or len(before) != 2 or len(after) != 2:
        return None
    old, held = (np.concatenate([each.ravel() for each in arrays]) for arrays in (before, after))
    if not TOLERANCE.agrees(held, point) or TOLERANCE.agrees(output, _output(before, old, live)):
        return None
    want = _output(before, point, live)
    if output.shape != want.shape or TOLERANCE.agrees(output, want):
        return None
    worst = TOLERANCE.worst(output, want)
    said = f"{at_entry('Linear: output', worst.index, worst.got, worst.want)}, for other numbers in W and b"
    hint = "Every row of the output is W times the row of the input, plus b, whatever numbers W and b hold."
    return failed(said, hint=hint, diagnosis="forward_of_other_numbers")


@layer_check("linear")
def linear_shapes(seen: LinearSeen) -> Finding | None:
    """Linear: W has the shape (n_out, n_in), b the shape (n_out,)"""
    return first_of(_wrong_shapes(wide) for wide in seen["wide"])


def _found(wide: Wide) -> tuple[Array | None, Array | None]:
    """Return W and b of a large layer, of whatever shape; None for each that is not there."""
    arrays = [*leaves(wide["listed"]["tree"]), *wide["held"].values()]
    sizes = (wide["n"] * wide["m"], wide["m"])
    W, b = (next((each for each in arrays if each.size == size), None) for size in sizes)
    return W, b


def _wrong_shapes(wide: Wide) -> Finding | None:
    n, m = wide["n"], wide["m"]
    if problem := problem_from(wide["problem"]):
        return blocked(f"Linear({n}, {m}) cannot be made: {problem}")
    W, b = _found(wide)
    if W is None:
        return blocked(f"Linear({n}, {m}): no W was found", hint=NO_PARAMETERS)
    for array, letter, wanted in ((W, "W", (m, n)), (b, "b", (m,))):
        # that there is no b at all is paid for in forward
        if array is not None and array.shape != wanted:
            said = f"Linear({n}, {m}): {letter} has the shape {shape(array)}, expected {wanted}"
            diagnosis = "weights_transposed" if letter == "W" else "wrong_shape"
            return failed(
                said, hint=f"W has the shape (n_out, n_in), here {(m, n)}, and b (n_out,).", diagnosis=diagnosis
            )
    return None


@layer_check("linear", thresholds=["chance"])
def linear_initialisation(seen: LinearSeen, chance: float) -> Finding | None:
    """Linear: W and b begin uniform between -1/sqrt(n_in) and 1/sqrt(n_in)"""
    return first_of(_wrong_start(wide, chance) for wide in seen["wide"])


_UNIFORM = "Draw W and b with np.random.uniform(-bound, bound, size=...), where bound is 1 / sqrt(n_in)."


def _wrong_start(wide: Wide, chance: float) -> Finding | None:
    n, m = wide["n"], wide["m"]
    name = f"Linear({n}, {m})"
    if problem := problem_from(wide["problem"]):
        return stumbled(name, "the constructor", problem, NO_PARAMETERS)
    W, b = _found(wide)
    if W is None:
        return failed(f"{name}: no W was found", hint=NO_PARAMETERS, diagnosis="parameters_missing")
    for array, letter in ((W, "W"), (b, "b")):
        if array is None:
            continue
        if finding := _not_uniform(array.ravel(), f"{name}: {letter}", 1 / math.sqrt(n), chance):
            return finding
    other = parameters_of(second, n, m) if (second := wide.get("other")) else None
    if other is not None and np.array_equal(other[0].ravel(), (W if W.shape == (m, n) else W.T).ravel()):
        said = f"two layers {name} made one after the other have the same W"
        return failed(
            said,
            hint="Draw new numbers for every layer: no seed in the constructor, no arrays of another layer.",
            diagnosis="seeded",
        )
    return None


def _not_uniform(values: Array, name: str, bound: float, chance: float) -> Finding | None:
    largest = float(np.abs(values).max())
    if not np.all(np.isfinite(values)):
        return failed(f"{name} holds NaN or inf", hint=_UNIFORM)
    if largest == 0 or np.ptp(values) == 0:
        said = f"{name} is {in_digits(float(values[0]))} everywhere at first"
        return failed(said, hint=_UNIFORM, diagnosis="constant_initialisation")
    if largest > bound * (1 + 1e-6):
        said = f"{name} reaches {in_digits(largest)} at first, expected at most {in_digits(bound)}"
        return failed(said, hint=_UNIFORM, diagnosis="initialisation_bound")
    if uniform_distance(values, bound=bound) > distance_bound(values.size, chance=chance):
        low, high = in_digits(float(values.min())), in_digits(float(values.max()))
        said = f"{name} is not uniform between {in_digits(-bound)} and {in_digits(bound)}: it lies between {low} and {high}"
        return failed(said, hint=_UNIFORM, diagnosis="not_uniform")
    return None
