"""What a class is called with is told in blocks, in order, and the class does what it did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.watching.recording.by_example import BLOCK, Examples
from grader.watching.recording.classes import Methods

METHODS = Methods(needed=(), forward=("forward",), backward=("backward",), step=("step",), clear=("clear",))


class Known:
    index, calls, busy = 7, 0, False


class Telling:
    """A class that is watched, and everything that is told of it."""

    def __init__(self, **methods: Any) -> None:
        plain = {name: lambda self, *given: len(given) for name in ("forward", "backward", "step", "clear")}
        self.kind = type("Net", (), {**plain, **methods})
        self.blocks: list[tuple[int, Any, Any, Any]] = []
        self.forwards = 0
        self.known: Any = Known()
        self.examples = Examples(lambda _: self.known, lambda *block: self.blocks.append(block), self._forward)
        self.examples.watch(self.kind, METHODS)

    def _forward(self, _network: int, rows: int) -> None:
        self.forwards += rows


def test_calls_come_in_one_block_in_their_order() -> None:
    telling = Telling()
    net = telling.kind()
    assert (net.backward(np.ones(3), 1.0), net.step(0.5), net.clear()) == (2, 1, 0)
    net.backward(np.zeros(3), 2.0)
    telling.examples.settle(7)
    ((network, X, Y, events),) = telling.blocks
    assert (network, X.tolist(), Y.tolist()) == (7, [[1, 1, 1], [0, 0, 0]], [[1], [2]])
    assert events == [("step", 1, 0.5), ("zero", 1)]


def test_a_full_block_is_told_at_once() -> None:
    telling = Telling()
    net = telling.kind()
    for _ in range(BLOCK):
        net.backward(np.ones(3), 1.0)
    assert [len(X) for _, X, _, _ in telling.blocks] == [BLOCK]


def test_a_step_that_clears_by_itself_comes_before_the_clearing() -> None:
    telling = Telling(step=lambda self, alpha: self.clear())
    telling.kind().step(0.5)
    telling.examples.settle(7)
    assert telling.blocks[0][3] == [("step", 0, 0.5), ("zero", 0)]


def test_forward_within_backward_is_not_counted() -> None:
    telling = Telling(backward=lambda self, x, y: self.forward(x))
    net = telling.kind()
    net.backward(np.ones(3), 1.0)
    net.forward(np.ones(3))
    assert telling.forwards == 1


def test_a_network_that_is_not_to_be_watched_is_left_alone() -> None:
    telling = Telling()
    telling.known = None
    net = telling.kind()
    assert (net.backward(np.ones(3), 1.0), net.step(0.5), net.forward(1)) == (2, 1, 1)
    assert telling.blocks == []


@pytest.mark.parametrize("given", ["text", [[1], [2, 3]], object()])
def test_an_example_that_is_no_number_is_noted_as_none(given: Any) -> None:
    telling = Telling()
    telling.kind().backward(given, given)
    telling.examples.settle(7)
    assert np.isnan(telling.blocks[0][1]).all()
