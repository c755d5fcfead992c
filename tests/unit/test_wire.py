"""The wire carries plain data and arrays both ways, and refuses everything else before anything is allocated."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader import wire

ARRAYS = arrays.arrays(
    dtype=st.sampled_from([np.dtype(name) for name in wire.DTYPES]),
    shape=arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=20)
KEYS = st.text(max_size=8).filter(lambda key: not key.startswith("$"))
BODIES = st.recursive(
    PLAIN | ARRAYS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def reader(data: bytes) -> Any:
    """Return a `read(n)` over `data` that raises EOFError at its end."""
    stream = io.BytesIO(data)

    def read(size: int) -> bytes:
        found = stream.read(size)
        if len(found) < size:
            raise EOFError
        return found

    return read


def through(body: Any, *, limit: int = 2**20) -> Any:
    return wire.decode(reader(wire.encode(body)), limit=limit)


def frame(header: Any, data: bytes = b"") -> bytes:
    """Return a frame with a header that `encode` would not write."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!I", len(text)) + text + data


def array_frame(dtype: Any, shape: Any, data: bytes = b"") -> bytes:
    return frame({"body": {"$array": 0}, "arrays": [{"dtype": dtype, "shape": shape}]}, data)


@given(body=BODIES)
def test_whatever_is_encoded_comes_back_the_same(body: Any) -> None:
    np.testing.assert_equal(through(body), body)


@pytest.mark.parametrize("dtype", wire.DTYPES)
def test_arrays_keep_dtype_shape_and_values(dtype: str) -> None:
    sent = (np.arange(12) % 2).reshape(3, 4).astype(dtype)
    got = through(sent)
    assert got.dtype == sent.dtype
    assert got.tolist() == sent.tolist()


@pytest.mark.parametrize(
    "sent",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0)[::-2],
        np.arange(3.0).astype(">f8"),
        np.zeros((0, 5)),
        np.array(2.5),
    ],
    ids=["transposed", "strided", "big-endian", "empty", "no axes"],
)
def test_arrays_arrive_in_plain_order_however_they_lay(sent: np.ndarray) -> None:
    got = through(sent)
    assert got.shape == sent.shape
    assert got.tolist() == sent.tolist()


def test_a_decoded_array_is_writable_and_its_own() -> None:
    data = wire.encode(np.zeros(3))
    got = wire.decode(reader(data), limit=100)
    got += 1
    assert wire.decode(reader(data), limit=100).tolist() == [0, 0, 0]


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_infinities_stay_floats(value: float) -> None:
    assert through({"loss": value}) == {"loss": value}


@pytest.mark.parametrize(
    "body",
    [
        np.zeros(2, complex),
        np.array(["a"]),
        np.array([None]),
        object(),
        {1, 2},
        2**63,
        {"$array": 0},
        "\ud800",
        b"bytes",
    ],
    ids=[
        "complex",
        "text array",
        "object array",
        "object",
        "set",
        "wide integer",
        "reserved key",
        "surrogate",
        "bytes",
    ],
)
def test_what_does_not_travel_is_refused_when_it_is_sent(body: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.encode(body)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("!I", 2**32 - 1),
        frame(b"not json"),
        frame(b"\xff\xfe"),
        frame(b"[]"),
        frame(b'{"body": 1}'),
        frame(b'{"body": NaN, "arrays": []}'),
        frame(b'{"body": 1e999, "arrays": []}'),
        frame(b'{"body": ' + b"9" * 30 + b', "arrays": []}'),
        frame(b'{"body": ' + b"9" * 10_000 + b', "arrays": []}'),
        frame(b'{"body": "\\ud800", "arrays": []}'),
        frame(b'{"body": ' + b"[" * 100_000 + b"]" * 100_000 + b', "arrays": []}'),
        frame(b'{"body": ' + b"[" * 40 + b"]" * 40 + b', "arrays": []}'),
        frame({"body": {"$array": 0}, "arrays": []}),
        frame({"body": {"$array": True}, "arrays": [{"dtype": "bool", "shape": [0]}] * 2}),
        frame({"body": {"$array": 0, "more": 1}, "arrays": [{"dtype": "bool", "shape": [0]}]}),
        frame({"body": {"$float": "1e5"}, "arrays": []}),
        frame({"body": {"$object": "os.system"}, "arrays": []}),
        frame({"body": 1, "arrays": {"dtype": "bool"}}),
        frame({"body": 1, "arrays": ["dtype"]}),
    ],
    ids=range(19),
)
def test_bytes_that_are_no_frame_are_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(reader(data), limit=2**20)


@pytest.mark.parametrize(
    "dtype", ["complex128", "object", "O", "<f8", "V8", "datetime64[s]", "U9", None, ["float64"], {"a": 1}]
)
def test_a_dtype_that_is_not_listed_is_never_rebuilt(dtype: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(reader(array_frame(dtype, [1], b"\x00" * 16)), limit=2**20)


@pytest.mark.parametrize(
    "shape",
    [[-1], [2**40], [0, 2**39, 2**39], [1] * 9, [1.0], [True], ["1"], "11", 3, None, [2**20, 2**20, 2**20], [[1]]],
    ids=str,
)
def test_an_impossible_shape_is_refused(shape: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(reader(array_frame("float64", shape, b"\x00" * 64)), limit=2**20)


def test_arrays_over_the_limit_are_refused_before_they_are_read() -> None:
    with pytest.raises(wire.WireError, match="over the limit"):
        wire.decode(reader(array_frame("float64", [1_000])), limit=7_999)


def test_many_small_arrays_count_together() -> None:
    with pytest.raises(wire.WireError, match="over the limit"):
        through([np.zeros(10)] * 11, limit=800)


def test_a_header_over_the_given_limit_is_refused() -> None:
    with pytest.raises(wire.WireError, match="over the limit"):
        wire.decode(reader(wire.encode("x" * 1_000)), limit=0, header_limit=500)


@given(data=st.binary(max_size=64))
def test_random_bytes_are_never_more_than_a_wire_error(data: bytes) -> None:
    with pytest.raises((wire.WireError, EOFError)):
        wire.decode(reader(frame(data)), limit=64)


@pytest.mark.parametrize("size", [0, 1, wire.CHUNK_LIMIT, wire.CHUNK_LIMIT + 1])
def test_chunks_carry_everything_in_pieces_of_bounded_size(size: int) -> None:
    read = reader(wire.chunks(wire.DATA, b"x" * size))
    pieces = [wire.chunk_head(read(wire.CHUNK_HEAD))]
    read(pieces[0][1])
    rest = size - pieces[0][1]
    assert pieces == [(wire.DATA, min(size, wire.CHUNK_LIMIT))]
    assert rest == 0 or wire.chunk_head(read(wire.CHUNK_HEAD)) == (wire.DATA, rest)


@pytest.mark.parametrize("head", [b"X\x00\x00\x00\x00", b"D\x7f\xff\xff\xff", b"\x00\x00\x00\x00\x00"])
def test_bytes_that_are_no_chunk_are_refused(head: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.chunk_head(head)
