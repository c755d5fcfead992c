"""Judging what add_layer makes: shapes, and how the parameters are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.forward.probes import BuiltRecord
from grader.assignments.byomlp.network.networks import Network, Parameters, unflatten
from grader.assignments.byomlp.network.parameters import WAYS
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.network.stumbles import stumbled
from grader.checks import blocked, check, failed, passed
from grader.model import Array, Finding, Observation
from grader.numerics import distance_bound, normal_distance
from grader.plain import problem_from, problem_in
from grader.text import in_digits

# how many networks the probe builds for each check
SHAPES, WIDE = 3, 8
WEIGHT_STD = 0.1
BIAS_STDS = (0.1, 1.0)


@check(reads=["layers"], after=[mlp_loads])
def layer_shapes(observed: Observation) -> Finding:
    """Every layer has m x n weights and m biases"""
    hint = (
        "A layer of m neurons with n inputs needs an array of m x n weights and one of m biases; n is the width of the layer "
        "before it, or d for the first layer."
    )
    for record in observed.data.get("shapes", []):
        net = from_evidence(record)
        if problem := problem_in(record):
            return stumbled(f"network {net} could not be built", problem)
        readings = {
            way: vector for way, vector in record["readings"].items() if way != "attributes" or record["flat_biases"]
        }
        complaints = {way: _misshapen(net, unflatten(net, vector)) for way, vector in readings.items()}
        if not complaints and (problem := problem_from(record.get("forward"))):
            return stumbled(
                f"network {net}: no arrays of m x n weights and m biases were found on the object, and forward cannot be asked",
                problem,
            )
        if not complaints:
            return failed(
                f"network {net}: forward does not use m x n weights and m biases in each layer, and no arrays of these shapes "
                "were found on the object",
                hint=hint,
            )
        if all(complaints.values()):
            return failed(f"network {net}: {next(iter(complaints.values()))}", hint=hint)
    if len(observed.data.get("shapes", [])) < SHAPES:
        return _unbuilt(observed, hint)
    return passed()


def _unbuilt(observed: Observation, hint: str) -> Finding:
    if observed.problem:
        return stumbled("networks could not be built", observed.problem)
    return failed("networks could not be built: nothing was seen", hint=hint)


def _misshapen(net: Network, parameters: Parameters) -> str:
    for index, (W, b) in enumerate(parameters, start=1):
        if np.any(W) and not np.all(W):
            return f"layer {index} ignores some of its inputs: weight {_where(W == 0)} is 0"
        if len(b) > 1 and np.all(b == b[0]) and b[0] != 0:
            return f"the neurons of layer {index} share one bias"
        if len(W) > 1 and np.any(W) and np.allclose(W, W[0], rtol=1e-9, atol=0):
            return f"the neurons of layer {index} share their weights"
    return ""


def _where(mask: Array) -> str:
    return str([int(i) for i in np.argwhere(mask)[0]])


@check(reads=["layers"], after=[mlp_loads], thresholds=["chance"])
def initialisation(observed: Observation, *, chance: float) -> Finding:
    """Parameters are drawn as asked and follow np.random.seed"""
    hint = "Draw with np.random.randn; multiply the weights by 0.1. Do not call np.random.seed in your class."
    records = observed.data.get("wide", [])
    if len(records) < WIDE:
        return _unbuilt(observed, hint)
    if problem := next((p for record in records if (p := problem_in(record))), None):
        return stumbled("networks could not be built", problem)
    ways = [way for way in WAYS if all(way in record["readings"] for record in records)]
    if not ways:
        said, hint = (
            "the parameters could not be read",
            "Get the shapes of the layers and the forward pass right first.",
        )
        return blocked(said, hint=hint, explained_by=[layer_shapes])
    complaints = [_complain(records, way, chance) for way in ways]
    return failed(complaints[0], hint=hint) if all(complaints) else passed()


def _complain(records: Sequence[BuiltRecord], way: str, chance: float) -> str:
    vectors = [record["readings"][way] for record in records]
    if complaint := _seeding(vectors[:4]) or _seeding(vectors[4:]):
        return complaint
    broad, deep = (unflatten(from_evidence(records[i]), vectors[i]) for i in (0, 4))
    return _distribution(broad, chance) or _distribution(deep, chance) or _independence(deep)


def _seeding(vectors: Sequence[Array]) -> str:
    first, again, other, unseeded = vectors
    if np.array_equal(first, other) or np.array_equal(other, unseeded):
        return "every network gets the same parameters, whatever np.random.seed was set to"
    if not np.array_equal(first, again):
        return "two networks built after the same np.random.seed differ"
    return ""


def _distribution(parameters: Parameters, chance: float) -> str:
    weights = np.concatenate([W.ravel() for W, _ in parameters])
    biases = np.concatenate([b for _, b in parameters])
    if complaint := _not_normal("the weights", weights, (WEIGHT_STD,), chance):
        return complaint
    for index, (W, _) in enumerate(parameters, start=1):
        if complaint := _not_normal(
            f"the weights of layer {index} of {len(parameters)}", W.ravel(), (WEIGHT_STD,), chance
        ):
            return complaint
    return _not_normal("the biases", biases, BIAS_STDS, chance)


def _not_normal(what: str, sample: Array, stds: Sequence[float], chance: float) -> str:
    """Return what is wrong with a sample that should be normal with one of these standard deviations, or nothing."""
    if not np.all(np.isfinite(sample)):
        return f"{what} hold NaN or inf"
    bound = distance_bound(sample.size, chance=chance)
    if any(normal_distance(sample, std=std) <= bound for std in stds):
        return ""
    if np.all(sample == sample[0]):
        return f"{what} are all {in_digits(float(sample[0]))}, expected random numbers"
    got, mean, want = float(np.std(sample)), float(np.mean(sample)), " or ".join(map(in_digits, stds))
    if abs(mean) > 5 * got / np.sqrt(sample.size) + 1e-3:
        return f"{what} have mean {in_digits(mean)}, expected 0"
    if all(abs(got / std - 1) > 5 / np.sqrt(2 * sample.size) for std in stds):
        return f"{what} have standard deviation {in_digits(got)}, expected {want}"
    return f"{what} have the right standard deviation but are not normally distributed"


def _independence(parameters: Parameters) -> str:
    for (i, (W, b)), (k, (V, c)) in combinations(enumerate(parameters, start=1), 2):
        correlation = abs(float(np.corrcoef(W.ravel(), V.ravel())[0, 1]))
        # six standard deviations of what independent layers show
        if correlation > 6 / np.sqrt(W.size) or np.array_equal(b, c):
            return f"layers {i} and {k} have the same or related parameters, expected independent ones"
    return ""
