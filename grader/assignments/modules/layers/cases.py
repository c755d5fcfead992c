"""One case that a class is asked about: an input, a gradient of what comes after, and what the student's object made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking
from grader.model import Array
from grader.numerics import STEP, worst_entry
from grader.plain import plain_problem
from grader.sandbox import Session

# relative to the size of the whole array: in float64, in float32, and of central differences
CLOSE, CLOSE_32, CLOSE_DIFFERENCES = 1e-6, 2e-4, 1e-5
# below this size an array is compared as if it were of this size
FLOOR = 1e-2

Case = Mapping[str, Any]


def grid_case(
    session: Session, kind: str, given: Sequence[float], x: Array, grad: Array, seed: int, *, differences: bool = True
) -> dict[str, Any]:
    """Make an object, pass x forward and grad back through it, and measure its forward pass around x."""
    made = asking.build("layer", kind, *given, seed=seed)
    asked = [made, asking.mode("layer", training=True), asking.forward("layer", x), asking.backward("layer", grad)]
    asked.append(asking.attributes("layer"))
    if differences:
        asked.append(asking.values("layer", asking.around(x)))
    built, _, went, back, held, *rest = session.run(*asked)
    case = about(x, grad, given)
    case |= {"forward": asking.kept_pass(went), "backward": asking.kept_pass(back)}
    if built.problem:
        case["forward"]["problem"] = plain_problem(built.problem)
    case["around"] = asking.kept_values(rest[0])["value"] if rest else None
    case["output_after"] = asking.kept_attributes(held).get("output")
    return case


def cast(values: Array, dtype: type) -> Array:
    """Return values in single or double precision."""
    return np.asarray(values, dtype=dtype)


def about(x: Array, grad: Array, given: Sequence[float] = ()) -> dict[str, Any]:
    """Return a case in which nothing has been asked yet."""
    single = x.dtype == np.float32
    rows = "one row" if len(x) == 1 else f"{len(x)} rows"
    return {
        "label": f"a batch of {rows}" + (" in float32" if single else ""),
        "single": single,
        "given": list(given),
        "input": x.astype(np.float64),
        "grad": grad.astype(np.float64),
    }


def own_gradient(case: Case) -> Array | None:
    """Return the gradient of sum(grad * output) by central differences of the student's own forward, or None."""
    around, grad = case.get("around"), case["grad"]
    x = case["input"]
    if around is None or around.shape != (2 * x.size, grad.size) or not np.all(np.isfinite(around)):
        return None
    sums = around @ grad.ravel()
    return np.asarray((sums[: x.size] - sums[x.size :]).reshape(x.shape) / (2 * STEP))


def own_jacobian(case: Case) -> Array | None:
    """Return d output / d input (N_in, N_out) of the student's own forward, or None."""
    around, x = case.get("around"), case["input"]
    if around is None or around.shape[0] != 2 * x.size or not np.all(np.isfinite(around)):
        return None
    return np.asarray((around[: x.size] - around[x.size :]) / (2 * STEP))


def close(got: Array | None, want: Array, bound: float = CLOSE) -> bool:
    """Tell whether two arrays agree in shape and in every entry."""
    return got is not None and got.shape == want.shape and worst_entry(got, want, floor=FLOOR).error <= bound


def is_trivial(case: Case) -> bool:
    """Tell whether the student's own forward hands its input on, at most scaled: such a pass has no gradient worth a point."""
    jacobian = own_jacobian(case)
    if jacobian is None or jacobian.shape[0] != jacobian.shape[1]:
        return jacobian is None
    factor = float(np.mean(np.diag(jacobian)))
    return bool(np.max(np.abs(jacobian - factor * np.eye(len(jacobian)))) < CLOSE_DIFFERENCES)


def is_element_wise(case: Case) -> bool:
    """Tell whether every entry of the student's own output depends on one entry of the input alone."""
    jacobian = own_jacobian(case)
    if jacobian is None or jacobian.shape[0] != jacobian.shape[1]:
        return jacobian is None
    return bool(np.max(np.abs(jacobian - np.diag(np.diag(jacobian)))) < CLOSE_DIFFERENCES)
