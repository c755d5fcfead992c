"""What is read from the log of a training, and which mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest

from grader.assignments.byomlp.notebook import training, training_mistakes
from kit.training_calls import LABELS, SORTS, STEP, ZERO, Call, M, N, epochs, logged, replaced, shuffled


@pytest.mark.parametrize(
    ("name", "calls", "count", "mistakes"),
    [
        ("right", epochs(4), 4, ("", "")),
        ("drawn with replacement", epochs(4, order=replaced), 0, ("", "drawn_with_replacement")),
        ("unshuffled", epochs(4, order=lambda _: list(range(N))), 4, ("", "unshuffled")),
        (
            "class after class",
            epochs(4, order=lambda k: sorted(shuffled(k), key=lambda i: LABELS[i])),
            4,
            ("", "unshuffled"),
        ),
        ("in the order of the file", epochs(4, order=lambda _: np.argsort(SORTS[0]).tolist()), 4, ("", "unshuffled")),
        ("shuffled once", epochs(4, order=lambda _: shuffled(0)), 4, ("", "same_order_each_epoch")),
        ("a part only", epochs(4, order=lambda k: shuffled(k, 200)), 0, ("", "part_of_the_images")),
        ("a fifth set aside", epochs(4, order=lambda k: shuffled(k, 320)), 4, ("", "")),
        ("more set aside", epochs(4, order=lambda k: shuffled(k, 300)), 0, ("", "part_of_the_images")),
        ("batches of 32", epochs(4, batch=32), 4, ("wrong_batch_size", "")),
        ("never cleared", epochs(4, zero=False), 4, ("zero_grad_never", "")),
        ("tried out before", [0, (STEP, 0.1), ZERO, *epochs(4)], 4, ("", "")),
    ],
)  # fmt: skip
def test_epochs_steps_and_order_are_recognised(
    name: str, calls: list[Call], count: int, mistakes: tuple[str, str]
) -> None:
    log = logged(calls)
    found = (training_mistakes.wrong_batches(log, 1), training_mistakes.wrong_passes(log, N))
    assert abs(len(training.epochs(log, N)) - count) <= (name == "tried out before"), name
    assert tuple(mistake.diagnosis if mistake else "" for mistake in found) == mistakes, name


@pytest.mark.parametrize(
    ("name", "calls", "right"),
    [
        ("right", epochs(3, batch=16), True),
        ("with a rest", epochs(3, batch=16, order=lambda k: shuffled(k, 390)), True),
        ("rest left out", epochs(3, batch=16, order=lambda k: shuffled(k, 390), drop_last=True), True),
        ("one by one", epochs(3), False),
        ("batches of 32", epochs(3, batch=32), False),
        ("never cleared", epochs(3, batch=16, zero=False), False),
        ("cleared once an epoch", [c for k in range(3) for c in [*epochs(1, batch=16, zero=False), ZERO]], False),
        ("a step after each image", [c for k in range(400) for c in [k, (STEP, 0.1), *([ZERO] if k % 16 == 15 else [])]], False),
        ("cleared first", [c for k in range(0, 400, 16) for c in [ZERO, *range(k, k + 16), (STEP, 0.1)]], True),
        ("cleared before the step", [c for k in range(0, 400, 16) for c in [*range(k, k + 16), ZERO, (STEP, 0.1)]], False),
    ],
)  # fmt: skip
def test_mini_batches_are_recognised(name: str, calls: list[Call], right: bool) -> None:
    assert training.is_mini_batch(logged(calls), 16) is right, name


def test_a_step_before_each_example_takes_the_gradient_of_the_one_before() -> None:
    log = logged([call for k in range(N) for call in [(STEP, 0.1), ZERO, k]])
    assert sorted(log["batches"]) == [[0, True, 0.1, 1], [1, True, 0.1, N - 1]]


def test_gradients_that_are_cleared_after_another_example_are_not_cleared_in_time() -> None:
    log = logged([call for k in range(0, N, 2) for call in [k, (STEP, 0.1), k + 1, ZERO]])
    assert log["batches"] == [[1, False, 0.1, N // 2]]


def test_an_epoch_without_its_rest_is_a_little_shorter() -> None:
    log = logged(epochs(3, batch=32, drop_last=True))
    lengths = [each["examples"] for each in training.epochs(log, N)]
    assert len(lengths) == 3
    assert N - 32 <= min(lengths) <= N


def test_test_images_among_the_training_images_are_counted() -> None:
    log = logged(epochs(2, order=lambda k: shuffled(k, N + M)))
    assert (log["train_rows"], log["test_rows"]) == (2 * N, 2 * M)
    assert "200 examples from the test set" in training.describe(log, N)


def every_step(calls: list[Call]) -> list[Call]:
    steps = iter(range(10**6))
    return [(STEP, 0.1 * 0.5 ** next(steps)) if isinstance(each, tuple) else each for each in calls]


def every_fifth(calls: list[Call]) -> list[Call]:
    return [(STEP, 1.0) if isinstance(each, tuple) and k % 5 == 0 else each for k, each in enumerate(calls)]


@pytest.mark.parametrize(
    ("name", "calls", "rates", "halved"),
    [
        ("right", epochs(3, batch=16, rate=lambda k: 0.1 / 2**k), [0.1, 0.05, 0.025], True),
        ("never", epochs(3, batch=16), [0.01] * 3, False),
        ("by another factor", epochs(3, batch=16, rate=lambda k: 0.1 / 10**k), [0.1, 0.01, 0.001], False),
        ("every other epoch", epochs(4, batch=16, rate=lambda k: 0.1 / 2 ** (k // 2)), [0.1, 0.1, 0.05, 0.05], False),
        ("every step", every_step(epochs(3, batch=16)), None, False),
        ("now and then", every_fifth(epochs(3, rate=lambda k: 0.1 / 2**k)), [0.1, 0.05, 0.025], False),
        ("one epoch only", epochs(1, batch=16, rate=lambda k: 0.1), [0.1], False),
        (
            "drawn without its rest",
            epochs(3, batch=32, drop_last=True, rate=lambda k: 0.1 / 2**k),
            [0.1, 0.05, 0.025],
            True,
        ),
    ],
)
def test_a_rate_that_is_halved_is_recognised(
    name: str, calls: list[Call], rates: list[float] | None, halved: bool
) -> None:
    log = logged(calls)
    assert rates is None or training.rates_by_epoch(log, N) == pytest.approx(rates), name
    assert training.rate_is_halved(log, N) is halved, name


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([], "not trained at all: backward was never called"),
        ([0, 1, 2], "backward was called for 3 images, but step was never called"),
        (
            epochs(3),
            "1,200 steps of one image each, 3 passes over all 400 training images, each in a new order, rate 0.01",
        ),
        (
            epochs(2, batch=16, zero=False, order=lambda _: shuffled(0), rate=lambda k: 0.1 / 2**k),
            "50 steps of 16 images each, gradients never cleared, 2 passes over all 400 training images, "
            "always in the same order, rates 0.1, 0.05",
        ),
        (
            epochs(2, order=lambda _: list(range(340))),
            "680 steps of one image each, 2 passes over 340 of the 400 training images, in the order of the data set, "
            "rate 0.01",
        ),
        (
            epochs(2, order=lambda k: shuffled(k, 100)),
            "200 steps of one image each, images come again after at most 100 of the 400 training images, rate 0.01",
        ),
    ],
)
def test_a_training_is_described_in_words(calls: list[Call], said: str) -> None:
    assert training.describe(logged(calls), N) == said
