"""Training the network of DiscTest.ipynb with the student's code, and measuring it on fresh points."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.byomlp.network.loading import load
from grader.assignments.byomlp.network.naming import naming_of
from grader.assignments.byomlp.network.networks import Layer, Network
from grader.assignments.byomlp.network.parameters import construction, results_of
from grader.model import Array
from grader.plain import PlainProblem, first_problem, plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask

DISC = Network(
    2,
    (Layer(100, "leaky_relu", "layer1"), Layer(2, "leaky_relu", "layer2"), Layer(1, "logistic", "lastlayer")),
    "logistic",
)
POINTS = 1000
# the notebook takes 100 epochs at 0.001; at this rate a few are enough
RATE = 0.03
EPOCHS = 15
INITIALISATIONS = 5
EPOCH_SECONDS = 10.0
CANDIDATES = 24
ALIVE = 0.05
GOOD = 0.97
HOPELESS = (6, 0.7)


class HiddenRecord(TypedDict):
    """What `layer2` gives for the fresh points (N, 2): asked for by its name, and as its activation is called."""

    named: Array | None
    pre_activation: Array | None


class TrialRecord(TypedDict):
    """One initialisation: loss and accuracy on fresh points after every epoch, and the last outputs (N,) for them."""

    losses: list[float]
    accuracies: list[float]
    problem: PlainProblem | None
    output: NotRequired[Array]
    hidden: NotRequired[HiddenRecord]


def points(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return 1000 points (1000, 2) and their classes (1000,) as the notebook draws them.

    Points inside the unit circle are class 1; the others are pushed outwards by 1.1, which leaves a gap.
    """
    X = rng.standard_normal((POINTS, 2))
    inside = np.sum(X**2, axis=1) < 1
    X[~inside] *= 1.1
    return X, inside.astype(np.float64)


def disc(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Train from a few initialisations, until one gets nearly every fresh point right."""
    session.run(load())
    net = DISC.built_by(naming_of(session))
    X, Y = points(rng)
    fresh, classes = points(rng)
    seen |= {"fresh": fresh, "classes": classes, "trials": []}
    seeds = [int(seed) for seed in rng.integers(2**31, size=CANDIDATES)]
    for seed in _lively(session, net, seeds, X)[:INITIALISATIONS]:
        trial: TrialRecord = {"losses": [], "accuracies": [], "problem": None}
        seen["trials"].append(trial)
        _train(session, net, seed, (X, Y), (fresh, classes), trial, rng)
        if trial["problem"] or max(trial["accuracies"], default=0) >= GOOD:
            break


def _lively(session: Session, net: Network, seeds: list[int], X: Array) -> list[int]:
    """Put the seeds first whose `layer2` units are not both dead from the start: those never learn, whatever the code."""
    lively = []
    for seed in seeds:
        answers = session.run(
            *construction("candidate", net, seed=seed), ask.map_rows("candidate", "forward", X[:50], record=1)
        )
        hidden = results_of(answers[-1])
        if hidden is None:
            return seeds
        if np.all(np.mean(hidden > 0, axis=0) >= ALIVE):
            lively.append(seed)
        if len(lively) == INITIALISATIONS:
            break
    return lively + [seed for seed in seeds if seed not in lively]


def _train(
    session: Session,
    net: Network,
    seed: int,
    known: tuple[Array, Array],
    unknown: tuple[Array, Array],
    trial: TrialRecord,
    rng: np.random.Generator,
) -> None:
    (X, Y), (fresh, classes) = known, unknown
    built = session.run(*construction("net", net, seed=seed))
    trial["problem"] = plain_problem(first_problem(built))
    for epoch in range(1, EPOCHS + 1):
        if trial["problem"]:
            return
        trained, output = session.run(
            ask.train("net", X, Y, rng.permutation(POINTS), RATE, seconds=EPOCH_SECONDS),
            ask.map_rows("net", "forward", fresh),
        )
        estimate = results_of(output)
        trial["problem"] = plain_problem(first_problem([trained, output]))
        if estimate is None or estimate.shape != (POINTS, 1):
            return
        trial["output"] = estimate[:, 0]
        trial["accuracies"].append(float(np.mean((estimate[:, 0] > 0.5) == (classes > 0.5))))
        trial["losses"].append(_loss(estimate[:, 0], classes))
        if trial["accuracies"][-1] >= GOOD or (epoch == HOPELESS[0] and trial["accuracies"][-1] < HOPELESS[1]):
            break
    hidden = session.run(
        ask.map_rows("net", "forward", fresh, end="layer2"), ask.map_rows("net", "forward", fresh, record=1)
    )
    trial["hidden"] = {"named": results_of(hidden[0]), "pre_activation": results_of(hidden[1])}


def _loss(estimate: Array, classes: Array) -> float:
    right = np.where(classes > 0.5, estimate, 1 - estimate)
    with np.errstate(invalid="ignore"):
        return float(-np.mean(np.log(np.clip(right, 1e-15, 1))))
