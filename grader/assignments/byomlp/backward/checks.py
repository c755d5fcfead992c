"""Judging gradients: against central differences, or, where forward is wrong, against the student's own forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.assignments.byomlp.backward.diagnosis import diagnose
from grader.assignments.byomlp.backward.gradients import (
    TOLERANCE,
    Measured,
    blocks,
    by_role,
    change,
    difference,
    is_single,
    measured,
    tolerance,
    unapplied,
)
from grader.assignments.byomlp.backward.probes import GradientRecord, OwnForwardRecord
from grader.assignments.byomlp.forward.checks import forward_values
from grader.assignments.byomlp.forward.initialisation_checks import layer_shapes
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.network.networks import unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.network.stumbles import is_unwritten, stumbled
from grader.checks import check, failed, passed
from grader.kits.patterns import named
from grader.model import Finding, HeatMaps, Observation, Problem
from grader.plain import problem_from, problem_in

# how well the movement along the own gradients has to agree with them, relative to the largest of all pairs
OWN_AGREES = 1e-5


@check(reads=["backward"], after=[mlp_loads])
def gradients_match(observed: Observation) -> Finding:
    """Gradients agree with central differences in every entry"""
    records = observed.data.get("networks", [])
    if problem := _first_problem(observed, records):
        return _broken_off(problem, records)
    if not records:
        return failed("backward could not be tested: no network could be built", hint=_HINT)
    examples = [ways for record in records for ways in measured(record)]
    if not all(examples):
        return failed(
            "the parameters could not be read, so no gradient could be compared",
            hint="Each layer needs a 2-D weight array and a 1-D bias array that forward uses: get the forward pass right first.",
            explained_by=[layer_shapes, forward_values],
        )
    chosen = [max(ways, key=lambda each: each.right + each.held) for ways in examples]
    if all(each.right for each in chosen):
        return passed(_single_precision(chosen), margin=_margin(chosen))
    # only where forward is seen to use other parameters than the object holds
    otherwise = any(record.get("otherwise") for record in records)
    carried = otherwise and all(any(each.right or each.held or each.carried for each in ways) for ways in examples)
    if carried or _fits_own_forward(observed.data.get("own", [])):
        return passed(_CARRIED)
    if all(each.right or each.held for each in chosen):
        return passed("read from the object's arrays, because step does not apply them as it should")
    if all(each.uphill and not each.opposite_held for each in chosen):
        return passed("the gradient is right, but step adds it instead of subtracting it")
    wrong = [each for each in chosen if not each.right]
    finding = replace(_explain(wrong, chosen, _fate_of_step(records)), margin=_margin(chosen))
    return named(finding, lambda: (block for each in chosen for block in by_role(each.net, each.got, each.want)))


_CARRIED = "right for your own forward pass, though that one is wrong: the error is carried forward"
_HINT = "Try backward on one example of a network with a single layer, then print the gradients beside numerical ones."


def _broken_off(problem: Problem, records: Sequence[GradientRecord]) -> Finding:
    """Return the finding on a backward that ends in an error, with the mistake that explains it where it does run."""
    finding = stumbled("backward could not be tested", problem)
    whole = [record for record in records if not _problem_of(record)]
    found = diagnose([ways[0] for record in whole for ways in measured(record) if ways])
    if problem.message.startswith("ValueError"):
        # arrays do not fit together
        finding = replace(finding, explained_by=(layer_shapes.name,))
    if found is None or is_unwritten(problem):
        return finding
    return replace(
        finding, message=f"{finding.message}; on other networks it runs", hint=found.hint, diagnosis=found.id
    )


def _first_problem(observed: Observation, records: Sequence[GradientRecord]) -> Problem | None:
    return next((problem for record in records if (problem := _problem_of(record))), None) or observed.problem


def _problem_of(record: GradientRecord) -> Problem | None:
    if problem := problem_in(record):
        return problem
    for each in record["objects"]:
        stored = each["backward"] or (not each["filled"] and each["steps"] and each["steps"][0]["problem"])
        if problem := problem_from(stored or None):
            return problem
    return None


def _single_precision(chosen: Sequence[Measured]) -> str:
    return "computed in single precision (float32)" if any(is_single(each.net, each.vector) for each in chosen) else ""


def _fate_of_step(records: Sequence[GradientRecord]) -> str:
    """Return why gradients are not seen in what step does, or nothing."""
    problems = [
        problem_from(each["steps"][0]["problem"]) for record in records for each in record["objects"] if unapplied(each)
    ]
    if not problems:
        return ""
    return "is not written yet" if is_unwritten(problems[0]) else "ends in an error"


def _explain(wrong: Sequence[Measured], chosen: Sequence[Measured], step: str) -> Finding:
    # the smallest network that shows it is the easiest to follow by hand
    worst = min(wrong, key=lambda each: each.want.size)
    pictures = (_heat_maps(worst),)
    where = f"network {worst.net}, one example"
    if step:
        where = f"{where} (seen in the object's arrays, since step {step})"
    if step and np.any(np.isnan(worst.got)):
        return failed(
            f"{where}: there are no arrays of the shapes of all weights and biases that could be the gradient",
            hint="backward adds the gradients to arrays that it keeps on the object, one for each W and one for each b.",
            diagnosis="gradient_missing",
        )
    if not np.all(np.isfinite(worst.got)):
        return failed(f"{where}: the gradient holds NaN or inf", hint=_HINT, pictures=pictures)
    if all(not np.any(each.got) for each in wrong):
        return failed(
            "backward and then step(1.0) leave every parameter as it was",
            hint="backward adds the gradients to accumulators that step uses: check that it stores them on the object.",
            diagnosis="gradient_missing",
        )
    found = diagnose(chosen)
    message = f"{where}: {difference(worst.net, worst.got, worst.want)}"
    if found:
        return failed(message, hint=found.hint, diagnosis=found.id, pictures=pictures)
    if _error(worst) < TOLERANCE.single:
        hint = "The gradient is nearly right: look for rounding (float32 somewhere) or a small term that does not belong there."
        return failed(message, hint=hint, diagnosis="imprecise", pictures=pictures)
    return failed(message, hint=_HINT, pictures=pictures)


def _error(each: Measured) -> float:
    return difference(each.net, each.got, each.want).worst.error


def _margin(chosen: Sequence[Measured]) -> float:
    """Return how much of what they may be off the gradients are, at the most."""
    return max(_error(each) / tolerance(each.net, each.vector) for each in chosen)


def _heat_maps(each: Measured) -> HeatMaps:
    want, got = unflatten(each.net, each.want), unflatten(each.net, np.nan_to_num(each.got, posinf=0, neginf=0))
    panels = []
    for index, ((W, b), (W_got, b_got)) in enumerate(zip(want, got, strict=True), start=1):
        panels.append((f"W of layer {index}", W, W_got))
        panels.append((f"b of layer {index}", b, b_got))
    return HeatMaps(f"Gradient of one example, network {each.net}", tuple(panels))


def _fits_own_forward(own: Sequence[OwnForwardRecord]) -> bool:
    """Tell whether moving along the own gradients changes the own outputs as those gradients say, for every pair of examples."""
    return bool(own) and all(any(_fits(record, way) for way in ("names", "taps", "attributes")) for record in own)


def _fits(record: OwnForwardRecord, way: str) -> bool:
    net, objects = from_evidence(record), record["objects"]
    if any(way not in each["before"] or each["backward"] or each["steps"][0]["problem"] for each in objects):
        return False
    gradients = np.stack([change(each, way) for each in objects])
    if not np.all(np.isfinite(gradients)):
        return False
    if any(not np.any(gradients[:, block.where]) for block in blocks(net)):
        # a forward pass that does not depend on every parameter proves nothing
        return False
    moved = np.empty((len(objects), len(objects)))
    for j, each in enumerate(objects):
        if each["minus"] is None or each["plus"] is None or each["minus"].shape != record["Y"].shape:
            return False
        # `minus` was seen after the parameters went down along gradient j, `plus` after they went up
        moved[:, j] = np.sum(record["Y"] * (each["plus"] - each["minus"]), axis=1) / (2 * each["step"])
    products = gradients @ gradients.T
    scale = float(np.max(np.abs(products)))
    return scale > 0 and bool(np.max(np.abs(moved - products)) <= OWN_AGREES * scale)
