"""What is asked of Dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen, cast
from grader.kits.layer_contract import LayerCase
from grader.kits.layer_contract.answers import case_of
from grader.model import Array
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Session

NAME = "Dropout"
# so near to 0 an entry of the input does not come: what it was multiplied by is read from the quotient
LEAST = 0.2
ROWS, COLUMNS = 150, 40
# the share of entries that are 0 where some are
EMPTY = 0.25


class Training(TypedDict):
    """Two passes through one object in training, forward and back each."""

    given: list[float]
    problem: PlainProblem | None
    passes: list[LayerCase]


class Evaluation(LayerCase):
    """A pass in evaluation of an object that was trained before, and one more in training afterwards."""

    trained: LayerCase
    problem: PlainProblem | None


class DropoutSeen(LayerSeen):
    """What was observed of Dropout.

    `default` is training with the p that it has by itself, `refused` the error of one that is given p, where it can be made
    without. In `sparse` passes, some entries of the input are 0, and some of gradOutput.
    """

    trainings: list[Training]
    default: Training
    refused: PlainProblem | None
    sparse: list[LayerCase]
    evaluations: list[Evaluation]


def dropout(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Drop in training, for several chances and shapes; go back through the same mask; and switch to evaluation."""
    if not asking.begin(session, seen, NAME):
        return
    seed = int(rng.integers(2**31))
    low, high = float(rng.uniform(0.25, 0.35)), float(rng.uniform(0.65, 0.8))
    seen["refused"] = _refused(session, low, seed)
    few, many = ((), ()) if seen["refused"] else ((low,), (high,))
    asked: list[tuple[Sequence[float], tuple[int, int], type]] = [
        (few, (ROWS, COLUMNS), np.float64),
        (many, (COLUMNS, ROWS), np.float64),
        (few, (1, ROWS * COLUMNS), np.float64),
        (few, (ROWS, COLUMNS), np.float32),
    ]
    seen["trainings"] = [_training(session, rng, *each, seed + index) for index, each in enumerate(asked)]
    seen["default"] = _training(session, rng, (), (ROWS, COLUMNS), np.float64, seed + len(asked))
    seen["sparse"] = [_sparse(session, rng, given, seed) for given in (few, many)]
    evaluated: list[tuple[Sequence[float], type]] = [(few, np.float64), (many, np.float64), (few, np.float32)]
    seen["evaluations"] = [_evaluation(session, rng, given, seed, dtype) for given, dtype in evaluated]
    seen["done"] = True


def _refused(session: Session, p: float, seed: int) -> PlainProblem | None:
    """Return why an object cannot be given p, or None where it can, or cannot be made without one either."""
    with_p, without = session.run(asking.build("given", NAME, p, seed=seed), asking.build("bare", NAME, seed=seed))
    return None if without.problem else plain_problem(with_p.problem)


def _sparse(session: Session, rng: np.random.Generator, given: Sequence[float], seed: int) -> LayerCase:
    """Pass a batch in which some entries are 0 forward, and such a gradient back."""
    shape = (ROWS, COLUMNS)
    x = inputs(rng, shape) * (rng.random(shape) >= EMPTY)
    grad = inputs(rng, shape) * (rng.random(shape) >= EMPTY)
    _, _, went, back = session.run(
        asking.build("layer", NAME, *given, seed=seed),
        asking.mode("layer", training=True),
        asking.forward("layer", x),
        asking.backward("layer", grad),
    )
    return case_of(x, grad, given, went=went, back=back)


def inputs(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Return a batch with entries of both signs, none of them near 0."""
    return np.asarray(rng.uniform(LEAST, 2.0, shape) * rng.choice([-1.0, 1.0], shape))


def _training(
    session: Session, rng: np.random.Generator, given: Sequence[float], shape: tuple[int, int], dtype: type, seed: int
) -> Training:
    pairs = [(cast(inputs(rng, shape), dtype), cast(inputs(rng, shape), dtype)) for _ in range(2)]
    asked = [asking.build("layer", NAME, *given, seed=seed), asking.mode("layer", training=True)]
    for x, grad in pairs:
        asked += [asking.forward("layer", x), asking.backward("layer", grad)]
    built, _, *answers = session.run(*asked)
    passes = [
        case_of(x, grad, given, went=went, back=back)
        for (x, grad), went, back in zip(pairs, answers[::2], answers[1::2], strict=True)
    ]
    return Training(given=list(given), problem=plain_problem(built.problem), passes=passes)


def _pass(
    session: Session, rng: np.random.Generator, given: Sequence[float], shape: tuple[int, int], dtype: type
) -> LayerCase:
    x, grad = cast(inputs(rng, shape), dtype), cast(inputs(rng, shape), dtype)
    went, back = session.run(asking.forward("layer", x), asking.backward("layer", grad))
    return case_of(x, grad, given, went=went, back=back)


def _evaluation(
    session: Session, rng: np.random.Generator, given: Sequence[float], seed: int, dtype: type
) -> Evaluation:
    shape = (6, 5)
    built, *_ = session.run(
        asking.build("layer", NAME, *given, seed=seed),
        asking.mode("layer", training=True),
        asking.forward("layer", cast(inputs(rng, shape), dtype)),
        asking.mode("layer", training=False),
    )
    case = _pass(session, rng, given, shape, dtype)
    session.run(asking.mode("layer", training=True))
    trained = _pass(session, rng, given, (30, 20), dtype)
    return Evaluation(**case, trained=trained, problem=plain_problem(built.problem))
