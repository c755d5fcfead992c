"""What is asked of Dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.cases import about, cast
from grader.model import Array
from grader.plain import plain_problem
from grader.sandbox import Answer, Session

NAME = "Dropout"
# so near to 0 an entry of the input does not come: what it was multiplied by is read from the quotient
LEAST = 0.2
ROWS, COLUMNS = 150, 40


def dropout(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Drop in training, for several chances and shapes; go back through the same mask; and switch to evaluation."""
    if not asking.begin(session, seen, NAME):
        return
    seed = int(rng.integers(2**31))
    low, high = float(rng.uniform(0.25, 0.35)), float(rng.uniform(0.65, 0.8))
    asked: list[tuple[Sequence[float], tuple[int, int], type]] = [
        ((low,), (ROWS, COLUMNS), np.float64),
        ((high,), (COLUMNS, ROWS), np.float64),
        ((), (ROWS, COLUMNS), np.float64),
        ((low,), (1, ROWS * COLUMNS), np.float64),
        ((low,), (ROWS, COLUMNS), np.float32),
    ]
    seen["trainings"] = [_training(session, rng, *each, seed + index) for index, each in enumerate(asked)]
    seen["evaluations"] = [_evaluation(session, rng, given, seed, dtype) for given, dtype in _EVALUATED(low, high)]
    seen["done"] = True


def _EVALUATED(low: float, high: float) -> list[tuple[Sequence[float], type]]:
    return [((low,), np.float64), ((high,), np.float64), ((), np.float32)]


def inputs(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Return a batch with entries of both signs, none of them near 0."""
    return np.asarray(rng.uniform(LEAST, 2.0, shape) * rng.choice([-1.0, 1.0], shape))


def _training(
    session: Session, rng: np.random.Generator, given: Sequence[float], shape: tuple[int, int], dtype: type, seed: int
) -> dict[str, Any]:
    """Return two passes through one object, forward and back each."""
    pairs = [(cast(inputs(rng, shape), dtype), cast(inputs(rng, shape), dtype)) for _ in range(2)]
    asked = [asking.build("layer", NAME, *given, seed=seed), asking.mode("layer", training=True)]
    for x, grad in pairs:
        asked += [asking.forward("layer", x), asking.backward("layer", grad)]
    built, _, *answers = session.run(*asked)
    passes = [_passed(given, *pair, *answers[2 * index : 2 * index + 2]) for index, pair in enumerate(pairs)]
    return {"given": list(given), "problem": plain_problem(built.problem), "passes": passes}


def _passed(given: Sequence[float], x: Array, grad: Array, went: Answer, back: Answer) -> dict[str, Any]:
    return about(x, grad, given) | {
        "forward": asking.kept_pass(went),
        "backward": asking.kept_pass(back),
        "around": None,
    }


def _pass(
    session: Session, rng: np.random.Generator, given: Sequence[float], shape: tuple[int, int], dtype: type
) -> dict[str, Any]:
    x, grad = cast(inputs(rng, shape), dtype), cast(inputs(rng, shape), dtype)
    went, back = session.run(asking.forward("layer", x), asking.backward("layer", grad))
    return _passed(given, x, grad, went, back)


def _evaluation(
    session: Session, rng: np.random.Generator, given: Sequence[float], seed: int, dtype: type
) -> dict[str, Any]:
    """Return a pass in evaluation of an object that was trained before, and one more in training afterwards."""
    shape = (6, 5)
    built, *_ = session.run(
        asking.build("layer", NAME, *given, seed=seed),
        asking.mode("layer", training=True),
        asking.forward("layer", cast(inputs(rng, shape), dtype)),
        asking.mode("layer", training=False),
    )
    case = _pass(session, rng, given, shape, dtype)
    session.run(asking.mode("layer", training=True))
    case["trained"] = _pass(session, rng, given, (30, 20), dtype)
    case["problem"] = plain_problem(built.problem)
    return case
