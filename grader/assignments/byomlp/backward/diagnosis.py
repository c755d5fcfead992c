"""Finding the known mistake that explains a wrong gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.assignments.byomlp.backward.gradients import Measured, blocks, same
from grader.assignments.byomlp.backward.mistakes import MISTAKES
from grader.kits.mistakes import Diagnosis, explain
from grader.model import Array
from grader.text import in_digits

# a mistake counts as visible where it changes the gradient by more than this, and as matched below this
VISIBLE = 1e-4
MATCHED = 1e-5
ENOUGH = 3


def diagnose(examples: Sequence[Measured]) -> Diagnosis | None:
    """Return the mistake that explains every wrong gradient (and no right one away), or None."""
    finite = [each for each in examples if np.all(np.isfinite(each.got))]
    if not finite or all(each.right for each in finite):
        return None
    found = explain(finite, MISTAKES, matched=_matched, visible=_visible, enough=ENOUGH)
    return found.diagnosis if found else _scaled(finite) or _decayed(finite) or _clipped(finite)


def _matched(each: Measured, wrong: Array | None) -> bool:
    # where a mistake cannot be made, code that makes it does something else
    return wrong is None or same(each.net, each.got, wrong, bound=MATCHED)


def _visible(each: Measured, wrong: Array | None) -> bool:
    return wrong is not None and not same(each.net, wrong, each.want, bound=VISIBLE)


def _scaled(examples: Sequence[Measured]) -> Diagnosis | None:
    if not all(np.any(each.got) for each in examples):
        # a gradient that is 0 everywhere is no multiple of the right one
        return None
    factors = [float(each.got @ each.want / (each.want @ each.want)) for each in examples]
    if not all(same(e.net, e.got, f * e.want, bound=MATCHED) for e, f in zip(examples, factors, strict=True)):
        return None
    if max(factors) - min(factors) <= 1e-6 * max(map(abs, factors)):
        hint = f"The gradient is {in_digits(factors[0])} times what it should be, in every entry: look for an extra factor."
        return Diagnosis("gradient_scaled", hint)
    by_loss = {each.net.loss: factor for each, factor in zip(examples, factors, strict=True)}
    if all(abs(by_loss[each.net.loss] - factor) < 1e-6 for each, factor in zip(examples, factors, strict=True)):
        hint = "The gradient is right up to a factor that depends on the loss: use the est_lossderiv that the network was given."
        return Diagnosis("loss_derivative_hard_coded", hint)
    widths = [each.net.widths[-1] for each in examples]
    if all(abs(factor * m - 1) < 1e-6 for factor, m in zip(factors, widths, strict=True)):
        hint = "The gradient is divided by the number of outputs: est_lossderiv is right for each output already."
        return Diagnosis("gradient_averaged_over_outputs", hint)
    hint = "The direction of the gradient is right and its length is wrong, by another factor in each example: do not scale it."
    return Diagnosis("gradient_rescaled", hint)


def _decayed(examples: Sequence[Measured]) -> Diagnosis | None:
    """Recognise weight decay: a multiple of the weights (biases with or without) added to the gradient."""

    def weights(each: Measured, vector: Array) -> Array:
        return np.concatenate([vector[block.where] for block in blocks(each.net) if block.kind == "W"])

    for each in examples:
        W, excess = weights(each, each.vector), weights(each, each.got - each.want)
        rate = float(excess @ W / (W @ W))
        if abs(rate) < 1e-7 or np.max(np.abs(excess - rate * W)) > 1e-6:
            return None
    return Diagnosis(
        "weight_decay", "A multiple of the weights is added to the gradient: that is not part of the loss here."
    )


def _clipped(examples: Sequence[Measured]) -> Diagnosis | None:
    """Recognise gradients whose entries are cut off at one bound."""
    bound = max(float(np.max(np.abs(each.got))) for each in examples)
    if all(np.max(np.abs(each.got - np.clip(each.want, -bound, bound))) < 1e-6 for each in examples):
        return Diagnosis(
            "gradient_clipped", f"The entries of the gradient are cut off at {in_digits(bound)}: do not clip them."
        )
    return None
