"""Functions of a notebook are tried out, and none of them gets further than that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.watching.frames import Reader
from grader.watching.recording.trying import answers_bytes

QUESTIONS = [(np.array([1.0, 2.0]),)]


class Odd:
    def __getattribute__(self, name: str) -> Any:
        raise SystemExit


@pytest.mark.parametrize(
    "f", [lambda _: sys.exit(0), lambda _: Odd(), lambda x: (each for each in x), lambda x: str(x)]
)
@pytest.mark.parametrize("loosely", [False, True])
def test_what_is_no_function_of_numbers_is_not_known(f: Callable[..., Any], loosely: bool) -> None:
    assert Reader(answers_bytes(f, QUESTIONS, loosely=loosely)).numbers("H") == (0,)


def test_a_function_of_numbers_says_what_it_makes_of_the_questions() -> None:
    reader = Reader(answers_bytes(lambda x: 2 * x, QUESTIONS))
    assert reader.numbers("H") == (1,)
    assert reader.value().tolist() == [2.0, 4.0]
