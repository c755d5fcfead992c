"""What the checks of accumulation, zero_grad and step share: reading one run of backward and step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.assignments.byomlp.backward.gradients import (
    blocks,
    change,
    fits,
    holding,
    is_choice,
    same,
    tolerance,
    true_gradient,
    unapplied,
)
from grader.assignments.byomlp.backward.updates_probe import UpdatesRecord
from grader.assignments.byomlp.forward.checks import forward_values
from grader.assignments.byomlp.forward.initialisation_checks import layer_shapes
from grader.assignments.byomlp.network.networks import Network
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.network.snapshots import RunRecord
from grader.assignments.byomlp.network.stumbles import HINT, is_unwritten, stumbled
from grader.checks import blocked, failed, passed
from grader.model import Array, Finding, Observation, Problem
from grader.plain import problem_from, problem_in

# (network, its record in the evidence, how its parameters were read) -> what is wrong, or None
Judge = Callable[[Network, UpdatesRecord, str], Finding | None]
BACKWARD_FIRST = "Get backward to run on a single example first."
NO_NUMBER = "the gradient that backward leaves holds NaN or infinity"
NUMBERS_FIRST = "Get the gradients right first: what becomes of them afterwards can be judged then."


def every_network(observed: Observation, judge: Judge) -> Finding:
    """Judge every network, each in every way that its parameters could be read: one way that finds nothing wrong is enough."""
    for record in observed.data.get("networks", []):
        if problem := problem_in(record):
            return stumbled("a network could not be built", problem)
        needed = ("first", "second", "both", "cleared", "cleared_then_second", "steps", "held")
        if any(name not in record for name in needed):
            break
        if problem := problem_from(record["first"]["backward"]):
            return blocked(f"backward gives no gradients: {problem}", hint="" if is_unwritten(problem) else HINT)
        ways = list(record["first"]["before"])
        if not ways:
            said, hint = "the parameters could not be read", "Get the forward pass right first."
            return blocked(said, hint=hint, explained_by=[layer_shapes, forward_values])
        findings = [judge(from_evidence(record), record, way) for way in ways]
        wrong = [finding for finding in findings if finding]
        if len(wrong) == len(findings):
            return wrong[0]
    if observed.problem:
        return stumbled("your code ended the test early", observed.problem)
    return passed() if observed.data.get("networks") else failed("no network could be built", hint=BACKWARD_FIRST)


def problems_in(*records: RunRecord) -> Problem | None:
    """Return the first thing that went wrong in these runs, or None."""
    for record in records:
        for stored in (record["backward"], *(step["problem"] for step in record["steps"])):
            if stored:
                return problem_from(stored)
    return None


def exact_of(record: UpdatesRecord, way: str) -> float:
    """Return how far sums of gradients may be off for this student's number format."""
    return tolerance(from_evidence(record), record["first"]["before"][way])


def moves(run: RunRecord, way: str) -> Array:
    """Return what the first step took off the parameters (k,)."""
    return change(run, way)


def leaves_no_number(run: RunRecord, way: str) -> bool:
    """Tell whether the gradient that backward leaves holds NaN or infinity: neither zero_grad nor step has a part in that."""
    left = any(not np.all(np.isfinite(array)) for array in run["filled"].values())
    return left and not np.all(np.isfinite(moves(run, way)))


def accumulators_of(net: Network, record: UpdatesRecord, way: str) -> list[list[str]] | None:
    """Return, block by block, the paths of the arrays that hold the gradient of the first example.

    None when not all are found, or when there are several to choose from.

    They are recognised by holding the true gradient or the one that step applies, or by their shapes where step applies none.
    """
    example, run = record["examples"][0], record["first"]
    if is_choice(net, run["filled"]):
        return None
    truth = true_gradient(net, run["before"][way], example["x"], example["y"])
    for gradient in (truth, moves(run, way)):
        if np.all(np.isfinite(gradient)) and np.any(gradient):
            paths = [holding(block, run["filled"], gradient, bound=exact_of(record, way)) for block in blocks(net)]
            if all(paths):
                return paths
    if unapplied(run):
        # the gradient may be wrong, and step shows none: what backward fills is known by its shapes
        shaped = [[path for path, array in run["filled"].items() if fits(block, array)] for block in blocks(net)]
        return shaped if all(shaped) else None
    return None


def is_true_sum(net: Network, record: UpdatesRecord, run: RunRecord, examples: Sequence[int], way: str) -> bool:
    """Tell whether a run moved along the sum of the true gradients at its own parameters.

    That is needed where parameters do not follow the seed, so that two runs start from different ones.
    """
    total = true_sum(net, record, run, examples, way)
    return total is not None and same(net, moves(run, way), total, bound=exact_of(record, way))


def true_sum(net: Network, record: UpdatesRecord, run: RunRecord, examples: Sequence[int], way: str) -> Array | None:
    """Return the sum of the true gradients of some examples at the parameters of one run, None when they are not known."""
    vector = run["before"].get(way)
    if vector is None:
        return None
    chosen = [record["examples"][index] for index in examples]
    total: Array = np.sum([true_gradient(net, vector, each["x"], each["y"]) for each in chosen], axis=0)
    return total
