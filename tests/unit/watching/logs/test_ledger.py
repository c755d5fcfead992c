"""The ledger is told of networks by numbers: it keeps a log of each, curves of them, and begins copies where they began."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.watching.logs.images import KnownImages
from grader.watching.logs.ledger import CURVE, Ledger

N = 40
IMAGES = np.random.default_rng(1).integers(0, 256, (N + 10, 784), dtype=np.uint8)
LABELS = (np.arange(N + 10) % 10).astype(np.uint8)
KNOWN = KnownImages(IMAGES[:N], LABELS[:N], IMAGES[N:], LABELS[N:])
X = KNOWN.paper(np.arange(N))


def ledger(measured: Any = lambda *_: (0.5, 0.9)) -> Ledger:
    made = Ledger(KNOWN, measured)
    made.begin(0)
    return made


def train(told: Ledger, network: int, epochs: int = 1) -> None:
    for _ in range(epochs):
        told.block(network, X, None, [("step", N, 0.1)], 3)


def test_a_block_is_in_the_log_of_its_network() -> None:
    told = ledger()
    told.begin(1)
    train(told, 1)
    assert (told.examples(0), told.examples(1)) == (0, N)
    assert told.as_data(1)[0]["rates"] == [[0.1, 1]]


def test_a_copy_goes_on_from_the_snapshot_that_was_taken() -> None:
    told = ledger()
    train(told, 0)
    number = told.snapshot(0)
    train(told, 0)
    told.begin(1)
    told.copied(1, 0, number)
    train(told, 1, 2)
    assert (told.examples(0), told.examples(1)) == (2 * N, 3 * N)


def test_a_copy_of_a_network_whose_snapshot_is_gone_goes_on_from_its_log() -> None:
    told = ledger()
    train(told, 0)
    told.begin(1)
    told.copied(1, 0, 99)
    assert told.examples(1) == N


def test_what_is_told_of_a_forgotten_network_is_dropped() -> None:
    told = ledger()
    told.forget(0)
    train(told, 0)
    told.forwards(0, 5)
    told.begin(0)
    assert told.as_data(0)[0]["forwards"] == 0


def test_a_fault_of_ours_ends_the_log_and_is_told() -> None:
    told = ledger()
    told.block(0, "no rows", None, [], 1)  # type: ignore[arg-type]
    train(told, 0)
    log, fault = told.as_data(0)
    assert (log["examples"], fault.partition(":")[0]) == (0, "AttributeError")


def test_the_curve_has_a_point_for_each_pass_and_stays_short() -> None:
    told = ledger()
    train(told, 0, 2 * CURVE)
    curve = told.as_data(0)[0]["curve"]
    assert 2 < len(curve) <= CURVE
    assert curve[-1, 0] > curve[0, 0] > 0


def test_a_network_that_cannot_be_measured_is_not_asked_again() -> None:
    asked: list[int] = []
    told = ledger(lambda network, *_: asked.append(network))
    train(told, 0, 5)
    assert asked == [0]
