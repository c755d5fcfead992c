"""Networks are known by their identity, and forgotten only when there are very many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from grader.watching.recording.register import Register


@dataclass
class Known:
    net: Any
    index: int
    cell: int


def register(cell: list[int], **more: Any) -> Register[Known]:
    return Register(lambda: cell[0], Known, **{"most": 3, **more})


def test_a_network_is_known_by_its_place_and_by_its_cell() -> None:
    cell = [4]
    known, net = register(cell), object()
    known.add(object())
    cell[0] = 7
    added = known.add(net)
    assert (added.index, added.cell, known.of(net), known.at(1)) == (1, 7, added, added)


def test_while_paused_and_after_the_cell_last_looked_at_nothing_is_known() -> None:
    cell = [4]
    known, net = register(cell), object()
    known.add(net)
    with known.pause():
        paused = known.of(net)
    known.quiet_after = 4
    quiet = known.of(net)
    cell[0] = 5
    assert (paused, quiet, known.of(net)) == (None, None, known.at(0))


def test_of_too_many_the_least_one_is_forgotten() -> None:
    known = register([1], least=lambda networks: networks[1])
    for _ in range(5):
        known.add(object())
    assert [each.index for each in known] == [0, 3, 4]


def test_without_a_least_one_a_network_too_many_is_refused() -> None:
    known = register([1])
    for _ in range(3):
        known.add(object())
    with pytest.raises(RuntimeError, match="more networks"):
        known.add(object())
