from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest

from grader.errors import AuthorError
from grader.evidence.describing import Description
from grader.model import Verdict
from grader.numerics import best_line


@dataclass(frozen=True)
class Task:
    file: str
    wanted: dict[str, Any]


def asking(held: Any) -> Callable[[], Any]:
    def ask() -> Any:
        return held

    return ask


def with_default(value: int) -> Callable[..., int]:
    def ask(number: int = value) -> int:
        return number

    return ask


PAIRS = [
    (1, 2),
    (1, 1.5),
    ("a", "b"),
    (b"a", b"b"),
    (None, False),
    (np.zeros(3), np.zeros(4)),
    (np.zeros(3), np.zeros(3, np.float32)),
    ({"a": 1}, {"a": 2}),
    ({1}, {2}),
    ([1, [2]], [1, [3]]),
    (Verdict.PASSED, Verdict.FAILED),
    (Task("a", {"n": 1}), Task("a", {"n": 2})),
    (asking(1), asking(2)),
    (asking(asking(1)), asking(asking(2))),
    (with_default(1), with_default(2)),
    (functools.partial(best_line, directions=4), functools.partial(best_line, directions=6)),
    (re.compile("a"), re.compile("a", re.IGNORECASE)),
    (lambda: 1, best_line),
    (len, min),
    (np.add, np.multiply),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda value: type(value).__name__)
def test_values_that_differ_are_described_differently(one: Any, other: Any) -> None:
    assert Description().of(one) != Description().of(other)


@pytest.mark.parametrize("value", [pair[0] for pair in PAIRS], ids=lambda value: type(value).__name__)
def test_a_value_is_described_the_same_each_time(value: Any) -> None:
    assert Description().of(value) == Description().of(value)


def test_the_order_of_a_mapping_says_nothing() -> None:
    assert Description().of({"a": 1, "b": 2}) == Description().of({"b": 2, "a": 1})


def test_a_path_is_described_by_what_the_file_holds(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    with_file = Description().of(tmp_path / "a")
    assert with_file != Description().of(tmp_path / "b")


def test_functions_that_a_function_holds_lead_to_their_modules() -> None:
    description = Description()
    description.of(asking(functools.partial(best_line)))
    assert description.modules == {__name__, "grader.numerics"}


def test_a_function_that_holds_itself_is_described() -> None:
    def again(n: int) -> int:
        return again(n - 1) if n else 0

    assert Description().of(again)


def test_what_cannot_be_told_from_another_is_refused() -> None:
    with pytest.raises(AuthorError, match="cannot be told from another one"):
        Description().of(asking(Lock()))
