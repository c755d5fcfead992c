"""What a student's network holds at one moment, and what a backward pass and a step change in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from grader.assignments.byomlp.network.networks import Network, flatten
from grader.assignments.byomlp.network.parameters import at_paths, named_arrays, parameter_paths, questions, understand
from grader.model import Array
from grader.plain import PlainProblem, first_problem, plain_problem
from grader.sandbox import Answer, Session
from grader.sandbox import operations as ask
from grader.sandbox.operations import Operation

Paths = Sequence[tuple[str, str]]


class StepRecord(TypedDict):
    """One step: its rate, what went wrong, and the parameters (k,) after it by each way of reading."""

    alpha: float
    problem: PlainProblem | None
    after: dict[str, Array]


class RunRecord(TypedDict):
    """A backward pass and the steps after it: what went wrong on the way back, the parameters (k,) before it by each way of
    reading, the arrays of the object that it has filled, by path, and the steps.
    """

    backward: PlainProblem | None
    before: dict[str, Array]
    filled: dict[str, Array]
    steps: list[StepRecord]


@dataclass(frozen=True)
class Snapshot:
    """The parameters by each way of reading, as vectors (k,), all arrays by path, and the paths of the parameters."""

    readings: dict[str, Array]
    arrays: dict[str, Array]
    paths: Paths | None


def snapshot(session: Session, target: str, net: Network, ways: Sequence[str]) -> Snapshot:
    """Read a fresh `target` in these ways, in one crossing."""
    return understood(net, ways, session.run(*look(target, net, ways)), None)


def look(target: str, net: Network, ways: Sequence[str]) -> list[Operation]:
    """Return the operations that a snapshot takes; arrays first, since forward leaves some behind that look like biases."""
    asked = [operation for way in _by_behaviour(net, ways) for operation in questions(target, net, way)]
    return [ask.arrays(target), *asked]


def _by_behaviour(net: Network, ways: Sequence[str]) -> list[str]:
    return [way for way in ways if way != "attributes" and (way != "names" or net.named)]


def understood(net: Network, ways: Sequence[str], answers: Sequence[Answer], paths: Paths | None) -> Snapshot:
    """Return what the answers to `look` say; `paths` say where the parameters lay when the object was fresh."""
    readings = {}
    # every way by behaviour asks once for each layer
    each = len(net.layers)
    held, *behaviour = answers
    for index, way in enumerate(_by_behaviour(net, ways)):
        parameters = understand(net, way, behaviour[index * each : (index + 1) * each])
        if parameters is not None:
            readings[way] = flatten(parameters)
    arrays = named_arrays(held)
    paths = parameter_paths(net, arrays) if paths is None else paths
    found = at_paths(net, paths, arrays) if paths and "attributes" in ways else None
    if found is not None:
        readings["attributes"] = flatten(found)
    return Snapshot(readings, arrays, paths)


def backward_and_step(
    session: Session,
    target: str,
    net: Network,
    before: Snapshot,
    examples: Sequence[tuple[Array, Array]],
    *,
    alphas: Sequence[float] = (1.0,),
    as_float: bool = False,
    between: Sequence[Operation] = (),
) -> RunRecord:
    """Run backward on the examples and then the steps, and keep the parameters before and after, and the arrays filled.

    All of it is one crossing. With one output and `as_float`, y is passed as a float. `between` are operations after the
    first example.
    """
    asked = []
    for index, (x, y) in enumerate(examples):
        asked.append(ask.call(target, "backward", x, float(y[0]) if as_float and y.size == 1 else y))
        asked += list(between) if index == 0 else []
    ways = tuple(before.readings)
    looks = look(target, net, ways)
    steps = [operation for alpha in alphas for operation in (ask.call(target, "step", alpha), *looks)]
    answers = session.run(*asked, ask.arrays(target), *steps)
    filled = {
        path: array
        for path, array in named_arrays(answers[len(asked)]).items()
        if path not in before.arrays or not np.array_equal(array, before.arrays[path])
    }
    problem = first_problem(answers[: len(asked)])
    record: RunRecord = {
        "backward": plain_problem(problem),
        "before": before.readings,
        "filled": filled,
        "steps": [],
    }
    for index, alpha in enumerate(alphas):
        start = len(asked) + 1 + index * (1 + len(looks))
        stepped, *seen = answers[start : start + 1 + len(looks)]
        after = understood(net, ways, seen, before.paths or ())
        record["steps"].append({"alpha": alpha, "problem": plain_problem(stepped.problem), "after": after.readings})
    return record


def read_again(session: Session, target: str, net: Network, before: Snapshot) -> Snapshot:
    """Read `target` in the ways of an earlier snapshot, its parameters where they lay then."""
    ways = tuple(before.readings)
    return understood(net, ways, session.run(*look(target, net, ways)), before.paths or ())
