"""What is asked of the activations that work entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen, cast, observe_case
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase, Pass
from grader.model import Array
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Session

# no entry this near to 0: some of these functions have a kink there
KINK = 0.05
EXTREMES = (1000.0, -1000.0, 800.0, -800.0, 50.0, -50.0)
# so large are the inputs up to which these functions have to be right
WIDE = 30.0
# how far the numbers may lie apart that entries of one output were made with, relative to the largest
OWN = 1e-6


class Line(TypedDict):
    """The values and derivatives over a line, for a picture; None where a pass does not give as many numbers."""

    given: list[float]
    input: Array
    grad: Array
    forward: Array | None
    backward: Array | None


class ActivationSeen(LayerSeen):
    """What was observed of an activation: some batches, inputs as large as 1000, and a line.

    Of a class with a number, `default` is a batch through an object that is given none, and `refused` the error of one that
    is given a number, where it can be made without any.
    """

    cases: list[LayerCase]
    default: LayerCase
    refused: PlainProblem | None
    extreme: LayerCase
    curve: Line


def leaky_relu(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask LeakyReLU with slopes of several sizes, and with the one that it has by itself."""
    _ask(session, seen, rng, "LeakyReLU", [(_around(rng, slope),) for slope in (0.2, 0.1, 0.4, 0.3)], own_slope)


def elu(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask ELU with several alphas, and with the one that it has by itself."""
    _ask(session, seen, rng, "ELU", [(_around(rng, alpha),) for alpha in (0.5, 0.8, 1.7, 1.3)], own_alpha)


def softplus(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask SoftPlus."""
    _ask(session, seen, rng, "SoftPlus", [(), (), (), ()])


def _around(rng: np.random.Generator, value: float) -> float:
    return float(value * rng.uniform(0.9, 1.1))


def batch(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Return a batch (rows, columns) with positive and negative entries, all clear of 0."""
    x: Array = rng.uniform(KINK, 3.0, (rows, columns)) * rng.choice([-1.0, 1.0], (rows, columns))
    x[0, :2] = abs(x[0, 0]), -abs(x[0, 1])
    return x


def own_slope(case: LayerCase) -> float | None:
    """Return the slope with which LeakyReLU has made its output, or None where there is not one."""
    return _own(case, lambda x: x)


def own_alpha(case: LayerCase) -> float | None:
    """Return the alpha with which ELU has made its output, or None where there is not one."""
    return _own(case, np.expm1)


def _own(case: LayerCase, of_one: Callable[[Array], Array]) -> float | None:
    """Return how many times `of_one` the output is where the input is negative, when that is the same number everywhere."""
    # the line that pictures are made of keeps the output alone
    forward: Any = case["forward"]
    went = forward if isinstance(forward, Mapping) else {"value": forward, "problem": None}
    x, got = case["input"], went["value"]
    if got is None or got.shape != x.shape or went["problem"]:
        return None
    numbers = got[x < 0] / of_one(x[x < 0])
    if not numbers.size or not np.all(np.isfinite(numbers)) or np.ptp(numbers) > OWN * np.abs(numbers).max():
        return None
    return float(np.median(numbers)) if numbers.min() > 0 else None


def _ask(
    session: Session,
    seen: dict[str, Any],
    rng: np.random.Generator,
    kind: str,
    numbers: Sequence[tuple[float, ...]],
    own: Callable[[LayerCase], float | None] | None = None,
) -> None:
    if not asking.begin(session, seen, kind):
        return
    seed = int(rng.integers(2**31))
    n, d = int(rng.integers(4, 7)), int(rng.integers(2, 6))
    bare = None
    if own:
        x, grad = batch(rng, n, d), rng.standard_normal((n, d))
        seen["default"] = observe_case(session, kind, (), x, grad, seed)
        seen["refused"] = _refused(session, kind, numbers[0], seed)
        if seen["refused"]:
            # what is wrong with a constructor is no mistake of the numbers
            numbers, bare = [()] * len(numbers), own(seen["default"])
    shapes: list[tuple[int, int, type]] = [(n, d, np.float64), (1, d + 1, np.float64), (n + 1, d, np.float32)]
    seen["cases"] = []
    for (rows, columns, dtype), given in zip(shapes, numbers, strict=False):
        x, grad = cast(batch(rng, rows, columns), dtype), cast(rng.standard_normal((rows, columns)), dtype)
        seen["cases"].append(observe_case(session, kind, given, x, grad, seed))
    seen["cases"].append(_wide(session, rng, kind, numbers[-1], seed))
    seen["extreme"] = _extreme(session, kind, numbers[0], seed)
    seen["curve"] = _curve(session, kind, numbers[0], seed)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, kind, rng, bare=bare)


def _refused(session: Session, kind: str, number: Sequence[float], seed: int) -> PlainProblem | None:
    """Return why an object cannot be given a number, or None where it can, or cannot be made without one either."""
    with_one, without = session.run(
        asking.build("given", kind, *number, seed=seed), asking.build("bare", kind, seed=seed)
    )
    return None if without.problem else plain_problem(with_one.problem)


def _wide(session: Session, rng: np.random.Generator, kind: str, given: Sequence[float], seed: int) -> LayerCase:
    x = rng.uniform(KINK, WIDE, (6, 4)) * rng.choice([-1.0, 1.0], (6, 4))
    x[0, :2] = WIDE, -WIDE
    case = observe_case(session, kind, given, x, rng.standard_normal(x.shape), seed)
    case["label"] = f"a batch of numbers up to {WIDE:.0f}"
    return case


def _extreme(session: Session, kind: str, given: Sequence[float], seed: int) -> LayerCase:
    x = np.array(EXTREMES).reshape(2, 3)
    return observe_case(session, kind, given, x, np.ones_like(x), seed, differences=False)


def _curve(session: Session, kind: str, given: Sequence[float], seed: int) -> Line:
    x = np.linspace(-4.0, 4.0, 80)[:, None]
    case = observe_case(session, kind, given, x, np.ones_like(x), seed, differences=False)
    return Line(
        given=case["given"],
        input=case["input"],
        grad=case["grad"],
        forward=_of_shape(case["forward"], x.shape),
        backward=_of_shape(case["backward"], x.shape),
    )


def _of_shape(found: Pass, shape: tuple[int, ...]) -> Array | None:
    value = found["value"]
    return value if value is not None and value.shape == shape else None
