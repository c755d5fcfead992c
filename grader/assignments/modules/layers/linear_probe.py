"""What is asked of Linear."""

from __future__ import annotations

import re
from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen, Parameters, cast, pair
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase, Pass
from grader.kits.layer_contract.answers import (
    Listed,
    case_of,
    leaves,
    plain_attributes,
    plain_list,
    plain_pass,
    plain_values,
)
from grader.model import Array
from grader.numerics import STEP
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Answer, Session
from grader.sandbox.operations import call

# what a layer calls its gradients
_GRAD = re.compile("grad|delta|^d[Wwb]", re.IGNORECASE)
WIDE = ((400, 30), (9, 2500))


class Held(TypedDict):
    """What getParameters returned, and the arrays that the layer holds, by name."""

    listed: Listed
    held: dict[str, Array]


class Gradients(TypedDict):
    """What getGradParameters returned, and the arrays that the layer holds, by name."""

    gradients: Listed
    held: dict[str, Array]


class Wide(Held):
    """A large layer as it was made, and another one that was made after it."""

    n: int
    m: int
    problem: PlainProblem | None
    other: Held | None


class LinearCase(LayerCase, Held):
    """One batch through Linear(n, m) and back; `parameters_around` are outputs for a step along every parameter, up then down.

    `alone` is gradInput of updateGradInput by itself, where backward as a whole ends in an error.
    """

    n: int
    m: int
    after: Gradients
    alone: Array | None
    parameters_around: Array | None


class Batch(TypedDict):
    """An input and a gradient of what comes after."""

    input: Array
    grad: Array


class Again(TypedDict):
    """Three passes back, with what is in the gradients after each: before the third they are cleared.

    `cleared` is what is in them then; evidence of earlier graders does not say.
    """

    n: int
    m: int
    batches: list[Batch]
    seen: list[Gradients]
    cleared: NotRequired[Gradients]


class Live(TypedDict):
    """A layer before and after numbers were written into the arrays of getParameters, and a pass forward with these."""

    n: int
    m: int
    input: Array
    point: Array
    before: Held
    after: Held
    problem: PlainProblem | None
    forward: Pass


class LinearSeen(LayerSeen):
    """What was observed of Linear."""

    wide: list[Wide]
    cases: list[LinearCase]
    again: Again
    live: Live


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


def _wide(session: Session, n: int, m: int, seed: int | None) -> Wide:
    """Build a large layer, for the distribution of its parameters; without a seed, two one after the other."""
    names = ("wide", "other") if seed is None else ("wide",)
    first, *rest = (asking.build(name, "Linear", n, m, seed=seed or 1) for name in names)
    built, *_ = session.run(first)
    found = Wide(n=n, m=m, problem=plain_problem(built.problem), **_parameters(session, "wide"), other=None)
    if rest:
        # two layers made one after the other must not be the same: no seeding between them
        session.run({**rest[0], "seed": None})
        found["other"] = _parameters(session, "other")
    return found


def _parameters(session: Session, name: str) -> Held:
    listed, held = session.run(asking.listed(name, "getParameters"), asking.attributes(name))
    return {"listed": plain_list(listed), "held": plain_attributes(held)}


def parameters_of(found: Held, n: int, m: int, *, turned: bool = False) -> Parameters | None:
    """Return W (m, n) and b (m,) as getParameters gives them, or else as the layer holds them; None when they are not there.

    Of a square W only other layers tell whether it lies `turned`, as (n, m).
    """
    listed, held = (
        leaves(found["listed"]["tree"]),
        [value for name, value in found["held"].items() if not _GRAD.search(name)],
    )
    return pair(listed, n, m, turned=turned) or pair(held, n, m, turned=turned)


def weights_of(found: Held, n: int, m: int, *, turned: bool = False) -> Array | None:
    """Return W (m, n), whether or not there is a b, or None."""
    held = [value for name, value in found["held"].items() if not _GRAD.search(name)]
    arrays = [*leaves(found["listed"]["tree"]), *held]
    for wanted in ((m, n), (n, m)):
        if (W := next((each for each in arrays if each.shape == wanted), None)) is not None:
            return W if wanted == (m, n) and not (turned and n == m) else W.T
    return None


def gradients_of(found: Gradients, n: int, m: int, *, turned: bool = False) -> Parameters | None:
    """Return gradW (m, n) and gradb (m,) as getGradParameters gives them, or as the layer holds them under these names."""
    held = [
        value for name, value in found["held"].items() if "grad" in name.casefold() and "input" not in name.casefold()
    ]
    listed = leaves(found["gradients"]["tree"])
    return pair(listed, n, m, turned=turned) or pair(held, n, m, turned=turned)


def _case(session: Session, rng: np.random.Generator, rows: int, n: int, m: int, dtype: type, seed: int) -> LinearCase:
    x = cast(2 * rng.standard_normal((rows, n)), dtype)
    grad = cast(rng.standard_normal((rows, m)), dtype)
    built, _ = session.run(asking.build("layer", "Linear", n, m, seed=seed), asking.mode("layer", training=True))
    before = _parameters(session, "layer")
    went, back = session.run(asking.forward("layer", x), asking.backward("layer", grad))
    after, alone = _gradients(session, x, grad, back), _alone(session, x, grad, back)
    (around,) = session.run(asking.values("layer", asking.around(x)))
    case = case_of(x, grad, built=built, went=went, back=back, values=around)
    by_parameters = _parameter_values(session, before, case["input"], n, m)
    return LinearCase(**case, **before, n=n, m=m, after=after, alone=alone, parameters_around=by_parameters)


def _alone(session: Session, x: Array, grad: Array, back: Answer) -> Array | None:
    """Return what updateGradInput gives by itself after a backward that ended in an error, or None."""
    if not back.problem:
        return None
    answer, held = session.run(call("layer", "updateGradInput", x, grad), asking.attributes("layer"))
    if answer.problem:
        return None
    value = answer.value if isinstance(answer.value, np.ndarray) else plain_attributes(held).get("gradInput")
    return None if value is None else np.asarray(value, dtype=np.float64)


def _gradients(session: Session, x: Array, grad: Array, back: Answer) -> Gradients:
    """Return what getGradParameters says and what the layer holds after a pass back."""
    # where gradInput ends in an error the gradients of the parameters are asked for by themselves
    alone = [call("layer", "accGradParameters", x, grad)] if back.problem else []
    *_, listed, held = session.run(*alone, asking.listed("layer", "getGradParameters"), asking.attributes("layer"))
    return {"gradients": plain_list(listed), "held": plain_attributes(held)}


def _parameter_values(session: Session, before: Held, x: Array, n: int, m: int) -> Array | None:
    """Return the outputs around the parameters as getParameters lists them, or None when that is not W and b."""
    arrays = leaves(before["listed"]["tree"])
    if [each.size for each in arrays] != [n * m, m]:
        return None
    point = np.concatenate([each.ravel() for each in arrays])
    offsets = STEP * np.eye(point.size)
    (answer,) = session.run(asking.parameter_values("layer", x, np.concatenate([point + offsets, point - offsets])))
    return plain_values(answer)


def _again(session: Session, rng: np.random.Generator, rows: int, n: int, m: int, seed: int) -> Again:
    """Go back twice without clearing, then clear and go back once more: what is in the gradients each time?"""
    batches = [(rng.standard_normal((rows, n)), rng.standard_normal((rows, m))) for _ in range(3)]
    session.run(asking.build("layer", "Linear", n, m, seed=seed), asking.mode("layer", training=True))
    found = Again(n=n, m=m, batches=[{"input": x, "grad": grad} for x, grad in batches], seen=[])
    for index, (x, grad) in enumerate(batches):
        if index == 2:
            asked = (asking.listed("layer", "getGradParameters"), asking.attributes("layer"))
            _, listed, held = session.run(call("layer", "zeroGradParameters"), *asked)
            found["cleared"] = {"gradients": plain_list(listed), "held": plain_attributes(held)}
        _, back = session.run(asking.forward("layer", x), asking.backward("layer", grad))
        found["seen"].append(_gradients(session, x, grad, back))
    return found


def _live(session: Session, rng: np.random.Generator, rows: int, n: int, m: int, seed: int) -> Live:
    x = rng.standard_normal((rows, n))
    session.run(asking.build("layer", "Linear", n, m, seed=seed))
    before = _parameters(session, "layer")
    # a layer without b has W to update
    bare = parameters_of(before, n, m) is None and [each.size for each in leaves(before["listed"]["tree"])][:1] == [
        n * m
    ]
    point = rng.standard_normal(n * m if bare else n * m + m)
    updated, went = session.run(asking.update("layer", point), asking.forward("layer", x))
    return Live(
        n=n,
        m=m,
        input=x,
        point=point,
        before=before,
        after=_parameters(session, "layer"),
        problem=plain_problem(updated.problem),
        forward=plain_pass(went),
    )
