"""Calls of networks as bytes: what is written is read again, and what is no call is refused before anything is taken."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from grader.watching import frames
from grader.watching.frames import Frame, FrameError, Reader

dtypes = st.sampled_from([np.dtype(each) for each in frames.DTYPES])
shapes = arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    dtypes.flatmap(lambda kind: arrays_of.arrays(kind, shapes)),
)


def alike(one: Any, other: Any) -> bool:
    equal_nan = getattr(one, "dtype", np.dtype(float)).kind in "fc"
    return type(one) is type(other) and np.array_equal(one, other, equal_nan=equal_nan and one is not None)


@settings(max_examples=150)
@given(values)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    reader = Reader(frames.value_bytes(value) or b"")
    assert alike(value, reader.value()) or (value is None)
    reader.end()


@pytest.mark.parametrize("value", ["text", [1.0], np.array(["a"]), np.array([None]), object(), 2**63, np.longdouble(1)])
def test_what_is_no_number_does_not_travel(value: Any) -> None:
    assert frames.value_bytes(value) is None


@settings(max_examples=300)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_are_refused(raw: bytes) -> None:
    try:
        Reader(raw).value()
    except FrameError:
        return


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack("<BBB4I", frames.ARRAY, 0, 4, *[2**32 - 1] * 4),
        struct.pack("<BBBI", frames.ARRAY, 0, 1, 2**31),
        struct.pack("<BBB", frames.ARRAY, 0, 200),
        struct.pack("<BBBI", frames.SCALAR, 0, 1, 0),
        bytes([99]),
    ],
)
def test_an_array_that_cannot_be_there_takes_no_memory(raw: bytes) -> None:
    with pytest.raises(FrameError):
        Reader(raw).value()


def test_a_frame_is_read_as_it_was_written() -> None:
    frame = Frame(frames.BLOCK, 7, b"payload", 3, 9)
    raw = frame.encoded()
    at = iter([raw[:16], raw[16:]])
    assert frames.decoded(lambda _: next(at), kinds=frames.CALLS) == frame
    assert [frames.complete(raw[:k]) for k in (0, 15, 16, 22, 23)] == [0, 0, 0, 0, 23]


@pytest.mark.parametrize("head", [(200, 0, 0, 0, 0, 0), (frames.DONE, 0, 0, 0, 0, 0), (frames.OPEN, 0, 1, 0, 0, 0)])
def test_a_head_of_another_kind_is_refused(head: tuple[int, ...]) -> None:
    with pytest.raises(FrameError):
        frames.decoded(lambda _: frames.HEAD.pack(*head), kinds=frames.CALLS)


def test_a_frame_that_is_too_long_is_refused_before_it_has_come() -> None:
    with pytest.raises(FrameError):
        frames.complete(frames.HEAD.pack(frames.BLOCK, 0, 0, 0, 0, frames.LIMIT + 1))
