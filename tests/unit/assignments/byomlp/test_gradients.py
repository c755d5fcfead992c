"""Gradients block by block: what backward has left on the object, and what belongs to another forward pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.byomlp.backward.checks import gradients_match
from grader.assignments.byomlp.backward.gradients import gathered, measure, unapplied
from grader.assignments.byomlp.network.networks import Layer, Network, flatten, gradients, unflatten
from grader.model import Array, Observation, Verdict

NET = Network(3, (Layer(2, "logistic", "one"), Layer(1, "identity", "two")), "squared")
RNG = np.random.default_rng(3)
VECTOR, X, Y = RNG.standard_normal(11), RNG.standard_normal(3), RNG.standard_normal(1)
NOT_WRITTEN = {"kind": "raised", "message": "NotImplementedError: write MLP.step", "where": "mlp.py line 88, in step"}


def right() -> Array:
    return flatten(gradients(NET, unflatten(NET, VECTOR), X, Y))


def seen(gradient: Array, *, problem: Any = None, before: dict[str, Array] | None = None) -> dict[str, Any]:
    """Return what is seen of one example when backward leaves this gradient, and step applies it or ends in an error."""
    before = before or {"names": VECTOR}
    flat = [block for pair in unflatten(NET, gradient) for block in pair]
    filled = {f"self.grads[{k}]": array for k, array in enumerate(flat)}
    after = {way: vector - (0 if problem else gradient) for way, vector in before.items()}
    step = {"alpha": 1.0, "problem": problem, "after": after}
    return {"x": X, "y": Y, "backward": None, "before": before, "filled": filled, "steps": [step]}


def test_what_backward_has_left_is_put_together_by_shapes() -> None:
    (W, b), (V, c) = unflatten(NET, right())
    filled = {"a": V.T, "b": c, "c": W.T, "d": b}
    assert np.array_equal(gathered(NET, filled), flatten([(W, b), (V, c)]))


def test_a_block_that_is_nowhere_is_nan() -> None:
    (W, b), _ = unflatten(NET, right())
    assert np.isnan(gathered(NET, {"W": W, "b": b})[-1])


def test_where_step_raises_the_arrays_are_looked_at() -> None:
    example = seen(right(), problem=NOT_WRITTEN)
    assert unapplied(example)  # type: ignore[arg-type]
    assert measure(NET, example, "names").right  # type: ignore[arg-type]


def judged(*examples: dict[str, Any], otherwise: bool = False) -> Any:
    record = {"network": NET.as_data(), "problem": None, "way": "names", "otherwise": otherwise, "objects": examples}
    return gradients_match.judge(Observation("backward", {"networks": [record]}))


def test_a_wrong_gradient_beside_a_step_that_is_not_written_is_told_as_a_wrong_gradient() -> None:
    finding = judged(seen(2 * right(), problem=NOT_WRITTEN))
    assert finding.verdict is Verdict.FAILED
    assert "since step is not written yet" in finding.message
    assert finding.diagnosis == "gradient_scaled"


def test_a_gradient_that_belongs_to_what_forward_uses_keeps_its_points() -> None:
    used = flatten([(np.abs(W), b) for W, b in unflatten(NET, VECTOR)])
    (W, b), (V, c) = unflatten(NET, used)
    h = 1 / (1 + np.exp(-(W @ X + b)))
    g = V @ h + c - Y
    kept = unflatten(NET, VECTOR)[1][0]
    back = (kept.T @ g) * h * (1 - h)
    gradient = flatten([(np.outer(back, X), back), (np.outer(g, h), g)])
    example = seen(gradient, before={"names": used, "attributes": VECTOR})
    assert judged(example, otherwise=True).verdict is Verdict.PASSED
    assert judged(seen(gradient)).verdict is Verdict.FAILED
