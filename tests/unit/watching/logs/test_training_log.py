"""What is kept of a training: every test trains nothing, and says what a notebook would call."""

from __future__ import annotations

import numpy as np
import pytest

from grader.watching.logs.images import KnownImages
from grader.watching.logs.training_log import TrainingLog
from kit.training_calls import (
    LABELS,
    STEP,
    TEST,
    TEST_LABELS,
    TRAIN,
    TRAIN_LABELS,
    ZERO,
    M,
    N,
    X,
    epochs,
    images,
    logged,
)


def test_epochs_in_random_order_are_passes_over_all_images() -> None:
    log = logged(epochs(3))
    assert [(each["examples"], each["whole"], each["steps"], each["cell"]) for each in log["passes"]] == [
        (N, 1.0, N, 3)
    ] * 3
    assert not any(each["same_as_before"] for each in log["passes"])
    assert (log["examples"], log["steps"], log["zeros"], log["passes_total"]) == (3 * N, 3 * N, 3 * N, 3)


@pytest.mark.parametrize("block", [1, 7, 256, 5000])
def test_the_log_does_not_depend_on_the_blocks(block: int) -> None:
    calls = [*epochs(2), *epochs(2, batch=16), 3, 3, 3, ZERO, (STEP, 0.5), *range(40), (STEP, 0.1)]
    log, other = logged(calls, block=64), logged(calls, block=block)
    assert str(log) == str(other)


@pytest.mark.parametrize(
    ("name", "given", "a", "c"),
    [
        ("ink", 1 - X, -1, 1),
        ("bytes", 255 * X, 255, 0),
        ("standardised", (X - 0.13) / 0.31, 1 / 0.31, -0.13 / 0.31),
        ("single precision", X.astype(np.float32), 1, 0),
        ("scaled in single precision", 2 * X.astype(np.float32) - 1, 2, -1),
    ],
)
def test_rescaled_images_are_recognised(name: str, given: np.ndarray, a: float, c: float) -> None:
    log = logged(epochs(2), X=given)
    assert [each["whole"] for each in log["passes"]] == [1.0, 1.0], name
    assert log["rescaling"] == pytest.approx([a, c], abs=1e-6)


def test_images_of_another_kind_have_passes_too() -> None:
    log = logged(epochs(3), X=X**2)
    assert [each["examples"] for each in log["passes"]] == [N] * 3
    assert (log["unknown_rows"], log["train_rows"], log["rescaling"]) == (3 * N, 0, [])


def test_points_are_told_apart_as_images_are() -> None:
    points = np.random.default_rng(1).standard_normal((N, 2))
    assert [each["examples"] for each in logged(epochs(3), X=points, Y=None)["passes"]] == [N] * 3


def test_equal_images_count_as_one_each() -> None:
    train = TRAIN.copy()
    train[5:8] = train[4]
    known = KnownImages(train, TRAIN_LABELS, TEST, TEST_LABELS)
    given = 1 - train[np.argsort(TRAIN_LABELS, kind="stable")] / 255.0
    log = logged(epochs(3), X=given, log=TrainingLog(known))
    assert [(each["examples"], each["whole"]) for each in log["passes"]] == [(N, 1.0)] * 3


def test_rows_that_are_not_finite_break_nothing() -> None:
    given = X.copy()
    given[:50] = np.nan
    assert logged(epochs(2), X=given)["unknown_rows"] == 100


def test_targets_are_compared_with_labels_and_inputs() -> None:
    wrong = np.eye(10)[(LABELS + (np.arange(N + M) % 4 == 0)) % 10]
    assert logged(epochs(1))["labels_right"] == 1.0
    assert logged(epochs(1), Y=wrong)["labels_right"] == 0.75
    assert logged(epochs(1), Y=X)["targets_are_inputs"] == 1.0
    assert logged(epochs(1), Y=X[::-1])["targets_are_inputs"] == 0.0


def test_the_first_inputs_are_kept_each_once() -> None:
    inputs = logged([3, 3, 4, 3, *range(100)])["inputs"]
    assert inputs.shape == (32, 784)
    assert np.array_equal(inputs[:3], X[[3, 4, 0]])


def test_a_log_stays_small_whatever_happens() -> None:
    rng = np.random.default_rng(2)
    calls = [call for k in range(6000) for call in (int(rng.integers(N)), (STEP, 1 / (1 + k)), ZERO)]
    log = logged(calls)
    assert max(len(log[key]) for key in ("passes", "batches", "rates")) <= 400
    assert sum(count for *_, count in log["batches"]) == sum(steps for _, steps in log["rates"]) == 6000


def test_a_copied_log_goes_on_by_itself() -> None:
    first = TrainingLog(images())
    logged(epochs(1), log=first)
    second = first.copied()
    logged(epochs(1), log=second)
    assert (first.examples, second.examples, second.images is first.images) == (N, 2 * N, True)
