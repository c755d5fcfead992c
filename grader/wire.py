"""Frames between grader and sandbox: a JSON header of capped length, then the raw bytes of the arrays it names.

Frame: 4 bytes big-endian header length, the header ``{"body": ..., "arrays": [{"dtype", "shape"}, ...]}`` in ASCII,
and the arrays' little-endian C-order bytes one after another. In the body an array is ``{"$array": k}`` and a float
that is not finite ``{"$float": "nan"}``. Nothing but the listed dtypes is rebuilt, and every size is checked before
anything is allocated.

Chunk: what travels on the pipe itself. One byte says what it is, 4 bytes how long, so that the words of the worker
(hello, how a session ended) and the bytes of the process that holds student code (data) cannot be taken for one
another.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import struct
from collections.abc import Callable, Collection
from typing import Any, NoReturn

import numpy as np

HEADER_LIMIT = 4 * 1024 * 1024
DEPTH_LIMIT = 32
DTYPES = {"float64": "<f8", "float32": "<f4", "int64": "<i8", "bool": "|b1", "uint8": "|u1"}
_DTYPES = {name: np.dtype(code) for name, code in DTYPES.items()}
_NAMES = {(dtype.kind, dtype.itemsize): name for name, dtype in _DTYPES.items()}
FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

CHUNK_LIMIT = 1024 * 1024
# what is read or written at a time
PIECE = 1024 * 1024
HELLO, BEGIN, DATA, END, FATE = b"H", b"B", b"D", b"E", b"F"
# calls of networks from the session's process, and what comes back to it
CALL, REPLY = b"C", b"R"
# between us and our own process that answers them: a question, its answer, and why no more calls are answered
ASK, TOLD, HALT = b"Q", b"T", b"S"
KINDS = (HELLO, BEGIN, DATA, END, FATE, CALL, REPLY, ASK, TOLD, HALT)
_CHUNK = struct.Struct("!cI")
CHUNK_HEAD = _CHUNK.size

# how a session's process ended, besides by itself or by a signal: it broke, ran out of memory, closed its channel
BROKEN, EXHAUSTED, MUTE = 70, 71, 256


class WireError(Exception):
    """Bytes that are not a frame, or a frame that is larger than allowed."""


class TooLarge(WireError):
    """A frame that would be larger than allowed."""


def dtype_name(dtype: np.dtype[Any]) -> str:
    """Return the name of a dtype, which numpy puts together anew whenever it is asked for it."""
    return _NAMES.get((dtype.kind, dtype.itemsize)) or dtype.name


def encode(body: Any) -> bytes:
    """Return the frame for `body`: None, bool, int, float, str, arrays, and lists, tuples and dicts of them."""
    arrays: list[np.ndarray[Any, Any]] = []
    header = {
        "body": _flatten(body, arrays, 0),
        "arrays": [{"dtype": dtype_name(a.dtype), "shape": list(a.shape)} for a in arrays],
    }
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > HEADER_LIMIT:
        raise TooLarge(f"header of {len(text)} bytes is over the limit of {HEADER_LIMIT}")
    raw = [np.ascontiguousarray(a).astype(DTYPES[dtype_name(a.dtype)], copy=False).data for a in arrays]
    return b"".join([struct.pack("!I", len(text)), text, *raw])


def decode(read: Callable[[int], bytes], *, limit: int, header_limit: int = HEADER_LIMIT) -> Any:
    """Read one frame through `read(n)`, which returns exactly n bytes, and return its body.

    The arrays may be `limit` bytes in all, the header `header_limit`; WireError on anything else that is not a frame.
    """
    (length,) = struct.unpack("!I", read(4))
    if length > header_limit:
        raise WireError(f"header of {length} bytes is over the limit of {header_limit}")
    try:
        header = json.loads(read(length), parse_constant=_no_constant)
        body, descriptions = header["body"], header["arrays"]
        if type(descriptions) is not list:
            raise WireError("a header whose arrays are not a list")
        sizes = [size_of(description) for description in descriptions]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WireError(f"not a frame: {type(error).__name__}") from None
    if sum(sizes) > limit:
        raise WireError(f"arrays of {sum(sizes)} bytes are over the limit of {limit}")
    raw, ends = memoryview(read(sum(sizes))), itertools.accumulate(sizes)
    arrays = [_array(each, raw[end - size : end]) for each, size, end in zip(descriptions, sizes, ends, strict=True)]
    return _restore(body, arrays, 0)


def chunks(kind: bytes, data: bytes = b"") -> bytes:
    """Return `data` cut into chunks of one kind; one empty chunk when there is nothing in it."""
    view = memoryview(data)
    pieces = [view[at : at + CHUNK_LIMIT] for at in range(0, max(len(data), 1), CHUNK_LIMIT)]
    return b"".join(part for piece in pieces for part in (_CHUNK.pack(kind, len(piece)), piece))


def chunk_head(head: bytes) -> tuple[bytes, int]:
    """Return kind and length from the `CHUNK_HEAD` bytes before a chunk; WireError when they cannot be such."""
    kind, length = _CHUNK.unpack(head)
    if kind not in KINDS or length > CHUNK_LIMIT:
        raise WireError("bytes that are not a chunk")
    return kind, length


def read_chunk(source: int) -> tuple[bytes, bytes]:
    """Return kind and data of the next chunk from a descriptor; EOFError when the other side is gone, WireError for no chunk."""
    kind, length = chunk_head(read_exactly(source, CHUNK_HEAD))
    return kind, read_exactly(source, length)


def read_exactly(source: int, size: int) -> bytes:
    """Return `size` bytes from a descriptor; EOFError when the other side is gone."""
    parts = []
    while size:
        part = os.read(source, min(size, PIECE))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_all(target: int, data: bytes) -> None:
    """Write all of `data` to a descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(target, view[:PIECE]) :]


def _no_constant(text: str) -> NoReturn:
    raise WireError(f"{text} is not JSON")


def _flatten(value: Any, arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:
    if _is_simple(value):
        return value
    if isinstance(value, np.ndarray):
        if dtype_name(value.dtype) not in DTYPES:
            raise WireError(f"arrays of {value.dtype} do not travel")
        arrays.append(value)
        return {"$array": len(arrays) - 1}
    if isinstance(value, dict):
        _ensure_shallow(value, depth)
        return {_key(key): _flatten(item, arrays, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        _ensure_shallow(value, depth)
        return [_flatten(item, arrays, depth + 1) for item in value]
    if isinstance(value, np.generic):
        return _flatten(value.item(), arrays, depth)
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(float(value))}
    if value is None or isinstance(value, bool | int | float | str):
        return _plain(value)
    raise WireError(f"{type(value).__name__} does not travel")


def _is_simple(value: Any) -> bool:
    """Tell whether a value travels as it is: nearly all that do, told at once."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii())
    if kind is float:
        return math.isfinite(value)
    if kind is int:
        return bool(-(2**63) <= value < 2**63)
    return kind is bool or value is None


def _ensure_shallow(value: Collection[Any], depth: int) -> None:
    if depth >= DEPTH_LIMIT and value:
        raise WireError("nested too deeply")


def _key(key: Any) -> str:
    if type(key) is str and key.isascii() and key[:1] != "$":
        return key
    text = str(key)
    if text.startswith("$"):
        raise WireError(f"the key {text!r} has a meaning of its own on the wire")
    return str(_plain(text))


def _plain(value: Any) -> Any:
    if type(value) is int and not -(2**63) <= value < 2**63:
        raise WireError("an integer of more than 64 bits")
    if isinstance(value, float) and not math.isfinite(value):
        raise WireError("a number that is not finite")
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise WireError("text that is not Unicode") from None
    return value


def size_of(description: Any) -> int:
    """Return the bytes of an array by its description in a header; WireError for one that cannot be."""
    dtype, shape = description["dtype"], description["shape"]
    if dtype not in DTYPES:
        raise WireError("an array of a dtype that is not allowed")
    if not isinstance(shape, list) or len(shape) > 8 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
        raise WireError("an array of an impossible shape")
    # numpy counts the entries with empty axes left out, and refuses too many of them
    if math.prod(max(n, 1) for n in shape) >= 2**40:
        raise WireError("an array of an impossible shape")
    return _DTYPES[dtype].itemsize * math.prod(shape)


def _array(description: Any, raw: memoryview) -> np.ndarray[Any, Any]:
    dtype = _DTYPES[description["dtype"]]
    flat = np.frombuffer(raw, dtype=np.uint8 if dtype.kind == "b" else dtype)
    return (flat != 0 if dtype.kind == "b" else flat.copy()).reshape(description["shape"])


def _restore(value: Any, arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:
    if _is_simple(value):
        return value
    if isinstance(value, dict):
        if any(key[:1] == "$" for key in value):
            return _special(value, arrays)
        _ensure_shallow(value, depth)
        return {_key(key): _restore(item, arrays, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        _ensure_shallow(value, depth)
        return [_restore(item, arrays, depth + 1) for item in value]
    return _plain(value)


def _special(value: dict[str, Any], arrays: list[np.ndarray[Any, Any]]) -> Any:
    match value:
        case {"$array": int(index)} if len(value) == 1 and type(index) is int and 0 <= index < len(arrays):
            return arrays[index]
        case {"$float": str(name)} if len(value) == 1 and name in FLOATS:
            return FLOATS[name]
        case _:
            raise WireError("a reference to something that is not there")
