"""Functions that a notebook passes are tried out on questions of the engine's: what they answer says outside which they are."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from numpy import array, array_equal, broadcast_to, errstate, float64, ndarray, shape
from numpy.random import get_state, set_state

from grader.watching import frames
from grader.watching.frames import Reader

Array = ndarray[Any, Any]
Question = tuple[Any, ...]


def read_questions(reader: Reader) -> list[Question]:
    """Return questions as the engine asks them: each is the arguments of one call, arrays or numbers."""
    (count,) = reader.numbers("H")
    return [tuple(reader.value() for _ in range(*reader.numbers("B"))) for _ in range(count)]


def answers_bytes(f: Any, questions: Sequence[Question], *, loosely: bool = False) -> bytes:
    """Return what f makes of the questions as it travels: a count, 0 where f is no function of numbers, and arrays.

    It must answer twice the same, change no argument, draw nothing and say nothing. `loosely` lets factors be of any number
    type, and one number stand for all.
    """
    found = _twice(f, questions, loosely=loosely) if callable(f) else []
    parts = [frames.value_bytes(each) or bytes([frames.NOTHING]) for each in found]
    return b"".join([struct.pack("<H", len(parts)), *parts])


def _twice(f: Callable[..., Any], questions: Sequence[Question], *, loosely: bool) -> list[Array]:
    state = get_state()  # noqa: NPY002 - a stateful generator is what students draw from
    try:
        with warnings.catch_warnings(), errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()) as said:
            warnings.simplefilter("ignore")
            first, again = (_answers(f, questions, loosely=loosely) for _ in range(2))
            drawn = not all(array_equal(one, two) for one, two in zip(state, get_state(), strict=True))  # noqa: NPY002
    finally:
        set_state(state)  # noqa: NPY002
    if drawn or said.getvalue() or not first or len(again) != len(first):
        return []
    return first if all(array_equal(one, two) for one, two in zip(first, again, strict=True)) else []


def _answers(f: Callable[..., Any], questions: Sequence[Question], *, loosely: bool) -> list[Array]:
    found: list[Array] = []
    for question in questions:
        given = [part if isinstance(part, float) else array(part) for part in question]
        try:
            answer = f(*given)
            made = _factors(answer, shape(given[0])) if loosely else answer
        # a limit of time that runs out in here rings again in a moment
        except BaseException:  # noqa: BLE001 - whatever a student's function raises, it is not one of ours
            return []
        if not all(array_equal(part, asked) for part, asked in zip(given, question, strict=True)):
            return []
        if type(made) is not ndarray or made.dtype != float64 or made.shape != shape(given[0]):
            return []
        found.append(made.copy())
    return found


def _factors(answer: Any, wanted: tuple[int, ...]) -> Array | None:
    if type(answer) not in (bool, int, float) and not hasattr(answer, "dtype"):
        return None
    made = array(answer)
    if made.dtype.kind not in "biuf" or made.dtype.itemsize > 8 or made.shape not in ((), wanted):
        return None
    return broadcast_to(made.astype(float64), wanted).copy()
