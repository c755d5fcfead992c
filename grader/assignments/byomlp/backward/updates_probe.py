"""What is asked about accumulating, clearing and applying gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.byomlp.network import random_networks
from grader.assignments.byomlp.network.networks import Network
from grader.assignments.byomlp.network.parameters import construction, explain
from grader.assignments.byomlp.network.snapshots import backward_and_step, read_again, snapshot
from grader.model import Array
from grader.plain import as_plain, first_problem, plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask


def updates(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Mix backward, zero_grad and step on one network in every order that training uses."""
    session.run(ask.load())
    p, q = (int(n) for n in rng.permutation(np.arange(2, 6))[:2])
    seen["networks"] = networks = []
    # named layers of one width, and a derivative for each: bugs that show elsewhere shall not stop backward here
    for net in (
        random_networks.network(
            rng, (p, p, p), "identity", "squared", hidden=("leaky_relu", "logistic"), derivative=True
        ),
        random_networks.network(rng, (q, q, q, q), "logistic", "logistic", derivative=True),
    ):
        record: dict[str, Any] = {"network": net.as_data()}
        networks.append(record)
        _observe(session, net, record, rng)


def _observe(session: Session, net: Network, record: dict[str, Any], rng: np.random.Generator) -> None:
    seed = int(rng.integers(2**31))
    built = session.run(*construction("net", net, seed=seed))
    record["problem"] = plain_problem(first_problem(built))
    record["way"], found = explain(session, "net", net, 2 * rng.standard_normal((4, net.inputs)))
    ways = tuple(found)
    examples = [_example(rng, net, list(found.values())[-1:]) for _ in range(2)]
    record["examples"] = [{"x": x, "y": y} for x, y in examples]
    first, second = examples

    def observe(name: str, chosen: list[tuple[Array, Array]], **options: Any) -> None:
        session.run(*construction("net", net, seed=seed))
        record[name] = backward_and_step(session, "net", net, snapshot(session, "net", net, ways), chosen, **options)

    observe("first", [first])
    observe("second", [second])
    observe("both", [first, second, first])
    clear = [ask.call("net", "zero_grad")]
    observe("cleared", [first], between=clear)
    observe("cleared_then_second", [first, second], between=clear)
    observe("steps", [first, second], alphas=(0.25, 0.25, -0.5))
    record["held"] = _held(session, net, seed, ways, first)


def _example(rng: np.random.Generator, net: Network, readings: list[Any]) -> tuple[Array, Array]:
    found = random_networks.example(rng, net, readings[0]) if readings else None
    return found or (2 * rng.standard_normal(net.inputs), random_networks.label(rng, net.loss, net.widths[-1]))


def _held(
    session: Session, net: Network, seed: int, ways: tuple[str, ...], example: tuple[Array, Array]
) -> dict[str, Any]:
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
