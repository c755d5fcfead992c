"""A kink within the step of a difference is nobody's mistake: the derivative is that of one side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments import find
from grader.assignments.modules.layers.sequential_checks import _wrong_deep
from grader.model import Array
from grader.numerics import STEP
from grader.pipeline import load_rubric
from kit import warm
from kit.kept import grade
from kit.planted import hand_in, styles

SLOPE = 0.01


def leaky(x: Array) -> Array:
    return np.where(x > 0, x, SLOPE * x)


def deep(x: Array, gradient: Array) -> dict[str, Any]:
    """Return what is seen of a network that is one LeakyReLU, gradInput included."""
    target = np.full(x.shape, 0.5)
    offsets = (STEP * np.eye(x.size)).reshape(x.size, *x.shape)
    answers = {"value": leaky(x), "problem": None}
    around = np.concatenate([leaky(x + offsets), leaky(x - offsets)]).reshape(2 * x.size, x.size)
    return {
        "criterion": "MSECriterion",
        "input": x,
        "target": target,
        "forward": answers,
        "loss": {"value": 0.0, "problem": None},
        "backward": {"value": gradient, "problem": None},
        "around": around,
    }


def gradient_at(x: Array) -> Array:
    """Return the gradient of the loss at `x`: nobody's step reaches over a kink here."""
    return 2 * (leaky(x) - 0.5) * np.where(x > 0, 1.0, SLOPE) / len(x)


# half a step before the kink, half a step behind it, far from it
NEAR = [np.array([[side * STEP / 2, 0.7], [-0.4, 1.2]]) for side in (-1, 1, 1e4)]


@pytest.mark.parametrize("x", NEAR, ids=["before", "behind", "far"])
def test_a_right_gradient_beside_a_kink_passes(x: Array) -> None:
    assert _wrong_deep(deep(x, gradient_at(x))) is None


@pytest.mark.parametrize("factor", [-1.0, 0.0, 1.01, 2.0])
@pytest.mark.parametrize("x", NEAR, ids=["before", "behind", "far"])
def test_a_wrong_gradient_does_not_pass_for_a_kink(x: Array, factor: float) -> None:
    assert _wrong_deep(deep(x, factor * gradient_at(x))) is not None


@pytest.mark.parametrize(("style", "seed"), [("einsum", 2_561_448_021), ("experiments", 1_355_173_297)])
def test_right_classes_pass_where_a_deep_network_comes_near_a_kink(style: str, seed: int, tmp_path: Any) -> None:
    hand_in(styles("modules")[style], tmp_path)
    assignment = find("modules")
    launcher = warm.launcher("code")
    report = grade(
        tmp_path,
        assignment,
        rubric=load_rubric(assignment),
        launcher=launcher,
        seed=seed,
        items=("sequential",),
    )
    assert report.score.marks.earned == report.score.marks.possible
