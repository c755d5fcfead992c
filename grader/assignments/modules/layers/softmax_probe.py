"""What is asked of SoftMax."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen, cast, observe_case
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase
from grader.sandbox import Session


class SoftMaxSeen(LayerSeen):
    """What was observed of SoftMax: some batches, inputs around 1000, and a batch as it is and with 1000 added to every entry."""

    cases: list[LayerCase]
    extreme: LayerCase
    shifted: list[LayerCase]


def softmax(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask SoftMax: ordinary batches, one row, float32, and inputs around 1000."""
    if not asking.begin(session, seen, "SoftMax"):
        return
    seed = int(rng.integers(2**31))
    n, d = int(rng.integers(3, 6)), int(rng.integers(3, 6))
    shapes: list[tuple[int, int, type]] = [
        (n, d, np.float64),
        (d, d, np.float64),
        (1, d, np.float64),
        (n, d, np.float32),
    ]
    seen["cases"] = []
    for rows, columns, dtype in shapes:
        x = cast(2 * rng.standard_normal((rows, columns)), dtype)
        grad = cast(rng.standard_normal((rows, columns)), dtype)
        seen["cases"].append(observe_case(session, "SoftMax", (), x, grad, seed))
    small = rng.standard_normal((4, d))
    x = small + np.array([1000.0, -1000.0, 800.0, 0.0])[:, None]
    x[3, 0], x[3, 1] = 1000.0, -1000.0
    seen["extreme"] = observe_case(session, "SoftMax", (), x, rng.standard_normal(x.shape), seed, differences=False)
    grad = rng.standard_normal(small.shape)
    seen["shifted"] = [
        observe_case(session, "SoftMax", (), small + shift, grad, seed, differences=False) for shift in (0.0, 1000.0)
    ]
    seen["done"] = True
    seen["trajectory"] = trajectory(session, "SoftMax", rng)
