"""What is asked of ClassNLLCriterion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from grader import functions
from grader.assignments.modules.layers import asking
from grader.assignments.modules.layers.asking import LayerSeen
from grader.assignments.modules.layers.closed_forms import LEAST
from grader.assignments.modules.layers.trajectory_probe import trajectory
from grader.kits.layer_contract import TOLERANCE, LayerCase
from grader.kits.layer_contract.answers import case_of
from grader.model import Array
from grader.sandbox import Session

NAME, PROBE = "ClassNLLCriterion", "class_nll_criterion"
# a probability that is clamped by nobody who clamps at 1e-15
FURTHER = 1e-12


class Asked(TypedDict):
    """The batches that are passed in: ordinary ones, and three of one kind for the clamping.

    `clamped` has probabilities of exactly 0 and 1, `inside` the same where these are 1e-15 away, `further` where they are 1e-12
    away.
    """

    cases: list[LayerCase]
    clamped: LayerCase
    inside: LayerCase
    further: LayerCase


class ClassNLLSeen(LayerSeen, Asked):
    """What was observed of the criterion with one-hot targets, with class numbers in their place (n,), and with targets first."""

    numbered: Asked
    turned: Asked


def class_nll_criterion(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Ask the criterion: ordinary batches, one row, float32, and probabilities of exactly 0 and 1."""
    if not asking.begin(session, seen, NAME):
        return
    n, k = int(rng.integers(4, 8)), int(rng.integers(3, 6))
    seed = int(rng.integers(2**31))
    batches = []
    for rows, classes, dtype in ((n, k, np.float64), (1, k, np.float64), (n + 1, k + 1, np.float32)):
        p = functions.softmax(rng.standard_normal((rows, classes))).astype(dtype)
        batches.append((p, np.eye(classes)[rng.integers(classes, size=rows)].astype(dtype)))
    p = np.eye(k)[rng.integers(k, size=4)]
    certain = (p, np.concatenate([np.roll(p, 1, axis=1)[:2], p[2:]]))
    seen |= _asked(session, batches, certain, seed)
    seen["numbered"] = _asked(session, batches, certain, seed, numbered=True)
    seen["turned"] = _asked(session, batches, certain, seed, turned=True)
    seen["done"] = True
    seen["trajectory"] = trajectory(session, NAME, rng)


def _asked(
    session: Session,
    batches: Sequence[tuple[Array, Array]],
    certain: tuple[Array, Array],
    seed: int,
    *,
    numbered: bool = False,
    turned: bool = False,
) -> Asked:
    p, target = certain

    def ask(p: Array, target: Array) -> LayerCase:
        return _turned(session, p, target, seed) if turned else _case(session, p, target, seed, numbered=numbered)

    def near(away: float) -> LayerCase:
        return ask(np.clip(p, away, 1 - away), target)

    return Asked(
        cases=[ask(*batch) for batch in batches],
        clamped=near(0.0),
        inside=near(LEAST),
        further=near(FURTHER),
    )


def _case(session: Session, p: Array, target: Array, seed: int, *, numbered: bool) -> LayerCase:
    """Return a case with one-hot targets; `numbered`, these are given as class numbers."""
    given = target.argmax(axis=1) if numbered else target
    built, went, back, around = session.run(
        asking.build("layer", NAME, seed=seed),
        asking.forward("layer", p, given),
        asking.backward("layer", given),
        asking.values("layer", asking.around(p), given if numbered else target.astype(np.float64)),
    )
    case = case_of(p, target, built=built, went=went, back=back, values=around)
    # what is returned counts here; whether it is stored as well is the business of modules
    for answer in (case["forward"], case["backward"]):
        answer["stored"] = answer["value"]
        if numbered and len(answer["after"]) > 1 and TOLERANCE.agrees(answer["after"][1], given, 0.0):
            answer["after"][1] = case["grad"]
    return case


def _turned(session: Session, p: Array, target: Array, seed: int) -> LayerCase:
    """Return a case in which the criterion is given the target first; its forward pass is not measured around p."""
    built, went, back = session.run(
        asking.build("layer", NAME, seed=seed), asking.forward("layer", target, p), asking.backward("layer", p)
    )
    case = case_of(p, target, built=built, went=went, back=back, values=None)
    for answer in (case["forward"], case["backward"]):
        answer["stored"], answer["after"] = answer["value"], answer["after"][::-1]
    return case
