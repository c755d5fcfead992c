"""What is asked about training: several dozen steps through a class of the student's, with looks at the parameters in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import Stage, Training
from grader.kits.layer_contract.answers import leaves, plain_list
from grader.model import Array
from grader.plain import plain_problem
from grader.sandbox import Answer, Session
from grader.sandbox.operations import Operation, forget, plugged

RATE, MOMENTUM = 0.1, 0.5
# steps before each look: close together at first, so that a departure can be dated
STEPS = (1, 1, 1, 2, 5, 10, 10)
# after these stages the chain is evaluated once, as notebooks do after an epoch
EVALUATED = (3, 5)
# few batches that come again and again, as they do from epoch to epoch; not all of one size
ROWS = (5, 5, 4, 3)
# the first ones: another batch of the same size, the same batch again, and one of another size
FIRST = (0, 1, 1, 2)
CRITERION, CONTAINER, MOVING = "ClassNLLCriterion", "Sequential", "BatchMeanSubtraction"
OURS = "@Curved"


@dataclass(frozen=True)
class Link:
    """A module of the chain: its class (``@Curved`` is ours), and the numbers that its constructor was given.

    A `bare` one takes no number, and has this one by itself.
    """

    kind: str
    given: tuple[float, ...] = ()
    bare: bool = False


def chain_with(kind: str, rng: np.random.Generator, *, bare: float | None = None) -> list[Link]:
    """Return a chain in which everything but the class that is asked about is ours."""
    curved, squared = Link(OURS), Link("@Squared")
    match kind:
        case "Linear":
            p, q, r = (int(n) for n in rng.permutation(np.arange(2, 6))[:3])
            return [Link(kind, (p, q)), squared, Link(kind, (q, r))]
        case "Sequential":
            return [curved, squared, curved]
        case "ClassNLLCriterion":
            return [curved, Link("@Normalised")]
        case "LeakyReLU" | "ELU" | "BatchMeanSubtraction" if bare is not None:
            return [curved, Link(kind, (bare,), bare=True), curved]
        case "LeakyReLU" | "ELU" | "BatchMeanSubtraction":
            return [curved, Link(kind, (float(rng.uniform(0.3, 0.7)),)), curved]
        case _:
            return [curved, Link(kind), curved]


def trajectory(session: Session, kind: str, rng: np.random.Generator, *, bare: float | None = None) -> Training:
    """Train a chain with a class of the student's in it, and return what its parameters were along the way.

    `bare` is the number that a class has by itself when its constructor takes none.
    """
    chain = chain_with(kind, rng, bare=bare)
    width = int(chain[0].given[0]) if chain[0].given else int(rng.integers(3, 5))
    outputs = int(chain[-1].given[1]) if chain[-1].kind == "Linear" else width
    batches = [rng.uniform(-1.0, 1.0, (rows, width)) for rows in ROWS]
    targets = [_target(rng, rows, outputs, kind) for rows in ROWS]
    names = [f"link{index}" for index in range(len(chain))]
    seed = int(rng.integers(2**31))
    made = _construction(rng, kind, chain, names, width, seed)
    looks = [asking.listed(name, "getParameters") for name in names]
    order = np.concatenate([FIRST, rng.integers(len(ROWS), size=sum(STEPS) - len(FIRST))])
    orders = np.split(order, np.cumsum(STEPS)[:-1])
    # an array is sent as seldom as can be, so that little travels
    given = {"batches": batches, "targets": targets, "rate": RATE, "momentum": MOMENTUM, "run": kind}
    given |= {"chain": ["net"] if kind == CONTAINER else names, "criterion": "loss" if kind == CRITERION else ""}
    evaluated, before = rng.uniform(-1.0, 1.0, (6, width)), rng.uniform(-1.0, 1.0, (6, width))
    # a moving mean may treat its first batch, and the gradient of that, in more than one way: this one does not go back
    made += [asking.forward(name, before) for name, link in zip(names, chain, strict=True) if link.kind == MOVING]
    asked = [*made, *looks]
    for index, order in enumerate(orders):
        shown = evaluated if index in EVALUATED else None
        asked += [plugged("module_train", "training", **given, order=order, evaluated=shown), *looks]
    answers = session.run(*asked, forget("net", "loss", *names))
    built, first = answers[: len(made)], answers[len(made) : len(made) + len(looks)]
    record = Training(
        chain=[[link.kind, list(link.given)] for link in chain],
        nll=kind == CRITERION,
        batches=batches,
        targets=targets,
        before=before,
        problem=plain_problem(next((answer.problem for answer in built if answer.problem), None)),
        start=_learned(chain, first),
        stages=[],
    )
    rest = answers[len(made) + len(looks) :]
    for order in orders:
        trained, looked = rest[0], rest[1 : 1 + len(looks)]
        del rest[: 1 + len(looks)]
        after = _learned(chain, looked)
        record["stages"].append(Stage(order=order, problem=plain_problem(trained.problem), after=after))
    return record


def _target(rng: np.random.Generator, rows: int, outputs: int, kind: str) -> Array:
    if kind == CRITERION:
        return np.asarray(np.eye(outputs)[rng.integers(outputs, size=rows)])
    return np.asarray(rng.uniform(-1.0, 1.0, (rows, outputs)))


def _construction(
    rng: np.random.Generator, kind: str, chain: Sequence[Link], names: Sequence[str], width: int, seed: int
) -> list[Operation]:
    made = []
    for index, (link, name) in enumerate(zip(chain, names, strict=True)):
        given: tuple[Any, ...] = () if link.bare else link.given
        if link.kind == OURS:
            given = (rng.uniform(0.5, 1.0, width), rng.uniform(0.1, 0.2, width) * rng.choice([-1.0, 1.0], width))
        made.append(asking.build(name, link.kind, *given, seed=seed + index))
        made.append(asking.mode(name, training=True))
    if kind == CONTAINER:
        made += [asking.build("net", kind, seed=seed, children=names), asking.mode("net", training=True)]
    if kind == CRITERION:
        made.append(asking.build("loss", kind, seed=seed))
    return made


def _learned(chain: Sequence[Link], answers: Sequence[Answer]) -> list[list[Array]]:
    """Return what each module has learned, W as (m, n) before b; nothing for one that learns nothing or does not say."""
    found: list[list[Array]] = []
    for link, answer in zip(chain, answers, strict=True):
        arrays = leaves(plain_list(answer)["tree"])
        if link.kind == "Linear":
            both = asking.pair(arrays, int(link.given[0]), int(link.given[1]), turned=False)
            found.append(list(both) if both else [])
        else:
            found.append(arrays if link.kind == OURS else [])
    return found
