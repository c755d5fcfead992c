"""Judging step against the gradients that the student's own code has accumulated before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.gradients import blocks, change, difference, holding, holds, same
from grader.assignments.byomlp.backward.update_runs import (
    NO_NUMBER,
    NUMBERS_FIRST,
    every_network,
    exact_of,
    leaves_no_number,
    moves,
    problems_in,
    true_sum,
)
from grader.assignments.byomlp.backward.updates_probe import UpdatesRecord
from grader.assignments.byomlp.forward.loading_checks import mlp_loads
from grader.assignments.byomlp.network.networks import Network
from grader.assignments.byomlp.network.stumbles import stumbled
from grader.checks import blocked, check, failed
from grader.model import Array, Finding, Observation
from grader.text import in_digits


@check(reads=["updates"], after=[mlp_loads])
def step_descends(observed: Observation) -> Finding:
    """step subtracts alpha times the gradients from all parameters"""
    return every_network(observed, _descends)


def _descends(net: Network, record: UpdatesRecord, way: str) -> Finding | None:
    hint = "step(alpha) subtracts alpha times the accumulated gradient from every weight and every bias, and clears nothing."
    run, exact = record["steps"], exact_of(record, way)
    if problem := problems_in(record["first"], run):
        return stumbled("step could not be tested", problem)
    if leaves_no_number(record["first"], way):
        return blocked(NO_NUMBER, hint=NUMBERS_FIRST, explained_by=[gradients_match])
    moved = [change(run, way, step=index) for index in range(3)]
    if not np.all(np.isfinite(moved)):
        return failed("after step the parameters cannot be read any more, or hold NaN", hint=hint)
    gradient = _expected_gradient(net, record, way)
    one, two = moves(record["first"], way), moves(record["second"], way)
    if gradient is None and not np.any(moved[0]) and not np.any(one):
        said = "backward leaves no gradient that step could use"
        return blocked(said, hint=NUMBERS_FIRST, explained_by=[gradients_match])
    if gradient is None:
        if _goes_uphill(net, record, way, moved[0]):
            return failed(
                "step adds the gradient to the parameters: the loss rises", hint=hint, diagnosis="step_goes_uphill"
            )
        gradient = _own_gradient(net, record, moved[0], (one + two, two), exact)
    wanted = [0.25 * gradient, 0.5 * gradient, 0 * gradient]
    for got, want in zip(moved, wanted, strict=True):
        if not _agrees(net, got, want, gradient, exact):
            return _explain_step(net, moved, gradient, hint, exact)
    return None


def _agrees(net: Network, got: Array, want: Array, gradient: Array, exact: float) -> bool:
    return all(
        float(np.max(np.abs(got[block.where] - want[block.where])))
        <= exact * max(1e-3, float(np.max(np.abs(gradient[block.where]))))
        for block in blocks(net)
    )


def _expected_gradient(net: Network, record: UpdatesRecord, way: str) -> Array | None:
    """Return the sum of the true gradients of both examples if the object's arrays are seen to hold it, else None."""
    run = record["steps"]
    total = true_sum(net, record, run, (0, 1), way)
    if total is None or not holds(net, run["filled"], total, bound=exact_of(record, way)):
        return None
    return total


def _own_gradient(net: Network, record: UpdatesRecord, moved: Array, sums: Sequence[Array], exact: float) -> Array:
    """Return what step seems to have had before it, block by block, where the true gradient is not seen on the object.

    That is what moved, if an array holds just that, or one of the sums of the student's own gradients: of both examples, or
    the last one alone where gradients do not accumulate.
    """
    gradient = sums[0].copy()
    for block in blocks(net):
        seen = 4 * moved[block.where]
        candidates = [total[block.where] for total in sums]
        fits = [each for each in candidates if np.allclose(seen, each, rtol=exact, atol=1e-9)]
        if fits:
            gradient[block.where] = fits[0]
        elif holding(block, record["steps"]["filled"], 4 * moved, bound=exact) or not np.all(np.isfinite(sums)):
            gradient[block.where] = seen
    return gradient


def _goes_uphill(net: Network, record: UpdatesRecord, way: str, moved: Array) -> bool:
    run, exact = record["steps"], exact_of(record, way)
    total = true_sum(net, record, run, (0, 1), way)
    if total is None or not same(net, moved, -0.25 * total, bound=exact):
        return False
    return not holds(net, run["filled"], -total, bound=exact)


def _explain_step(net: Network, moved: Sequence[Array], gradient: Array, hint: str, exact: float) -> Finding:
    once = moved[0]
    if _agrees(net, once, -0.25 * gradient, gradient, exact):
        return failed(
            "step adds the gradient to the parameters: the loss rises", hint=hint, diagnosis="step_goes_uphill"
        )
    if not np.any(once):
        return failed("step(0.25) leaves every parameter as it was", hint=hint, diagnosis="step_does_nothing")
    still = [block for block in blocks(net) if not np.any(once[block.where]) and np.any(gradient[block.where])]
    if still:
        diagnosis = "step_forgets_biases" if {block.kind for block in still} == {"b"} else ""
        return failed(f"step does not change: {', '.join(map(str, still))}", hint=hint, diagnosis=diagnosis)
    if _agrees(net, once, gradient, gradient, exact):
        return failed("step(0.25) moves as far as step(1.0)", hint=hint, diagnosis="step_ignores_alpha")
    if _agrees(net, once, 0.25 * gradient, gradient, exact) and _agrees(
        net, moved[1], 0.25 * gradient, gradient, exact
    ):
        return failed(
            "a second step(0.25) no longer moves: step has cleared the gradients", hint=hint, diagnosis="step_clears"
        )
    if _agrees(net, once, 0.25 * gradient, gradient, exact):
        return failed("the first step is right, but the next one changes the parameters by a wrong amount", hint=hint)
    factor = float(once @ gradient / (0.25 * gradient @ gradient))
    if _agrees(net, once, 0.25 * factor * gradient, gradient, exact):
        message = f"step(0.25) goes {in_digits(factor)} of the way that is 0.25 times the gradient"
        return failed(message, hint=hint, diagnosis="step_scaled")
    return failed(f"step(0.25): the {difference(net, once / 0.25, gradient)}", hint=hint)
