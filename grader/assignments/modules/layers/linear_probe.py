"""What is asked of Linear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.cases import about, cast
from grader.assignments.modules.layers.linear_arrays import Parameters, pair
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.model import Array
from grader.numerics import STEP
from grader.plain import plain_problem
from grader.sandbox import Answer, Session
from grader.sandbox.operations import call

WIDE = ((400, 30), (9, 2500))


def linear(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Build Linear, read its parameters, pass batches forward and back, clear, accumulate and update in place."""
    if not asking.begin(session, seen, "Linear"):
        return
    seed = int(rng.integers(2**31))
    m, n = (int(each) for each in rng.choice(np.arange(2, 7), 2, replace=False))
    rows = int(rng.integers(4, 7))
    shapes: list[tuple[int, int, int, type]] = [
        (rows, n, m, np.float64),
        (rows + 1, m, m, np.float64),
        (1, m, n, np.float64),
        (rows, 1, m, np.float64),
        (rows, n, m, np.float32),
    ]
    seen["wide"] = [_wide(session, *WIDE[0], seed), _wide(session, *WIDE[1], seed + 1), _wide(session, *WIDE[0], None)]
    seen["cases"] = [_case(session, rng, *shape, seed) for shape in shapes]
    seen["again"] = _again(session, rng, rows, n, m, seed)
    seen["live"] = _live(session, rng, rows, n, m, seed)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, "Linear", rng)


def _wide(session: Session, n: int, m: int, seed: int | None) -> dict[str, Any]:
    """Build a large layer, for the distribution of its parameters; without a seed, two one after the other."""
    names = ("wide", "other") if seed is None else ("wide",)
    first, *rest = (asking.build(name, "Linear", n, m, seed=seed or 1) for name in names)
    built, *_ = session.run(first)
    found: dict[str, Any] = {"n": n, "m": m, "problem": plain_problem(built.problem)}
    found |= _parameters(session, "wide")
    if rest:
        # two layers made one after the other must not be the same: no seeding between them
        session.run({**rest[0], "seed": None})
        found["other"] = _parameters(session, "other")
    return found


def _parameters(session: Session, name: str) -> dict[str, Any]:
    listed, held = session.run(asking.listed(name, "getParameters"), asking.attributes(name))
    return {"listed": asking.kept_list(listed), "held": asking.kept_attributes(held)}


def parameters_of(found: Mapping[str, Any], n: int, m: int, *, turned: bool = False) -> Parameters | None:
    """Return W (m, n) and b (m,) of a layer, as getParameters gives them or as they hang on it; None when they are not there.

    Of a square W only other layers tell whether it lies `turned`, as (n, m).
    """
    listed, held = asking.leaves(found["listed"]["tree"]), list(found["held"].values())
    return pair(listed, n, m, turned=turned) or pair(held, n, m, turned=turned)


def gradients_of(found: Mapping[str, Any], n: int, m: int, *, turned: bool = False) -> Parameters | None:
    """Return gradW (m, n) and gradb (m,) as getGradParameters gives them, or as they hang on the layer under these names."""
    held = [
        value for name, value in found["held"].items() if "grad" in name.casefold() and "input" not in name.casefold()
    ]
    listed = asking.leaves(found["gradients"]["tree"])
    return pair(listed, n, m, turned=turned) or pair(held, n, m, turned=turned)


def _case(
    session: Session, rng: np.random.Generator, rows: int, n: int, m: int, dtype: type, seed: int
) -> dict[str, Any]:
    x = cast(2 * rng.standard_normal((rows, n)), dtype)
    grad = cast(rng.standard_normal((rows, m)), dtype)
    case = {**about(x, grad), "n": n, "m": m}
    built, _, before = session.run(
        asking.build("layer", "Linear", n, m, seed=seed),
        asking.mode("layer", training=True),
        asking.listed("layer", "getParameters"),
    )
    (held,) = session.run(asking.attributes("layer"))
    case |= {"listed": asking.kept_list(before), "held": asking.kept_attributes(held)}
    went, back = session.run(asking.forward("layer", x), asking.backward("layer", grad))
    gradients, after = _gradients(session, x, grad, back)
    case |= {"forward": asking.kept_pass(went), "backward": asking.kept_pass(back)}
    if built.problem:
        case["forward"]["problem"] = plain_problem(built.problem)
    case["after"] = {"gradients": asking.kept_list(gradients), "held": asking.kept_attributes(after)}
    case["around"] = _values(session, x)
    case["parameters_around"] = _parameter_values(session, case, x.astype(np.float64), n, m)
    return case


def _gradients(session: Session, x: Array, grad: Array, back: Answer) -> list[Answer]:
    """Return what getGradParameters says and what hangs on the layer after a pass back."""
    # where gradInput ends in an error the gradients of the parameters are asked for by themselves
    alone = [call("layer", "accGradParameters", x, grad)] if back.problem else []
    return session.run(*alone, asking.listed("layer", "getGradParameters"), asking.attributes("layer"))[-2:]


def _values(session: Session, x: Array) -> Array | None:
    (answer,) = session.run(asking.values("layer", asking.around(x)))
    value: Array | None = asking.kept_values(answer)["value"]
    return value


def _parameter_values(session: Session, case: Mapping[str, Any], x: Array, n: int, m: int) -> Array | None:
    """Return the outputs around the parameters as getParameters lists them, or None when that is not W and b."""
    arrays = asking.leaves(case["listed"]["tree"])
    if [each.size for each in arrays] != [n * m, m]:
        return None
    point = np.concatenate([each.ravel() for each in arrays])
    offsets = STEP * np.eye(point.size)
    (answer,) = session.run(asking.parameter_values("layer", x, np.concatenate([point + offsets, point - offsets])))
    value: Array | None = asking.kept_values(answer)["value"]
    return value


def _again(session: Session, rng: np.random.Generator, rows: int, n: int, m: int, seed: int) -> dict[str, Any]:
    """Go back twice without clearing, then clear and go back once more: what is in the gradients each time?"""
    batches = [(rng.standard_normal((rows, n)), rng.standard_normal((rows, m))) for _ in range(3)]
    found: dict[str, Any] = {"n": n, "m": m, "batches": [{"input": x, "grad": grad} for x, grad in batches]}
    session.run(asking.build("layer", "Linear", n, m, seed=seed), asking.mode("layer", training=True))
    found["seen"] = []
    for index, (x, grad) in enumerate(batches):
        clear = [call("layer", "zeroGradParameters")] if index == 2 else []
        *_, back = session.run(*clear, asking.forward("layer", x), asking.backward("layer", grad))
        gradients, held = _gradients(session, x, grad, back)
        found["seen"].append({"gradients": asking.kept_list(gradients), "held": asking.kept_attributes(held)})
    return found


def _live(session: Session, rng: np.random.Generator, rows: int, n: int, m: int, seed: int) -> dict[str, Any]:
    """Write new parameters into the arrays that getParameters returns, and pass a batch forward."""
    x, point = rng.standard_normal((rows, n)), rng.standard_normal(n * m + m)
    session.run(asking.build("layer", "Linear", n, m, seed=seed))
    before = _parameters(session, "layer")
    updated, went = session.run(asking.update("layer", point), asking.forward("layer", x))
    after = _parameters(session, "layer")
    return {
        "n": n,
        "m": m,
        "input": x,
        "point": point,
        "before": before,
        "after": after,
        "problem": plain_problem(updated.problem),
        "forward": asking.kept_pass(went),
    }
