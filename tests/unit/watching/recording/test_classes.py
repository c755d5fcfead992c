"""Classes are changed as they are made, and methods that note stand in the place of a student's."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from grader.watching.recording.classes import (
    Methods,
    drop_rewritten,
    first_arguments,
    intercept,
    is_noted,
    note,
    replaced_methods,
)

METHODS = Methods(needed=("forward", "step"), forward=("forward",), backward=())


@pytest.fixture(autouse=True)
def _process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the process of the tests as it was."""
    monkeypatch.setattr(builtins, "__build_class__", builtins.__build_class__)


def test_a_class_with_all_methods_is_changed_when_it_is_made_and_another_is_not() -> None:
    changed: list[str] = []
    intercept(METHODS.has_all, lambda kind: changed.append(kind.__name__) or kind)  # type: ignore[func-returns-value]
    space: dict[str, Any] = {}
    exec("class Net:\n    def forward(self): ...\n    def step(self): ...\nclass Half:\n    def step(self): ...", space)
    assert changed == ["Net"]


def test_a_method_notes_once_also_when_a_class_below_inherits_it() -> None:
    class Above:
        def forward(self) -> int:
            return 1

    class Below(Above):
        pass

    for kind in (Above, Below, Above):
        note(kind, "forward", lambda original: lambda self: original(self) + 1)
    assert (Below().forward(), is_noted(Below.forward)) == (2, True)


def test_what_is_no_function_is_left_alone() -> None:
    class Odd:
        forward = staticmethod(len)

    note(Odd, "forward", lambda _: lambda *_: None)
    assert Odd.forward("abc") == 3


def test_a_method_that_replaces_another_is_dropped_and_one_that_adds_stays() -> None:
    class Ours:
        def forward(self) -> str:
            return "ours"

        def step(self) -> str:
            return "ours"

    class Theirs(Ours):
        def forward(self) -> str:
            return "theirs"

        def step(self) -> str:
            return super().step() + ", and more"

    drop_rewritten(Theirs, Ours, ("forward", "step"))
    assert (Theirs().forward(), Theirs().step()) == ("ours", "ours, and more")


def test_methods_that_were_replaced_on_an_object_or_its_class_are_named() -> None:
    class Net:
        def forward(self) -> None: ...

        def step(self) -> None: ...

    ours = Net.step
    net = Net()
    vars(net)["step"] = len
    found = replaced_methods(net, ("forward", "step"), lambda method: method is ours)
    assert found == ["Net.step was replaced", "Net.forward was replaced"]


@pytest.mark.parametrize(
    ("args", "kwargs", "first"),
    [((1, 2), {}, [1, 2]), ((1,), {"y": 2}, [1, 2]), ((), {"y": 2, "x": 1}, [1, 2]), ((), {"z": 3}, [3, None])],
)
def test_arguments_come_in_the_order_of_the_parameters(args: Any, kwargs: Any, first: list[Any]) -> None:
    def backward(self: Any, x: Any, y: Any = None) -> None: ...

    assert first_arguments(backward, (None, *args), kwargs, 2) == first
