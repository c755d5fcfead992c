"""Losses that no criterion has measured are read from outputs and the gradients that went back for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.assignments.modules.inside.slopes import Slopes
from grader.assignments.modules.main.by_hand import loss_by_slope, with_losses
from grader.model import Array

Y = np.eye(3)[[0, 2, 1, 1]]
P = np.random.default_rng(3).dirichlet(np.ones(3), 4)
LOSS = -np.log(P[Y > 0]).mean()


@pytest.mark.parametrize(
    ("output", "slope", "loss"),
    [
        (P, -Y / P, LOSS),
        (P, -Y / P / 4, LOSS),
        (np.log(P), -Y / 4, LOSS),
        (np.log(P) + 5, (P - Y) / 4, LOSS),
        (np.log(P) + 5, P - Y, LOSS),
        (P, 2 * (P - Y), np.nan),
        (np.log(P) + 5, 2 * (np.log(P) + 5 - Y), np.nan),
        (P, Y / P, np.nan),
        (5 * P, -Y / P, np.nan),
        (P, np.ones((2, 3)), np.nan),
        (P[:0], Y[:0], np.nan),
    ],
    ids=[
        *("sum", "mean", "logarithms", "softmax", "softmax-sum"),
        *("squares", "squares-of-any", "rising", "no-probabilities", "shape", "no-rows"),
    ],
)
def test_a_loss_computed_by_hand_is_known_by_its_slope(output: Any, slope: Any, loss: float) -> None:
    with np.errstate(all="ignore"):
        assert loss_by_slope(output, slope) == pytest.approx(loss, nan_ok=True)


def known(outputs: list[Array], losses: Array) -> Array:
    slopes = Slopes()
    for output in outputs:
        slopes.add(output, -Y / output / 4)
    told: dict[str, Any] = {"slopes": slopes.as_array(), "slopes_every": slopes.every, "losses": losses}
    return with_losses(told)["losses"]  # type: ignore[arg-type]


def test_every_pass_that_was_kept_has_its_loss() -> None:
    assert known([P, P[::-1]], np.full(2, np.nan)) == pytest.approx([LOSS, -np.log(P[::-1][Y > 0]).mean()], rel=1e-5)


def test_losses_that_a_criterion_has_told_stay() -> None:
    assert known([P], np.array([np.nan, 0.5]))[1] == 0.5


def test_a_network_whose_criterion_was_asked_has_no_slopes() -> None:
    assert known([], np.zeros(0)).size == 0
