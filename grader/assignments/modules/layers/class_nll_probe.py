"""What is asked of ClassNLLCriterion."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader import functions
from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import LayerCase
from grader.kits.layer_contract.answers import case_of
from grader.model import Array
from grader.sandbox import Session

NAME, PROBE = "ClassNLLCriterion", "class_nll_criterion"


class ClassNLLSeen(LayerSeen):
    """What was observed of the criterion: some batches, and one with probabilities of exactly 0 and 1."""

    cases: list[LayerCase]
    clamped: LayerCase


def class_nll_criterion(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask the criterion: ordinary batches, one row, float32, and probabilities of exactly 0 and 1."""
    if not asking.begin(session, seen, NAME):
        return
    n, k = int(rng.integers(4, 8)), int(rng.integers(3, 6))
    seed = int(rng.integers(2**31))
    seen["cases"] = []
    for rows, classes, dtype in ((n, k, np.float64), (1, k, np.float64), (n + 1, k + 1, np.float32)):
        p = functions.softmax(rng.standard_normal((rows, classes))).astype(dtype)
        target = np.eye(classes)[rng.integers(classes, size=rows)].astype(dtype)
        seen["cases"].append(_case(session, p, target, seed))
    p = np.eye(k)[rng.integers(k, size=4)]
    wrong = np.roll(p, 1, axis=1)
    seen["clamped"] = _case(session, p, np.concatenate([wrong[:2], p[2:]]), seed)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, NAME, rng)


def _case(session: Session, p: Array, target: Array, seed: int) -> LayerCase:
    built, went, back, around = session.run(
        asking.build("layer", NAME, seed=seed),
        asking.forward("layer", p, target),
        asking.backward("layer", target),
        asking.values("layer", asking.around(p), target.astype(np.float64)),
    )
    case = case_of(p, target, built=built, went=went, back=back, values=around)
    # what is returned counts here; whether it is stored as well is the business of modules
    for answer in (case["forward"], case["backward"]):
        answer["stored"] = answer["value"]
    return case
