"""What is asked about training: several dozen steps on small networks, with looks at the parameters in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import numpy as np

from grader.assignments.byomlp.network import random_networks
from grader.assignments.byomlp.network.loading import load
from grader.assignments.byomlp.network.naming import naming_of
from grader.assignments.byomlp.network.networks import Network, NetworkRecord, size
from grader.assignments.byomlp.network.parameters import construction, explain
from grader.assignments.byomlp.network.snapshots import look, snapshot, understood
from grader.model import Array
from grader.plain import PlainProblem, first_problem, plain_problem
from grader.sandbox import Session
from grader.sandbox import operations as ask


@dataclass(frozen=True)
class Stage:
    """A stretch of training: `steps` steps of `batch` examples each with the rate `alpha`, then a look at the parameters."""

    steps: int
    batch: int
    alpha: float

    @property
    def examples(self) -> int:
        return self.steps * self.batch


class StageRecord(TypedDict):
    """A stage of training: what was asked for, what went wrong, whether all of it was done in time, the parameters (k,) after."""

    steps: int
    batch: int
    alpha: float
    problem: PlainProblem | None
    whole: bool
    after: Array | None


class TrainingRecord(NetworkRecord):
    """A network that was trained on examples X (N, d), Y (N, m) in `order`, from its first parameters (k,), `start`.

    `way` is how its parameters explain its outputs; "" when they do not, and then nothing was asked.
    """

    way: str
    X: Array
    Y: Array
    order: Array
    start: NotRequired[Array]
    stages: list[StageRecord]


# looks lie close together at first, so that a departure can be dated; rates and batches change, as they do in notebooks
LONG = (
    Stage(1, 1, 0.1),
    Stage(1, 1, 0.1),
    Stage(1, 2, 0.1),
    Stage(2, 1, 0.05),
    Stage(5, 3, 0.05),
    Stage(10, 1, 0.1),
    Stage(20, 2, 0.1),
    Stage(20, 1, 0.05),
)
SHORT = (Stage(1, 1, 0.2), Stage(4, 1, 0.2), Stage(5, 1, 0.2), Stage(15, 1, 0.1), Stage(15, 2, 0.1))
# few examples that come again and again, as they do from epoch to epoch
EXAMPLES = 8
SECONDS = 3.0


def trajectory(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Train two networks, one after the other, and look at their parameters along the way."""
    session.run(load())
    naming = naming_of(session)
    p, q, r = (int(n) for n in rng.permutation(np.arange(3, 6)))
    networks: list[TrainingRecord] = []
    seen["networks"] = networks
    # smooth activations: a kink would make a large difference of a tiny one
    smooth = ("logistic",)
    plans = (
        (random_networks.network(rng, (p, q, r, 2), "identity", "squared", hidden=smooth, derivative=True), LONG),
        (random_networks.network(rng, (2, q, 1), "logistic", "logistic", hidden=smooth, derivative=True), SHORT),
    )
    for index, (net, stages) in enumerate(plans):
        _observe(session, f"t{index}", net.built_by(naming), stages, networks, rng)


def _observe(
    session: Session,
    target: str,
    net: Network,
    stages: tuple[Stage, ...],
    networks: list[TrainingRecord],
    rng: np.random.Generator,
) -> None:
    built = session.run(*construction(target, net, seed=int(rng.integers(2**31))))
    way, found = explain(session, target, net, 2 * rng.standard_normal((4, net.inputs)))
    # with taps, a bias that is added in another place is seen as one of the next layer: its gradient is another one
    elsewhere = way == "taps" and not all(np.any(b) for _, b in found[way])
    X = rng.standard_normal((EXAMPLES, net.inputs))
    Y = np.stack([random_networks.label(rng, net.loss, net.widths[-1]) for _ in range(EXAMPLES)])
    order = rng.integers(EXAMPLES, size=sum(stage.examples for stage in stages))
    record: TrainingRecord = {
        "network": net.as_data(),
        "problem": plain_problem(first_problem(built)),
        "way": "" if elsewhere else way,
        "X": X,
        "Y": Y,
        "order": order,
        "stages": [],
    }
    networks.append(record)
    if not record["way"]:
        return
    before = snapshot(session, target, net, (record["way"],))
    if record["way"] in before.readings:
        record["start"] = before.readings[record["way"]]
    asked = []
    targets: Array = Y[:, 0] if net.widths[-1] == 1 else Y
    done = 0
    for stage in stages:
        chosen = order[done : done + stage.examples]
        asked.append(ask.train(target, X, targets, chosen, stage.alpha, batch=stage.batch, seconds=SECONDS))
        asked += look(target, net, (record["way"],))
        done += stage.examples
    answers = session.run(*asked)
    each = len(answers) // len(stages)
    for index, stage in enumerate(stages):
        trained, *looked = answers[index * each : (index + 1) * each]
        after = understood(net, (record["way"],), looked, before.paths or ()).readings.get(record["way"])
        whole = not trained.problem and trained.value["done"] == stage.examples
        record["stages"].append(
            {
                "steps": stage.steps,
                "batch": stage.batch,
                "alpha": stage.alpha,
                "problem": plain_problem(trained.problem),
                "whole": whole,
                "after": after if after is not None and after.size == size(net) else None,
            }
        )
