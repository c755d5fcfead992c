"""What is asked about backpropagation: gradients, their accumulation, clearing, and the step."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np

from grader.assignments.byomlp.network import random_networks
from grader.assignments.byomlp.network.loading import load
from grader.assignments.byomlp.network.naming import naming_of
from grader.assignments.byomlp.network.networks import Network, NetworkData, NetworkRecord, unflatten
from grader.assignments.byomlp.network.parameters import WAYS, construction, explain, results_of
from grader.assignments.byomlp.network.snapshots import RunRecord, Snapshot, backward_and_step, snapshot
from grader.model import Array
from grader.plain import first_problem, plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask

EXAMPLES = 5
REDRAWS = 4
# own-forward test: examples a network, and the step along a gradient, so short that it hardly ever crosses a kink
OWN_EXAMPLES = 8
OWN_STEP = 1e-6


class GradientExample(RunRecord):
    """One example (x, y) on a network of its own, and the step of 1 after it."""

    x: Array
    y: Array


class GradientRecord(NetworkRecord):
    """What backward and step did to several objects of one network; `way` is how its parameters explain its outputs.

    `otherwise` says that the object holds others than those that forward uses.
    """

    way: str
    otherwise: bool
    objects: list[GradientExample]


class OwnExample(RunRecord):
    """One example, and the outputs (N, m) for all of them after short steps down and up its gradient."""

    minus: Array | None
    plus: Array | None
    step: float


class OwnForwardRecord(TypedDict):
    """How the outputs for the inputs X (N, d) move along the gradients of the linear losses Y (N, m)."""

    network: NetworkData
    X: Array
    Y: Array
    objects: list[OwnExample]


def backward(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Run backward on single examples of random networks and read what a step of 1 changes."""
    session.run(load())
    naming = naming_of(session)
    seen["networks"] = networks = []
    for index, net in enumerate(each.built_by(naming) for each in _networks(rng)):
        record: GradientRecord = {
            "network": net.as_data(),
            "problem": None,
            "way": "",
            "otherwise": False,
            "objects": [],
        }
        networks.append(record)
        _observe_gradients(session, f"g{index}", net, record, rng)
    if not all(record["way"] and not record["otherwise"] for record in networks):
        seen["own"] = own = []
        for index, widths in enumerate(((3, 4, 2), (4, 4, 4, 3), (2, 5, 3, 4, 2))):
            net = random_networks.network(rng, widths, "identity", "linear").built_by(naming)
            own.append(_observe_own_forward(session, f"own{index}", net, rng))


def _networks(rng: np.random.Generator) -> list[Network]:
    p, q, r, s = (int(n) for n in rng.permutation(np.arange(2, 7))[:4])
    draw, smooth, kinked = random_networks.network, ("logistic", "leaky_relu"), ("leaky_relu", "leaky_relu", "relu")
    return [
        draw(rng, (p, q), "identity", "squared"),
        draw(rng, (q, 1), "logistic", "logistic", derivative=True),
        draw(rng, (p, p, p), "softmax", "crossentropy"),
        draw(rng, (r, 1, s), "identity", "squared", hidden=("logistic",), derivative=True),
        draw(rng, (1, p, q, r), "logistic", "logistic", hidden=smooth),
        draw(rng, (q, q, q, q), "identity", "absolute", hidden=kinked),
        draw(rng, (r, s, p, q, 3), "softmax", "crossentropy", hidden=smooth),
        draw(rng, (s, p, p, q, 1), "identity", "squared", hidden=smooth, derivative=True),
    ]


def _observe_gradients(
    session: Session, target: str, net: Network, record: GradientRecord, rng: np.random.Generator
) -> None:
    targets = [f"{target}_{index}" for index in range(EXAMPLES)]
    for _ in range(REDRAWS):
        seed = int(rng.integers(2**31))
        built = session.run(*(operation for each in targets for operation in construction(each, net, seed=seed)))
        record["problem"] = plain_problem(first_problem(built))
        record["way"], found = explain(session, targets[0], net, 2 * rng.standard_normal((4, net.inputs)))
        # what has gone forward holds more than what is fresh
        session.run(*construction(targets[0], net, seed=seed))
        ways = tuple(found)
        record["otherwise"] = record["way"] != "attributes" and "attributes" in ways
        before = [snapshot(session, each, net, ways) for each in targets]
        examples = [_measurable(rng, net, before[0])]
        if examples[0]:
            examples += [_measurable(rng, net, each) for each in before[1:]]
        if all(examples) or not record["way"]:
            break
    examples += [None] * (EXAMPLES - len(examples))
    for each, first, chosen in zip(targets, before, examples, strict=True):
        x, y = chosen or (2 * rng.standard_normal(net.inputs), random_networks.label(rng, net.loss, net.widths[-1]))
        moved = backward_and_step(session, each, net, first, [(x, y)], as_float=bool(rng.integers(2)))
        record["objects"].append({"x": x, "y": y, **moved})
    session.run(ask.forget(*targets))


def _measurable(rng: np.random.Generator, net: Network, before: Snapshot) -> tuple[Array, Array] | None:
    found = (random_networks.example(rng, net, unflatten(net, vector)) for vector in before.readings.values())
    return next((each for each in found if each), None)


def _observe_own_forward(session: Session, target: str, net: Network, rng: np.random.Generator) -> OwnForwardRecord:
    """See how the outputs of the student's own forward pass move along the student's own gradients.

    The loss is linear, y . output, so its gradient says nothing but how the network passes g = y back.
    """
    seed = int(rng.integers(2**31))
    X = 2 * rng.standard_normal((OWN_EXAMPLES, net.inputs))
    Y = rng.standard_normal((OWN_EXAMPLES, net.widths[-1]))
    record: OwnForwardRecord = {"network": net.as_data(), "X": X, "Y": Y, "objects": []}
    for x, y in zip(X, Y, strict=True):
        session.run(*construction(target, net, seed=seed))
        moved = backward_and_step(session, target, net, snapshot(session, target, net, WAYS), [(x, y)])
        answers = session.run(
            *construction(target, net, seed=seed),
            ask.call(target, "backward", x, y),
            ask.call(target, "step", OWN_STEP),
            ask.map_rows(target, "forward", X),
            ask.call(target, "step", -2 * OWN_STEP),
            ask.map_rows(target, "forward", X),
        )
        minus, plus = results_of(answers[-3]), results_of(answers[-1])
        record["objects"].append({**moved, "minus": minus, "plus": plus, "step": OWN_STEP})
    session.run(ask.forget(target))
    return record
