from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from grader.cli.board import ROOM, Board


class Clock:
    """Seconds that go on when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


Shown = Callable[[Board], list[str]]


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=80, height=ROOM + 3, force_terminal=True, color_system=None)


@pytest.fixture
def shown(console: Console) -> Shown:
    """Return what draws a board, line by line."""

    def drawn(board: Board) -> list[str]:
        with console.capture() as captured:
            console.print(board)
        return [line.rstrip() for line in captured.get().splitlines()]

    return drawn


def test_who_is_graded_what_is_asked_and_for_how_long_the_longest_first(console: Console, shown: Shown) -> None:
    clock = Clock()
    board = Board(5, console.print, clock=clock)
    board.doing("alice", "loading mlp.py")
    clock.now = 61.0
    board.doing("bob", "gradients")
    board.doing("alice", "training")
    clock.now = 70.0
    rows = [line.split() for line in shown(board)]
    assert rows[1:3] == [["alice", "training", "1:10"], ["bob", "gradients", "0:09"]]
    assert rows[3] == ["0/5", "1:10"]


def test_what_became_of_the_others_and_the_time_that_is_left(console: Console, shown: Shown) -> None:
    clock = Clock()
    board = Board(4, console.print, clock=clock)
    board.doing("alice", "gradients")
    clock.now = 60.0
    board.done("alice", "7 of 7")
    board.done("bob", "5 of 7, 2 withheld", became="withheld")
    last = shown(board)[-1]
    assert last.endswith("2/4 1:00 1 done, 1 withheld, about 1 min left")
    assert not any("alice" in line for line in shown(board))
    assert console.file.getvalue() == "bob: 5 of 7, 2 withheld\n"  # type: ignore[attr-defined]


def test_it_is_never_higher_than_the_terminal(console: Console, shown: Shown) -> None:
    board = Board(50, console.print)
    for k in range(20):
        board.doing(f"student {k}", "gradients")
    lines = shown(board)
    assert len(lines) < ROOM + 3
    assert lines[-2].strip() == "and 17 more"


def test_a_name_cannot_steer_the_terminal_or_fill_it(console: Console, shown: Shown) -> None:
    board = Board(3, console.print)
    board.doing("\x1b[2J[bold]" + "a" * 200, "loading")
    board.done("\x1b[2J[bold]", "is [red]empty\x07", became="not graded")
    lines = shown(board)
    assert lines[1].startswith("\\x1b[2J[bold]aaa")
    assert max(map(len, lines)) <= 80
    assert "\\x1b[2J[bold]: is [red]empty\\x07" in console.file.getvalue()  # type: ignore[attr-defined]
