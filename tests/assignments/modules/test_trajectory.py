"""Many training steps through one class among modules of ours: replayed, compared look by look, and paid for once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.assignments import find
from grader.assignments.modules.layers.batch_mean_mistakes import RULES
from grader.assignments.modules.layers.linear_checks import linear_trajectory
from grader.assignments.modules.layers.trajectory import followed, replayed
from grader.assignments.modules.layers.trajectory_probe import MOMENTUM, RATE
from grader.assignments.modules.main.probe import wrong_classes
from grader.model import Array, Evidence, Observation, Problem, ProblemKind, Verdict
from grader.numerics import central_difference
from kit.modules_samples import FILE, RIGHT, changed, graded, notebook, observed

CLASSES = {
    "linear": "linear",
    "softmax": "softmax",
    "batch_mean_subtraction": "batch_mean",
    "leaky_relu": "leaky_relu",
    "elu": "elu",
    "softplus": "softplus",
    "class_nll_criterion": "class_nll",
    "sequential": "sequential",
}
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Return what is seen of right classes."""
    return observed({FILE: notebook(*RIGHT)})


def training(evidence: Evidence, probe: str) -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(evidence.observations[probe].data["trajectory"])
    return found


def altered(evidence: Evidence, change: Change, **others: Any) -> Observation:
    """Return what was seen of Linear with its training changed."""
    record = training(evidence, "linear")
    change(record)
    return Observation("linear", {**evidence.observations["linear"].data, "trajectory": record, **others})


@pytest.mark.parametrize("probe", CLASSES)
def test_right_classes_lead_where_gradient_descent_leads(evidence: Evidence, probe: str) -> None:
    found = followed(training(evidence, probe))
    assert found.most < 1e-12
    assert found.departures[-1].step == 30


@pytest.mark.parametrize("probe", CLASSES)
def test_every_array_that_is_learned_is_looked_at_and_moves(evidence: Evidence, probe: str) -> None:
    record = training(evidence, probe)
    learned = [kind for kind, _ in record["chain"] if kind in ("@Curved", "Linear")]
    moved = [
        np.max(np.abs(last - first))
        for before, after in zip(record["start"], record["stages"][-1]["after"], strict=True)
        for first, last in zip(before, after, strict=True)
    ]
    assert len(moved) == 2 * len(learned)
    assert min(moved) > 1e-3


def test_a_replayed_step_goes_down_the_gradient_of_the_sum_of_squares() -> None:
    rng = np.random.default_rng(4)
    W, b, x, target = rng.standard_normal((2, 3)), rng.standard_normal(2), rng.standard_normal((4, 3)), np.ones((4, 2))
    order = np.array([0])
    record = {
        "chain": [["Linear", [3.0, 2.0]]], "nll": False, "batches": [x], "targets": [target], "before": x,
        "start": [[W, b]], "stages": [{"order": order}, {"order": order}],
    }  # fmt: skip

    def loss(points: Array) -> Array:
        weights, biases = points[:, :6].reshape(-1, 2, 3), points[:, None, 6:]
        return np.asarray(np.sum((x @ weights.transpose(0, 2, 1) + biases - target) ** 2, axis=(1, 2)) / len(x))

    one, two = (np.concatenate([array.ravel() for array in learned[0]]) for learned in replayed(record, RULES[0]))
    start = np.concatenate([W.ravel(), b])
    np.testing.assert_allclose(start - one, RATE * central_difference(loss, start), atol=1e-8)
    momentum = MOMENTUM * (start - one)
    np.testing.assert_allclose(one - two, momentum + RATE * central_difference(loss, one), atol=1e-8)


def test_the_array_and_the_looks_between_which_it_departs_are_named(evidence: Evidence) -> None:
    def stop(record: dict[str, Any]) -> None:
        record["stages"][5]["after"][2][1] = record["stages"][4]["after"][2][1]

    found = linear_trajectory.judge(altered(evidence, stop))
    assert found.verdict is Verdict.FAILED
    assert found.message.startswith("the entries of b of Linear(")
    assert found.message.endswith("after 20 steps (after 10 steps all was right)")


@pytest.mark.parametrize("gone", [[[], [], []], [[np.zeros((1, 1)), np.zeros(1)], [], []]])
def test_parameters_that_are_gone_fail(evidence: Evidence, gone: list[list[Array]]) -> None:
    found = linear_trajectory.judge(altered(evidence, lambda record: record["stages"][1].update(after=gone)))
    assert "cannot be read any more, after 2 steps" in found.message


def test_code_that_raises_while_training_fails(evidence: Evidence) -> None:
    problem = {"kind": "raised", "message": "ValueError: no more", "where": "cell 3 line 2"}
    found = linear_trajectory.judge(altered(evidence, lambda record: record["stages"][4].update(problem=problem)))
    assert "training fails after 5 steps: ValueError: no more" in found.message


def test_a_process_that_ends_in_training_fails_there_and_nowhere_else(evidence: Evidence) -> None:
    data = {name: value for name, value in evidence.observations["linear"].data.items() if name != "trajectory"}
    ended = Observation("linear", data, problem=Problem(ProblemKind.DIED, "the process ended"))
    assert linear_trajectory.judge(ended).message == "training ends the process: the process ended"


def test_what_is_wrong_already_is_not_paid_for_again() -> None:
    found = graded(*changed("input.dot(self.W.T) + self.b", "input.dot(self.W.T) - self.b"), probes=("linear",))
    assert found["linear_forward"].verdict is Verdict.FAILED
    assert found["linear_trajectory"].verdict is Verdict.PASSED
    assert found["linear_trajectory"].message.startswith("not judged")


def test_a_wrong_gradient_costs_what_was_taken_from_its_points_as_well() -> None:
    found = graded(*changed("gradOutput.sum(axis=0)", "gradOutput.mean(axis=0)"), probes=("linear",))
    assert found["linear_trajectory"].verdict is Verdict.BLOCKED


KEPT = changed(
    "self.gradInput = gradOutput * np.where(input > 0, 1, self.slope)",
    "self.gradInput = gradOutput * self.__dict__.setdefault(str(input.shape), np.where(input > 0, 1, self.slope))",
)


def test_a_slope_that_is_kept_is_found_in_training_alone() -> None:
    found = graded(*KEPT, probes=("leaky_relu",))
    assert {name for name, each in found.items() if each.verdict is Verdict.FAILED} == {"leaky_relu_trajectory"}
    assert "of a module in front of LeakyReLU are off by" in found["leaky_relu_trajectory"].message


def test_a_class_that_is_wrong_in_training_alone_is_wrong() -> None:
    seen = observed({FILE: notebook(*KEPT)})
    main = next(probe for probe in find("modules").probes if probe.name == "main")
    assert wrong_classes(main.by_probe(main.findings(seen.observations.values()))) == ["LeakyReLU"]


@pytest.mark.parametrize("first", ["mean", "0"])
def test_a_moving_mean_may_begin_in_either_way(first: str) -> None:
    cells = changed("old = mean if self.old_mean is None", f"old = {first} if self.old_mean is None")
    found = graded(*cells, probes=("batch_mean_subtraction",))["batch_mean_trajectory"]
    assert (found.verdict, found.message[:22]) == (Verdict.PASSED, "30 steps were replayed")


def test_single_precision_is_recognised_and_allowed_its_rounding() -> None:
    cells = changed("size=(n_out, n_in))", "size=(n_out, n_in)).astype(np.float32)")
    cells = tuple(cell.replace("size=n_out)", "size=n_out).astype(np.float32)") for cell in cells)
    found = graded(*cells, probes=("linear",))["linear_trajectory"]
    assert found.verdict is Verdict.PASSED
    assert "in single precision (float32)" in found.message
