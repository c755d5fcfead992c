"""Judging start and end: every stretch of layers, against the student's own forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from grader.assignments.byomlp.forward.answers import (
    HINT_FORWARD,
    agrees,
    first_problem_of,
    forward_mistake,
    made,
    mistake_by_name,
    nothing_seen,
    seen_until,
    unless_cut_short,
)
from grader.assignments.byomlp.forward.checks import forward_values, output_shapes
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.forward.mistakes import Pass
from grader.assignments.byomlp.forward.probes import CompositionRecord, ForwardRecord
from grader.assignments.byomlp.network.naming import NOWHERE
from grader.assignments.byomlp.network.networks import Network, Parameters, forward, unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.assignments.byomlp.network.stumbles import stumbled
from grader.checks import blocked, check, failed
from grader.kits.mistakes import Mistake
from grader.model import Array, Finding, Observation
from grader.numerics import worst_entry
from grader.plain import problem_in
from grader.text import at_entry, counted

# (input, start, end) -> output
OwnForward = Callable[[Array, int, int | None], Array]


@check(reads=["forward"], after=[mlp_loads])
def start_and_end(observed: Observation) -> Finding:
    """start and end select layers, alone and together"""
    if not observed.data.get("networks"):
        return nothing_seen(observed)
    judged = 0
    records = seen_until(observed, "compositions")
    seen = [found for record in records if not record["problem"] and (found := forward_mistake(record))]
    mistakes = {mistake.id: mistake for mistake in seen}
    for record in records:
        net = from_evidence(record)
        if problem := problem_in(record):
            return stumbled(f"network {net} could not be built", problem)
        if net.naming.how == NOWHERE:
            return failed(
                "add_layer takes no name, so forward cannot know which layer start and end are",
                hint="Give add_layer a fourth argument, name=None, and keep it: start and end are names of layers.",
                diagnosis="layers_without_names",
            )
        understood = _forwards_of(record, mistakes.values())
        if not understood and not record["compositions"]:
            continue
        judged += 1
        findings = [_wrong_parts(net, record, own) for own in understood]
        findings = findings or [_wrong_compositions(net, record["compositions"])]
        if all(findings):
            return next(finding for finding in findings if finding)
    waits_for = next((problem for record in records if (problem := first_problem_of(record))), None)
    if not judged and not observed.problem and waits_for:
        return stumbled("start and end cannot be tested before forward works", waits_for)
    if not judged and not observed.problem:
        return blocked("start and end cannot be tested before forward works", hint=HINT_FORWARD)
    return unless_cut_short(observed)


def _forwards_of(record: ForwardRecord, mistakes: Iterable[Mistake[Pass]]) -> list[OwnForward]:
    """Return what the student's own forward pass may be, as mathematics; nothing when it is not understood.

    It is the right one, or one with a mistake that shows in this network or in another: an output that happens to be
    positive does not tell whether a leaky ReLU was applied to it.
    """
    net = from_evidence(record)
    found: list[OwnForward] = []
    if record["way"] and not mistake_by_name(record):
        parameters = unflatten(net, record["readings"][record["way"]])
        found.append(partial(_right_forward, net, parameters))
    for mistake, vector in product(mistakes, record["readings"].values()):
        parameters = unflatten(net, vector)
        if any(made(record, parameters, [mistake])):
            # a mistake of the last layer may be one of the last that runs
            found += [partial(_wrong_forward, net, parameters, mistake, stops=stops) for stops in (False, True)]
    return found


def _right_forward(net: Network, parameters: Parameters, x: Array, start: int, end: int | None) -> Array:
    return forward(net, parameters, x, start=start, end=end)


def _wrong_forward(
    net: Network, parameters: Parameters, mistake: Mistake[Pass], x: Array, start: int, end: int | None, *, stops: bool
) -> Array:
    return mistake.gives(Pass(net, parameters, x, start, end, stops))


def _wrong_parts(net: Network, record: ForwardRecord, own: OwnForward) -> Finding | None:
    for part in record["parts"]:
        start, end = part["start"], part["end"]
        chosen = {"start": start, "end": end}
        asked = ", ".join(f'{key}="layer {index + 1}"' for key, index in chosen.items() if index is not None)
        hint = (
            "start: x is fed into that layer, so it is the first one that runs. end: that layer still runs, and its output "
            "is returned. Either may be given without the other."
        )
        if problem := problem_in(part["output"]):
            return stumbled(f"forward(x, {asked}) of {net} gave no output", problem, hint=hint)
        want = own(part["input"], start or 0, end)
        got = part["output"]["value"]
        if got is None or got.size != want.size:
            size = "no numbers" if got is None else counted(got.size, "number")
            return failed(f"forward(x, {asked}) of {net} returned {size}, expected {want.size}", hint=hint)
        if not agrees(got.ravel(), want):
            worst = worst_entry(np.asarray(got, dtype=np.float64).ravel(), want)
            where = f"forward(x, {asked}) of {net}: output "
            return failed(at_entry(where, worst.index, worst.got, worst.want), hint=hint)
    return None


def _wrong_compositions(net: Network, compositions: Sequence[CompositionRecord]) -> Finding | None:
    """Where forward is wrong in an unknown way, its parts must at least fit together: start after end is the whole."""
    for each in compositions:
        where = f"layer {each['split'] + 1}"
        hint = "forward(forward(x, end=one layer), start=the next layer) has to give the same as forward(x)."
        for answer in (each["first"], each["second"], each["whole"]):
            if problem := problem_in(answer):
                # what forward returns is fed into it again
                said = f'forward of {net} with end="{where}" or start after it'
                return replace(stumbled(said, problem), explained_by=(output_shapes.name,))
        first, second, whole = (each[key]["value"] for key in ("first", "second", "whole"))
        fits = first is not None and first.size == net.widths[each["split"] + 1]
        if not fits or second is None or whole is None or second.size != whole.size or not agrees(second, whole):
            return failed(
                f"network {net}: going up to {where} and then through the rest gives another output than all at once",
                hint=hint,
                explained_by=[forward_values],
            )
    return None
