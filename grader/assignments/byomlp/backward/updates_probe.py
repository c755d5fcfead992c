"""What is asked about accumulating, clearing and applying gradients."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.byomlp.network import random_networks
from grader.assignments.byomlp.network.loading import load
from grader.assignments.byomlp.network.naming import naming_of
from grader.assignments.byomlp.network.networks import Network, NetworkRecord
from grader.assignments.byomlp.network.parameters import construction, explain
from grader.assignments.byomlp.network.snapshots import RunRecord, backward_and_step, read_again, snapshot
from grader.model import Array
from grader.plain import PlainAnswer, PlainProblem, as_plain, first_problem, plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask


class ExampleRecord(TypedDict):
    """One example."""

    x: Array
    y: Array


class HeldRecord(TypedDict):
    """The same arrays x and y handed to backward twice, and x to forward: what they hold afterwards, and the parameters (k,)."""

    problem: PlainProblem | None
    x: PlainAnswer
    y: PlainAnswer
    after_forward: PlainAnswer
    before: dict[str, Array]
    after: dict[str, Array]


class UpdatesRecord(NetworkRecord):
    """Runs of backward, zero_grad and step on one network, as many as came about.

    They are over the first of two `examples`, the second, first + second + first, and the first before and the first before
    and the second after zero_grad, each with a step of 1; `steps` takes three steps after both examples.
    """

    way: str
    examples: list[ExampleRecord]
    first: NotRequired[RunRecord]
    second: NotRequired[RunRecord]
    both: NotRequired[RunRecord]
    cleared: NotRequired[RunRecord]
    cleared_then_second: NotRequired[RunRecord]
    steps: NotRequired[RunRecord]
    held: NotRequired[HeldRecord]


def updates(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Mix backward, zero_grad and step on one network in every order that training uses."""
    session.run(load())
    naming = naming_of(session)
    p, q = (int(n) for n in rng.permutation(np.arange(2, 6))[:2])
    seen["networks"] = networks = []
    # named layers of one width, and a derivative for each: bugs that show elsewhere shall not stop backward here
    for net in (
        random_networks.network(
            rng, (p, p, p), "identity", "squared", hidden=("leaky_relu", "logistic"), derivative=True
        ),
        random_networks.network(rng, (q, q, q, q), "logistic", "logistic", derivative=True),
    ):
        record: UpdatesRecord = {
            "network": net.built_by(naming).as_data(),
            "problem": None,
            "way": "",
            "examples": [],
        }
        networks.append(record)
        _observe(session, net.built_by(naming), record, rng)


def _observe(session: Session, net: Network, record: UpdatesRecord, rng: np.random.Generator) -> None:
    seed = int(rng.integers(2**31))
    built = session.run(*construction("net", net, seed=seed))
    record["problem"] = plain_problem(first_problem(built))
    record["way"], found = explain(session, "net", net, 2 * rng.standard_normal((4, net.inputs)))
    ways = tuple(found)
    explaining = [found[record["way"]]] if record["way"] else list(found.values())[-1:]
    examples = [_example(rng, net, explaining) for _ in range(2)]
    record["examples"] = [{"x": x, "y": y} for x, y in examples]
    first, second = examples

    def observe(*chosen: tuple[Array, Array], **options: Any) -> RunRecord:
        session.run(*construction("net", net, seed=seed))
        return backward_and_step(session, "net", net, snapshot(session, "net", net, ways), chosen, **options)

    record["first"] = observe(first)
    record["second"] = observe(second)
    record["both"] = observe(first, second, first)
    clear = [ask.call("net", "zero_grad")]
    record["cleared"] = observe(first, between=clear)
    record["cleared_then_second"] = observe(first, second, between=clear)
    record["steps"] = observe(first, second, alphas=(0.25, 0.25, -0.5))
    record["held"] = _held(session, net, seed, ways, first)


def _example(rng: np.random.Generator, net: Network, readings: list[Any]) -> tuple[Array, Array]:
    found = random_networks.example(rng, net, readings[0]) if readings else None
    return found or (2 * rng.standard_normal(net.inputs), random_networks.label(rng, net.loss, net.widths[-1]))


def _held(session: Session, net: Network, seed: int, ways: tuple[str, ...], example: tuple[Array, Array]) -> HeldRecord:
    """Hand over the very same arrays twice, as a training loop does, and look at them afterwards."""
    x, y = example
    session.run(*construction("net", net, seed=seed), ask.hold("x", x), ask.hold("y", y), ask.hold("z", x))
    before = snapshot(session, "net", net, ways)
    answers = session.run(
        ask.call("net", "backward", ask.ref("x"), ask.ref("y")),
        ask.call("net", "backward", ask.ref("x"), ask.ref("y")),
        ask.fetch("x"),
        ask.fetch("y"),
        ask.call("net", "step", 1.0),
    )
    after = read_again(session, "net", net, before)
    (_, z) = session.run(ask.call("net", "forward", ask.ref("z")), ask.fetch("z"))
    return {
        "problem": plain_problem(first_problem(answers)),
        "x": as_plain(answers[2]),
        "y": as_plain(answers[3]),
        "after_forward": as_plain(z),
        "before": before.readings,
        "after": after.readings,
    }
