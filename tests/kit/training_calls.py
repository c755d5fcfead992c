"""What a notebook calls when it trains, and the log of that: nothing is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

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
