from __future__ import annotations

import io
import tracemalloc
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from grader import wire
from grader.evidence import packing

ABOUT = {"schema": "a/1", "output": "printed \ud800"}
FRAMES = {
    "first": wire.encode({"a": np.arange(6.0).reshape(2, 3), "b": np.zeros((0, 3)), "c": np.float32([1.5])}),
    "second": wire.encode(["text", True, np.array([True, False]), np.array(3, np.int64)]),
}


def packed(whole: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(whole)


def test_what_is_packed_comes_back() -> None:
    about, frames = packing.unpack(packing.pack(ABOUT, FRAMES))
    assert ({**about, "frames": None}, frames) == ({**ABOUT, "frames": None}, FRAMES)


def test_any_zstandard_shows_the_line_first() -> None:
    whole = zstandard.ZstdDecompressor().decompress(packing.pack(ABOUT, FRAMES))
    assert whole.partition(b"\n")[0].startswith(b'{"schema":"a/1"')


dtypes = st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_])
arrays = dtypes.flatmap(lambda dtype: of_numpy.arrays(dtype, of_numpy.array_shapes(min_dims=0, min_side=0)))


@given(st.lists(arrays, max_size=5))
def test_arrays_of_every_kind_come_back_bit_by_bit(values: list[Any]) -> None:
    frame = wire.encode(values)
    assert packing.unpack(packing.pack({}, {"f": frame}))[1] == {"f": frame}


def test_numbers_that_are_alike_take_less_than_they_would_as_they_are() -> None:
    frame = wire.encode(1 + 0.1 * np.random.default_rng(3).random(50_000))
    assert len(packing.pack({}, {"f": frame})) < 0.97 * len(packed(frame))


HOSTILE: dict[str, bytes] = {
    "no line": packed(b""),
    "a line that is no JSON": packed(b"{\n"),
    "a list": packed(b"[]\n"),
    "no frames": packed(b"{}\n"),
    "frames that are a list": packed(b'{"frames": [1]}\n'),
    "nesting": packed(b"[" * 100_000 + b"\n"),
    "more than it says": packed(b'{"frames": {}}\nmore'),
    "less than it says": packed(b'{"frames": {"a": 100}}\n'),
    "a negative length": packed(b'{"frames": {"a": -1, "b": 1}}\n' + bytes(8)),
    "a length that is a text": packed(b'{"frames": {"a": "9"}}\n'),
    "a frame without a head": packed(b'{"frames": {"a": 3}}\nabc'),
    "a frame with a head of nonsense": packed(b'{"frames": {"a": 8}}\n\0\0\0\4nope'),
    "an array of another kind": packed(b'{"frames": {"a": 45}}\n\0\0\0\x29{"arrays":[{"dtype":"object","shape":[]}]}'),
    "an array that is not there": packed(
        b'{"frames": {"a": 46}}\n\0\0\0\x2a{"arrays":[{"dtype":"float64","shape":[9]}]}'
    ),
    "no zstandard": b"plain",
    "a size that is not said": zstandard.ZstdCompressor(write_content_size=False).compress(b'{"frames": {}}\n'),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_bytes_that_were_not_packed_here_are_refused(what: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError, RecursionError, wire.WireError)):
        packing.unpack(HOSTILE[what])


def test_what_would_grow_beyond_the_limit_is_refused_before_it_is_unpacked() -> None:
    compressor = zstandard.ZstdCompressor().compressobj(size=packing.LIMIT + 1)
    bomb = io.BytesIO()
    for _ in range(1024):
        bomb.write(compressor.compress(bytes(2**20)))
    bomb.write(compressor.compress(b"0") + compressor.flush())
    tracemalloc.start()
    with pytest.raises(ValueError, match="over the limit"):
        packing.unpack(bomb.getvalue())
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_what_could_not_be_unpacked_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LIMIT", 100)
    with pytest.raises(ValueError, match="over the limit of 100"):
        packing.pack(ABOUT, FRAMES)
