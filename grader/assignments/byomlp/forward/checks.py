"""Judging the shape and the values of what forward returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from grader.assignments.byomlp.forward.answers import (
    agrees,
    first_problem_of,
    forward_mistakes,
    held_in,
    mistake_by_name,
    no_output,
    nothing_seen,
    seen_until,
    stacked,
    unless_cut_short,
)
from grader.assignments.byomlp.forward.held_parameters import otherwise_used
from grader.assignments.byomlp.forward.initialisation_checks import layer_shapes
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.forward.probes import ForwardRecord
from grader.assignments.byomlp.network.networks import Network, Parameters, forward, unflatten
from grader.assignments.byomlp.network.random_networks import from_evidence
from grader.checks import check, failed
from grader.kits.patterns import Compared, named
from grader.model import Array, Finding, Observation
from grader.numerics import worst_entry
from grader.plain import PlainAnswer
from grader.text import at_entry, counted, shape


@check(reads=["forward"], after=[mlp_loads])
def output_shapes(observed: Observation) -> Finding:
    """forward returns a 1-D array, one number per neuron"""
    if not observed.data.get("networks"):
        return nothing_seen(observed)
    for record in seen_until(observed, "again"):
        net = from_evidence(record)
        if problem := first_problem_of(record):
            return no_output(net, problem)
        for answer in (*record["outputs"], *record["again"]):
            got, want = answer["value"], (net.widths[-1],)
            if answer["type"] != "numpy.ndarray" or got is None or got.shape != want:
                kind = _kind(answer)
                return failed(
                    f"forward of {net} returned {_article(kind)}, expected an array of shape {want}",
                    hint="x is 1-D, each bias is 1-D, and W h + b of 1-D arrays is 1-D again: print the shapes of W, h and b.",
                    explained_by=[layer_shapes],
                )
    return unless_cut_short(observed)


@check(reads=["forward"], after=[mlp_loads])
def forward_values(observed: Observation) -> Finding:
    """forward computes f(W h + b) layer by layer and leaves x as it is"""
    if not observed.data.get("networks"):
        return nothing_seen(observed)
    records = seen_until(observed, "way")
    for record in records:
        if finding := _wrong_values(record, records):
            return finding
    return unless_cut_short(observed)


def _wrong_values(record: ForwardRecord, records: Sequence[ForwardRecord]) -> Finding | None:
    net = from_evidence(record)
    if problem := first_problem_of(record):
        return no_output(net, problem)
    outputs = stacked(record["outputs"], net)
    if outputs is None:
        got, m = _article(_kind(record["outputs"][0])), net.widths[-1]
        return failed(
            f"forward of {net} returned {got} instead of {counted(m, 'number')}",
            hint="The last layer has one output for each of its neurons.",
            explained_by=[output_shapes],
        )
    readings = {way: unflatten(net, vector) for way, vector in record["readings"].items()}
    way = record["way"]
    if _is_another_function(record):
        found = _explain_values(net, record, outputs, readings, records)
        return named(found, lambda: _compared(records))
    held = [unflatten(net, each) for each in held_in(record)]
    if finding := otherwise_used(net, readings[way], held, record.get("seed")):
        return finding
    again = stacked(record["again"], net)
    before, after = record["inputs"][0], record["input_after"]["value"]
    if after is None or after.shape != before.shape or not np.array_equal(after, before):
        return failed(
            "forward changes the array x that it is given",
            hint="The caller still needs x: avoid `x *= ...`, `x += ...` and `x[...] = ...` on the input.",
            diagnosis="input_modified",
        )
    if again is None or not agrees(again, np.stack([outputs[0]] * len(again))):
        return failed(
            "forward gives another result when it is called again with the same input",
            hint="The result may depend on x and the parameters only, not on earlier calls.",
        )
    return None


def _is_another_function(record: ForwardRecord) -> bool:
    """Tell whether a network that gave outputs of the right size computes something else than layers of f(W h + b)."""
    net, way = from_evidence(record), record["way"]
    outputs = stacked(record["outputs"], net)
    if outputs is None:
        return False
    if not way or mistake_by_name(record):
        return True
    return not agrees(outputs, forward(net, unflatten(net, record["readings"][way]), record["inputs"]))


def _common_mistakes(records: Sequence[ForwardRecord]) -> set[str]:
    """Return the names of the known mistakes each of which explains every network that computes something else.

    A network whose parameters could not be read says nothing about it.
    """
    odd = [each for each in records if not first_problem_of(each) and each["readings"] and _is_another_function(each)]
    explanations = [{mistake.id for mistake, _ in forward_mistakes(each)} for each in odd]
    return set.intersection(*explanations) if explanations else set()


def _explain_values(
    net: Network,
    record: ForwardRecord,
    outputs: Array,
    readings: Mapping[str, Parameters],
    records: Sequence[ForwardRecord],
) -> Finding:
    if not np.all(np.isfinite(outputs)):
        return failed(
            f"forward of {net} returned NaN or inf",
            hint="Look for a division by zero, a logarithm of 0 or an overflow.",
        )
    common = _common_mistakes(records)
    if mistake := next((each for each, _ in forward_mistakes(record) if each.id in common), None):
        return failed(f"network {net}: {mistake.message}", hint=mistake.hint, diagnosis=mistake.id)
    if not readings:
        return failed(
            f"forward of {net} does not compute W h + b with its parameters",
            hint="For each layer: a = W h + b, then h = f(a). Try one layer with f the identity and compare by hand.",
        )
    want = forward(net, next(iter(readings.values())), record["inputs"])
    worst = worst_entry(outputs, want)
    return failed(
        at_entry(f"network {net}: output ", worst.index[1:], worst.got, worst.want),
        hint="For each layer: a = W h + b, then h = f(a), also for the last one. Try two layers and compare by hand.",
    )


def _compared(records: Sequence[ForwardRecord]) -> Iterator[Compared]:
    """Yield the outputs of every network that gave some, beside what its parameters make of the inputs."""
    for record in records:
        net = from_evidence(record)
        outputs = None if first_problem_of(record) else stacked(record["outputs"], net)
        if outputs is not None and record["readings"]:
            parameters = unflatten(net, next(iter(record["readings"].values())))
            role = "output" if len(net.layers) == 1 else "output of several layers"
            yield Compared(role, outputs, forward(net, parameters, record["inputs"]))


def _kind(answer: PlainAnswer) -> str:
    """Return what came back as a student reads it: its shape where it is an array, else its type."""
    value = answer["value"]
    return f"array of shape {shape(value)}" if value is not None and "ndarray" in answer["type"] else answer["type"]


def _article(kind: str) -> str:
    return "None" if kind == "NoneType" else f"an {kind}" if kind.startswith(tuple("aeiou")) else f"a {kind}"
