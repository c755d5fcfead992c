"""Many training steps in a row: replayed, compared look by look, and paid for once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader import sandbox
from grader.assignments import find
from grader.assignments.byomlp.network.networks import Layer, Network, loss_of, size
from grader.assignments.byomlp.training.trajectory import Comparison, followed, replayed
from grader.assignments.byomlp.training.trajectory_checks import trajectory_matches
from grader.assignments.byomlp.training.trajectory_probe import Stage
from grader.model import Array, Evidence, Finding, Limits, Observation, Problem, ProblemKind, Submission, Verdict
from grader.numerics import central_difference
from kit import planted, warm

NET = Network(2, (Layer(3, "logistic", "a"), Layer(2, "identity", "b")), "squared")
STAGES = (Stage(1, 1, 0.1), Stage(2, 2, 0.05), Stage(10, 1, 0.1))
ORDER = np.array([0, 1, 2, 0, 2] + [1, 2] * 5)


def record(change: Any = None) -> dict[str, Any]:
    """Return the evidence of a right training; `change` makes what was seen at look k from what is right."""
    rng = np.random.default_rng(5)
    start, X, Y = rng.standard_normal(size(NET)), rng.standard_normal((3, 2)), rng.standard_normal((3, 2))
    seen = list(replayed(NET, start, X, Y, STAGES, ORDER.tolist()))
    stages = [
        {
            "steps": stage.steps,
            "batch": stage.batch,
            "alpha": stage.alpha,
            "problem": None,
            "whole": True,
            "after": after,
        }
        for stage, after in zip(STAGES, (change(k, w) if change else w for k, w in enumerate(seen)), strict=True)
    ]
    return {"network": NET.as_data(), "way": "names", "X": X, "Y": Y, "order": ORDER, "start": start, "stages": stages}


def observed(text: str, *names: str, seed: int) -> Evidence:
    assignment = find("byomlp")
    submission = Submission("someone", "sha256:0", {"mlp.py": text.encode(), **assignment.provided})
    probes = [probe for probe in assignment.probes if probe.name in names]
    launcher = warm.launcher("code")
    return sandbox.observe(submission, probes, assignment.inside, launcher=launcher, seed=seed, limits=Limits())


def trained(text: str, *, seed: int) -> list[Comparison]:
    return [
        followed(each) for each in observed(text, "trajectory", seed=seed).observations["trajectory"].data["networks"]
    ]


def right(style: str) -> str:
    return planted.text(planted.styles("byomlp")[style])


def judged(training: dict[str, Any], *, problem: Any = None) -> Finding:
    """Judge a training."""
    return trajectory_matches.judge(Observation("trajectory", {"networks": [training]}, problem=problem))


def test_a_replayed_step_goes_down_the_sum_of_the_gradients() -> None:
    rng = np.random.default_rng(1)
    start, X, Y = rng.standard_normal(size(NET)), rng.standard_normal((2, 2)), rng.standard_normal((2, 2))
    (moved,) = replayed(NET, start, X, Y, [Stage(1, 2, 0.25)], [0, 1])
    gradients = [central_difference(loss_of(NET, x, y), start) for x, y in zip(X, Y, strict=True)]
    np.testing.assert_allclose(start - moved, 0.25 * np.sum(gradients, axis=0), atol=1e-9)


def test_right_steps_do_not_depart() -> None:
    assert followed(record()).first is None
    assert judged(record()).verdict is Verdict.PASSED
    assert "13 steps were replayed" in judged(record()).message


def frozen(k: int, vector: Array) -> Array:
    """Leave the last bias where it was after the second look."""
    before = list(replayed(NET, *(record()[key] for key in ("start", "X", "Y")), STAGES, ORDER.tolist()))[1]
    return np.concatenate([vector[:-2], before[-2:]]) if k == 2 else vector


def test_the_block_and_the_looks_between_which_it_departs_are_named() -> None:
    found = judged(record(frozen))
    assert found.verdict is Verdict.FAILED
    assert "b of layer 2 is off by" in found.message
    assert found.message.endswith("after 13 steps (after 3 steps all was right)")
    assert found.diagnosis == "stands_still"


@pytest.mark.parametrize(("size_", "verdict"), [(1e-7, Verdict.PASSED), (1e-3, Verdict.FAILED)])
def test_a_departure_is_judged_relative_to_the_way_gone(size_: float, verdict: Verdict) -> None:
    start = record()["start"]
    assert judged(record(lambda k, vector: vector + size_ * (vector - start))).verdict is verdict


@pytest.mark.parametrize("gone", [None, np.zeros(3), np.full(size(NET), np.nan)])
def test_parameters_that_are_gone_fail(gone: Array | None) -> None:
    found = judged(record(lambda k, vector: gone if k == 1 else vector))
    assert "cannot be read any more, after 3 steps" in found.message


def test_code_that_raises_while_training_fails() -> None:
    broken = record()
    broken["stages"][1]["problem"] = {"kind": "raised", "message": "IndexError: no more", "where": "mlp.py line 3"}
    assert "training fails after 1 step: IndexError: no more" in judged(broken).message


def test_a_training_that_is_cut_short_fails() -> None:
    slow = record()
    slow["stages"][2]["whole"] = False
    assert "too slow to be tested after 3 steps" in judged(slow).message


def test_a_process_that_ends_in_training_fails() -> None:
    found = judged(record(), problem=Problem(ProblemKind.DIED, "the process ended"))
    assert "ended the training early: the process ended" in found.message


def test_what_is_wrong_already_is_not_paid_for_again() -> None:
    assert trajectory_matches.excused_by == (
        "forward_values",
        "gradients_match",
        "gradients_accumulate",
        "zero_grad_clears",
    )


def test_parameters_that_forward_does_not_explain_are_not_judged() -> None:
    found = judged({**record(), "way": "", "start": None, "stages": []})
    assert found.verdict is Verdict.PASSED
    assert found.message.startswith("not judged")


@pytest.mark.parametrize("style", ["closures", "flat_views", "lazy_gradients", "transposed"])
def test_a_right_solution_leads_where_gradient_descent_leads(style: str) -> None:
    assert max(each.most for each in trained(right(style), seed=7)) < 1e-11


SINGLE = (
    ("0.1 * np.random.randn(m, n)", "(0.1 * np.random.randn(m, n)).astype(np.float32)"),
    ("0.1 * np.random.randn(m),", "(0.1 * np.random.randn(m)).astype(np.float32),"),
)


def test_single_precision_is_recognised_and_allowed_its_rounding() -> None:
    text = right("dicts").replace(*SINGLE[0]).replace(*SINGLE[1])
    for_all = trained(text, seed=3)
    assert [each.single for each in for_all] == [True, True]
    assert [each.first for each in for_all] == [None, None]
    assert max(each.most for each in for_all) > 1e-8


def test_gradients_in_single_precision_beside_double_parameters_are_right() -> None:
    text = right("dicts").replace("np.zeros((m, n))", "np.zeros((m, n), dtype=np.float32)")
    text = text.replace('"db": np.zeros(m)', '"db": np.zeros(m, dtype=np.float32)')
    assert [(each.single, each.first) for each in trained(text, seed=4)] == [(False, None)] * 2
