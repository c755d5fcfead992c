"""What is asked of BatchMeanSubtraction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen, cast
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase, Pass
from grader.kits.layer_contract.answers import case_of, plain_pass
from grader.model import Array, Problem
from grader.plain import PlainProblem, plain_problem
from grader.sandbox import Session

NAME = "BatchMeanSubtraction"
TRAINED = 4


class Step(TypedDict):
    """One batch of a story, in training or in evaluation."""

    training: bool
    input: Array
    forward: Pass


class Story(TypedDict):
    """What happens to batches that come one after the other: `TRAINED` in training, two in evaluation, one in training."""

    given: list[float]
    single: bool
    problem: PlainProblem | None
    steps: list[Step]


class BatchMeanSeen(LayerSeen):
    """What was observed of BatchMeanSubtraction.

    `refused` is the error of a constructor that takes no alpha: then all is asked of objects without one. `default` is the
    story of such an object. Evidence of earlier graders has neither.
    """

    refused: NotRequired[PlainProblem | None]
    default: NotRequired[Story]
    stories: list[Story]
    cases: list[LayerCase]


def batch_mean_subtraction(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Train on batches of different means, evaluate twice, train once more; and go back after a second batch."""
    if not asking.begin(session, seen, NAME):
        return
    seed, d = int(rng.integers(2**31)), int(rng.integers(2, 5))
    alphas: list[tuple[tuple[float, ...], type]] = [
        ((float(rng.uniform(0.55, 0.85)),), np.float64),
        ((0.0,), np.float64),
        ((float(rng.uniform(0.2, 0.4)),), np.float32),
    ]
    (tried,) = session.run(asking.build("tried", NAME, 0.5, seed=seed))
    seen["refused"] = plain_problem(tried.problem) if tried.problem and _takes_none(tried.problem) else None
    if seen["refused"]:
        alphas = [((), dtype) for _, dtype in alphas]
    seen["stories"] = [_story(session, _batches(rng, d, dtype), given, dtype, seed) for given, dtype in alphas]
    seen["cases"] = []
    shapes = [(int(rng.integers(4, 7)), *alphas[0]), (3, *alphas[1]), (1, *alphas[0]), (5, *alphas[2])]
    for rows, given, dtype in shapes:
        seen["cases"].append(_case(session, rng, given, rows, d, dtype, seed))
    seen["default"] = _story(session, _batches(rng, d, np.float64), (), np.float64, seed)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, NAME, rng, bare=0.0 if seen["refused"] else None)


def _takes_none(problem: Problem) -> bool:
    """Tell whether a constructor ends in an error because it takes no argument."""
    return (
        problem.message.startswith("TypeError") and "argument" in problem.message and "missing" not in problem.message
    )


def _batch(rng: np.random.Generator, rows: int, d: int) -> Array:
    return rng.standard_normal((rows, d)) + 3 * rng.standard_normal(d)


def _batches(rng: np.random.Generator, d: int, dtype: type) -> list[Array]:
    return [cast(_batch(rng, rows, d), dtype) for rows in (5, 3, 6, 1, 4, 3, 5)]


def _story(session: Session, batches: Sequence[Array], given: Sequence[float], dtype: type, seed: int) -> Story:
    modes = [True] * TRAINED + [False, False, True]
    asked = [asking.build("layer", NAME, *given, seed=seed)]
    for x, training in zip(batches, modes, strict=True):
        asked += [asking.mode("layer", training=training), asking.forward("layer", x)]
    built, *answers = session.run(*asked)
    return Story(
        given=list(given),
        single=dtype == np.float32,
        problem=plain_problem(built.problem),
        steps=[
            Step(training=training, input=x.astype(np.float64), forward=plain_pass(went))
            for x, training, went in zip(batches, modes, answers[1::2], strict=True)
        ],
    )


def _case(
    session: Session, rng: np.random.Generator, given: Sequence[float], rows: int, d: int, dtype: type, seed: int
) -> LayerCase:
    before = cast(_batch(rng, 4, d), dtype)
    x, grad = cast(_batch(rng, rows, d), dtype), cast(rng.standard_normal((rows, d)) + 1, dtype)
    past = asking.past(NAME, *given, seed=seed, batches=[before])
    built, _, _, went, back, around = session.run(
        asking.build("layer", NAME, *given, seed=seed),
        asking.mode("layer", training=True),
        asking.forward("layer", before),
        asking.forward("layer", x),
        asking.backward("layer", grad),
        asking.values("layer", asking.around(x), anew=past),
    )
    return case_of(x, grad, given, built=built, went=went, back=back, values=around)
