"""The log of a training, and what is read from it: every test trains nothing, and says what a notebook would call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from grader.assignments.byomlp.notebook import training, training_mistakes
from grader.watching.logs.images import KnownImages
from grader.watching.logs.training_log import TrainingLog

N, M = 400, 100
RNG = np.random.default_rng(8)
TRAIN, TEST = (RNG.integers(0, 256, (n, 784), dtype=np.uint8) for n in (N, M))
TRAIN_LABELS, TEST_LABELS = (RNG.permutation(np.arange(n) % 10).astype(np.uint8) for n in (N, M))
SORTS = np.argsort(TRAIN_LABELS, kind="stable"), np.argsort(TEST_LABELS, kind="stable")
# as students get them: sorted by class, paper is 1; the test images after the training images
X = 1.0 - np.concatenate([TRAIN[SORTS[0]], TEST[SORTS[1]]]) / 255.0
LABELS = np.concatenate([TRAIN_LABELS[SORTS[0]], TEST_LABELS[SORTS[1]]])
Y = np.eye(10)[LABELS]

STEP, ZERO = "step", "zero"
Call = int | str | tuple[str, float]


def images() -> KnownImages:
    return KnownImages(TRAIN, TRAIN_LABELS, TEST, TEST_LABELS)


def logged(
    calls: Iterable[Call],
    *,
    X: np.ndarray = X,
    Y: np.ndarray | None = Y,
    block: int = 128,
    log: TrainingLog | None = None,
) -> dict[str, Any]:
    """Return the log of calls: a number is backward of that image, (STEP, rate) a step, ZERO clears the gradients."""
    log = log or TrainingLog(images())
    rows: list[int] = []
    events: list[tuple[Any, ...]] = []

    def flush() -> None:
        log.block(X[rows].astype(float), None if Y is None else Y[rows], list(events), 3)
        rows.clear()
        events.clear()

    for each in calls:
        if isinstance(each, tuple):
            events.append((STEP, len(rows), each[1]))
        elif each == ZERO:
            events.append((ZERO, len(rows)))
        else:
            if len(rows) == block:
                flush()
            rows.append(int(each))
    flush()
    return log.as_data()


def shuffled(epoch: int, n: int = N) -> Sequence[int]:
    return np.random.default_rng(epoch).permutation(n).tolist()


def replaced(epoch: int) -> Sequence[int]:
    return np.random.default_rng(epoch).integers(N, size=N).tolist()


def epochs(
    count: int = 3,
    *,
    order: Callable[[int], Sequence[int]] = shuffled,
    batch: int = 1,
    rate: Callable[[int], float] = lambda _: 0.01,
    drop_last: bool = False,
    zero: bool = True,
) -> list[Call]:
    """Return the calls of a usual training loop."""
    calls: list[Call] = []
    for epoch in range(count):
        rows = order(epoch)
        for at in range(0, len(rows), batch):
            part = rows[at : at + batch]
            if drop_last and len(part) < batch:
                break
            calls += [*part, (STEP, rate(epoch)), *([ZERO] if zero else [])]
    return calls


# what is kept


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


# what is read from it


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
        ([0, 1, 2], "backward was called for 3 images, step never"),
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
