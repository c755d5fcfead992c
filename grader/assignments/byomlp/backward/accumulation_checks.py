"""Judging accumulation and zero_grad against the student's own gradients, so that no error is paid for twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.gradients import blocks, by_role, difference, same
from grader.assignments.byomlp.backward.update_runs import (
    NO_NUMBER,
    NUMBERS_FIRST,
    accumulators_of,
    every_network,
    exact_of,
    is_true_sum,
    leaves_no_number,
    moves,
)
from grader.assignments.byomlp.backward.updates_probe import UpdatesRecord
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.network.networks import Network
from grader.assignments.byomlp.network.snapshots import RunRecord
from grader.assignments.byomlp.network.stumbles import stumbled
from grader.checks import blocked, check, failed
from grader.kits.patterns import named
from grader.model import Array, Finding, Observation
from grader.plain import problem_from


@check(reads=["updates"], after=[mlp_loads])
def gradients_accumulate(observed: Observation) -> Finding:
    """Gradients add up over examples until they are cleared"""
    return every_network(observed, _accumulates)


def _accumulates(net: Network, record: UpdatesRecord, way: str) -> Finding | None:
    hint = "backward adds to what is there (`+=`): three calls without zero_grad hold the sum of three gradients."
    exact = exact_of(record, way)
    first, second, both = record["first"], record["second"], record["both"]
    if problem := problem_from(second["backward"] or both["backward"]):
        return stumbled("backward fails when it is called again", problem, hint=hint)
    if leaves_no_number(first, way):
        return blocked(NO_NUMBER, hint=NUMBERS_FIRST, explained_by=[gradients_match])
    one, two, got = (moves(run, way) for run in (first, second, both))
    want = 2 * one + two
    visible = bool(np.any(one)) and np.all(np.isfinite(want))
    held = accumulators_of(net, record, way)
    if not visible and held is None:
        return blocked(
            "backward leaves no gradient that could add up", hint=NUMBERS_FIRST, explained_by=[gradients_match]
        )
    added = visible and (same(net, got, want, bound=exact) or is_true_sum(net, record, both, (0, 1, 0), way))
    if not added and not (held and _arrays_add_up(record, held, exact)):
        finding = _explain_sum(net, one, got, want, hint, exact)
        return named(finding, lambda: by_role(net, got, want))
    return _untouched(net, record, way, one)


def _arrays_add_up(record: UpdatesRecord, accumulators: Sequence[Sequence[str]], exact: float) -> bool:
    first, second, both = (run["filled"] for run in (record["first"], record["second"], record["both"]))
    return all(
        any(
            path in second
            and path in both
            and np.allclose(both[path], 2 * first[path] + second[path], rtol=exact, atol=1e-9)
            for path in paths
        )
        for paths in accumulators
    )


def _explain_sum(net: Network, one: Array, got: Array, want: Array, hint: str, exact: float) -> Finding:
    if same(net, got, one, bound=exact):
        message = "after three examples only the gradient of the last one is there"
        return failed(message, hint=hint, diagnosis="gradient_overwritten")
    if same(net, got, want / 3, bound=exact):
        message = "after three examples the mean of their gradients is there, expected the sum"
        return failed(message, hint=hint, diagnosis="gradient_averaged")
    if same(net, got, one / 4 + want / 2, bound=exact):
        # halved with every call, the first as well: that is why the gradient of one example is half of what it should be
        message = "backward leaves the mean of what was there and the new gradient, expected their sum"
        return failed(message, hint=hint, diagnosis="gradient_averaged", explained_by=[gradients_match])
    found = difference(net, got, want)
    only_last = [block for block in blocks(net) if not _same_block(got, want, block.where, exact)]
    if only_last and all(_same_block(got, one, block.where, exact) for block in only_last):
        names = ", ".join(map(str, only_last))
        message = f"after three examples only the gradient of the last one is there for: {names}"
        return failed(message, hint=hint, diagnosis="gradient_overwritten")
    return failed(f"after three examples the {found}, the sum of the three", hint=hint)


def _untouched(net: Network, record: UpdatesRecord, way: str, one: Array) -> Finding | None:
    """A training loop hands over the same arrays in every epoch: they must not change, but for what forward does to x."""
    held, example, exact = record["held"], record["examples"][0], exact_of(record, way)
    hint = "Copy {0} before you change it: the training loop hands over the same arrays again."
    x, y, z = (answer["value"] for answer in (held["x"], held["y"], held["after_forward"]))
    if y is not None and not np.array_equal(np.ravel(y), example["y"]):
        return failed(
            "backward changes the array y that it is given", hint=hint.format("y"), diagnosis="label_modified"
        )
    forward_changes = z is None or not np.array_equal(z, example["x"])
    if x is not None and not np.array_equal(x, example["x"]) and not forward_changes:
        return failed(
            "backward changes the array x that it is given", hint=hint.format("x"), diagnosis="input_modified"
        )
    if held["problem"] or forward_changes or not np.any(one):
        return None
    before, after = held["before"].get(way), held["after"].get(way)
    if (
        before is None
        or after is None
        or same(net, before - after, 2 * one, bound=exact)
        or _step_is_odd(net, record, way)
    ):
        return None
    if not np.array_equal(before, record["first"]["before"][way]):
        # the parameters do not follow the seed: the runs cannot be compared
        return None
    odd = "What backward adds may depend on the example and the parameters only: is anything kept from the call before?"
    return failed("the same example twice does not give twice its gradient", hint=odd)


def _step_is_odd(net: Network, record: UpdatesRecord, way: str) -> bool:
    exact = exact_of(record, way)
    one, two, got = (moves(run, way) for run in (record["first"], record["second"], record["both"]))
    return not same(net, got, 2 * one + two, bound=exact)


@check(reads=["updates"], after=[mlp_loads])
def zero_grad_clears(observed: Observation) -> Finding:
    """zero_grad clears the gradients of weights and biases"""
    return every_network(observed, _clears)


def _clears(net: Network, record: UpdatesRecord, way: str) -> Finding | None:
    hint = "zero_grad sets the accumulators of all layers back to zero, those of the weights and those of the biases."
    exact = exact_of(record, way)
    cleared, again = record["cleared"], record["cleared_then_second"]
    if problem := problem_from(cleared["backward"] or again["backward"]):
        return stumbled("backward, zero_grad, backward fails", problem)
    if leaves_no_number(record["first"], way):
        return blocked(NO_NUMBER, hint=NUMBERS_FIRST, explained_by=[gradients_match])
    one, two = moves(record["first"], way), moves(record["second"], way)
    stays, got = moves(cleared, way), moves(again, way)
    held = accumulators_of(net, record, way)
    if not np.any(one) and held is None:
        said = "backward leaves no gradient that could be cleared"
        return blocked(said, hint=NUMBERS_FIRST, explained_by=[gradients_match])
    # step straight after zero_grad may fail: accumulators may be None until the next backward
    step_failed = bool(cleared["steps"][0]["problem"])
    if not step_failed and not np.allclose(stays, 0, atol=1e-12) and not (held and _arrays_cleared(cleared, held)):
        still = [block for block in blocks(net) if not np.allclose(stays[block.where], 0, atol=1e-12)]
        kept = [block for block in still if _same_block(stays, one, block.where, exact)]
        verb = "still holds a gradient" if kept == still else "moves in the next step"
        names = ", ".join(map(str, still))
        diagnosis = _named(still, net) if kept == still else ""
        return failed(f"after zero_grad {verb}: {names}", hint=hint, diagnosis=diagnosis)
    alone = same(net, got, two, bound=exact) or is_true_sum(net, record, again, (1,), way)
    if np.any(one) and not alone and not _step_fails(record):
        return failed(f"after zero_grad and another backward the {difference(net, got, two)}", hint=hint)
    if not np.any(one) and held and not _arrays_restart(record, held, exact):
        return failed("after zero_grad the old gradient is still in the object's arrays", hint=hint)
    return None


def _same_block(left: Array, right: Array, where: slice, exact: float) -> bool:
    return bool(np.allclose(left[where], right[where], rtol=exact, atol=1e-9))


def _named(still: Sequence[Any], net: Network) -> str:
    kinds = {block.kind for block in still}
    if kinds == {"b"}:
        return "zero_grad_forgets_biases"
    if kinds == {"W"}:
        return "zero_grad_forgets_weights"
    return "zero_grad_does_nothing" if len(still) == len(list(blocks(net))) else ""


def _arrays_cleared(run: RunRecord, accumulators: Sequence[Sequence[str]]) -> bool:
    """Tell whether an accumulator of each block is empty: then it is step that moves without a gradient."""
    return all(any(not np.any(run["filled"].get(path, 0.0)) for path in paths) for paths in accumulators)


def _step_fails(record: UpdatesRecord) -> bool:
    """Tell whether step raises after all: then nothing has moved, and that says nothing about zero_grad."""
    return bool(record["cleared_then_second"]["steps"][0]["problem"])


def _arrays_restart(record: UpdatesRecord, accumulators: Sequence[Sequence[str]], exact: float) -> bool:
    second, again = record["second"]["filled"], record["cleared_then_second"]["filled"]
    return all(
        any(
            path in second and path in again and np.allclose(again[path], second[path], rtol=exact, atol=1e-9)
            for path in paths
        )
        for paths in accumulators
    )
