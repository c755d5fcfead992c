"""Children that several calls have in turn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.runs import Children
from grader.runs.children import GROWN_MB, Ended
from grader.runs.forking import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="children are no copies here")
LEFT: list[bytes] = []


def number(_context: Any, _teller: Any) -> int:
    """Return the number of the process."""
    return os.getpid()


def grow(_context: Any, _teller: Any) -> int:
    """Leave more in memory than may stay there, and return the number of the process."""
    LEFT.append(bytes([1]) * (2 * GROWN_MB * 2**20))
    return os.getpid()


def end_if(context: set[int], _teller: Any, here: int) -> int:
    """End the process if it has that number; else return its own."""
    if os.getpid() == here:
        os._exit(9)
    return os.getpid()


def end(_context: Any, _teller: Any, note: Path) -> None:
    """Write a line, and end the process."""
    with note.open("a") as file:
        file.write("called\n")
    os._exit(9)


@pytest.fixture
def children() -> Iterator[Children]:
    with Children(None, lambda: None, turns=3) as made:
        yield made


def test_a_child_has_so_many_calls_in_turn(children: Children) -> None:
    numbers = [children.call(number) for _ in range(7)]
    assert [len({*numbers[k : k + 3]}) for k in (0, 3)] == [1, 1]
    assert len({*numbers}) == 3


def test_without_turns_each_call_has_a_child_of_its_own() -> None:
    with Children(None, lambda: None) as made:
        assert len({made.call(number) for _ in range(3)}) == 3


def test_one_that_has_grown_is_not_called_again(children: Children) -> None:
    assert children.call(grow) != children.call(number)


def test_what_one_does_not_finish_that_was_called_before_is_done_in_a_fresh_one(children: Children) -> None:
    first = children.call(number)
    assert children.call(end_if, first) != first


def test_what_a_fresh_one_does_not_finish_is_not_done_again(children: Children, tmp_path: Path) -> None:
    with pytest.raises(Ended):
        children.call(end, tmp_path / "note")
    assert (tmp_path / "note").read_text() == "called\n"
