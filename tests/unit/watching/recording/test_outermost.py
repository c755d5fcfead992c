"""Of calls that bring each other about the outermost one is told; what goes wrong in telling is no concern of the student's."""

from __future__ import annotations

from typing import Any

import pytest

from grader.watching.recording.classes import Methods
from grader.watching.recording.outermost import Outermost

METHODS = Methods(needed=(), forward=("forward", "inner"), backward=())


def watched(called: Any) -> tuple[Outermost, Any]:
    class Net:
        def forward(self, x: int) -> int:
            return self.inner(x) + 1

        def inner(self, x: int) -> int:
            return 10 // x

    calls = Outermost(called)
    calls.watch(Net, METHODS)
    return calls, Net()


def test_only_the_outermost_call_is_told() -> None:
    told: list[Any] = []
    _, net = watched(lambda _, *what: told.append(what))
    assert net.forward(5) == 3
    assert told == [("forward", [5], 3)]


def test_what_the_student_s_code_raises_is_passed_on_and_the_next_call_is_told() -> None:
    told: list[Any] = []
    _, net = watched(lambda _, *what: told.append(what))
    with pytest.raises(ZeroDivisionError):
        net.forward(0)
    net.forward(1)
    assert told == [("forward", [1], 11)]


def test_a_fault_in_telling_is_kept_and_not_raised() -> None:
    calls, net = watched(lambda *_: {}["no such key"])
    assert net.forward(5) == 3
    assert calls.fault == "KeyError: 'no such key'"


def test_calls_of_the_grader_s_are_not_told() -> None:
    told: list[Any] = []
    calls, net = watched(lambda *what: told.append(what))
    with calls.unwatched():
        net.forward(5)
    assert told == []


class Evil(BaseException):
    def __str__(self) -> str:
        raise SystemExit


@pytest.mark.parametrize(
    ("error", "told"), [(SystemExit("over"), "SystemExit: over"), (Evil(), "an exception that cannot be told")]
)
def test_whatever_an_object_of_the_student_s_raises_while_it_is_looked_at_stays_there(
    error: BaseException, told: str
) -> None:
    def called(*_: Any) -> None:
        raise error

    calls, net = watched(called)
    assert net.forward(5) == 3
    assert calls.fault == told
