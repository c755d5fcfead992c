"""What is asked of the activations that work entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen, cast, observe_case
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase, Pass
from grader.model import Array
from grader.sandbox import Session

# no entry this near to 0: some of these functions have a kink there
KINK = 0.05
EXTREMES = (1000.0, -1000.0, 800.0, -800.0, 50.0, -50.0)


class Line(TypedDict):
    """The values and derivatives over a line, for a picture; None where a pass does not give as many numbers."""

    given: list[float]
    input: Array
    grad: Array
    forward: Array | None
    backward: Array | None


class ActivationSeen(LayerSeen):
    """What was observed of an activation: some batches, inputs as large as 1000, and a line."""

    cases: list[LayerCase]
    extreme: LayerCase
    curve: Line


def leaky_relu(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask LeakyReLU with slopes of several sizes, and with the one that it has by itself."""
    _ask(session, seen, rng, "LeakyReLU", [(_around(rng, 0.2),), (), (_around(rng, 0.4),)])


def elu(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask ELU with several alphas, and with the one that it has by itself."""
    _ask(session, seen, rng, "ELU", [(_around(rng, 0.5),), (), (_around(rng, 1.7),)])


def softplus(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask SoftPlus."""
    _ask(session, seen, rng, "SoftPlus", [(), (), ()])


def _around(rng: np.random.Generator, value: float) -> float:
    return float(value * rng.uniform(0.9, 1.1))


def batch(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Return a batch (rows, columns) with positive and negative entries, all clear of 0."""
    x: Array = rng.uniform(KINK, 3.0, (rows, columns)) * rng.choice([-1.0, 1.0], (rows, columns))
    x[0, :2] = abs(x[0, 0]), -abs(x[0, 1])
    return x


def _ask(
    session: Session, seen: dict[str, Any], rng: np.random.Generator, kind: str, given: Sequence[tuple[float, ...]]
) -> None:
    if not asking.begin(session, seen, kind):
        return
    seed = int(rng.integers(2**31))
    n, d = int(rng.integers(4, 7)), int(rng.integers(2, 6))
    shapes: list[tuple[int, int, type]] = [(n, d, np.float64), (1, d + 1, np.float64), (n + 1, d, np.float32)]
    seen["cases"] = []
    for (rows, columns, dtype), numbers in zip(shapes, given, strict=True):
        x, grad = cast(batch(rng, rows, columns), dtype), cast(rng.standard_normal((rows, columns)), dtype)
        seen["cases"].append(observe_case(session, kind, numbers, x, grad, seed))
    # the default as a batch of more than one row as well
    x, grad = batch(rng, n, d), rng.standard_normal((n, d))
    seen["cases"].append(observe_case(session, kind, (), x, grad, seed))
    seen["extreme"] = _extreme(session, kind, seed)
    seen["curve"] = _curve(session, kind, given[0], seed)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, kind, rng)


def _extreme(session: Session, kind: str, seed: int) -> LayerCase:
    x = np.array(EXTREMES).reshape(2, 3)
    return observe_case(session, kind, (), x, np.ones_like(x), seed, differences=False)


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
