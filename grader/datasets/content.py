"""What is in a data set, in a digest: the same for the same numbers and words, wherever they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import numpy as np

from grader.errors import AuthorError


def digest(value: object, name: str) -> str:
    """Return the digest of numbers, texts, bytes and arrays, and of lists, dicts and dataclasses of them.

    AuthorError when the data set `name` holds anything else.
    """
    found = hashlib.sha256()
    for piece in _pieces(value, name):
        found.update(piece)
    return found.hexdigest()


def _pieces(value: object, name: str) -> Iterator[bytes | memoryview]:
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufcSU":
        yield f"array {value.dtype.str} {value.shape} ".encode()
        yield (
            np.ascontiguousarray(value).data.cast("B")
            if value.size and value.dtype.kind in "biufc"
            else value.tobytes()
        )
    elif value is None or isinstance(value, bool | int | float | str | bytes):
        text = repr(value).encode()
        yield f"{type(value).__name__} {len(text)} ".encode() + text
    elif isinstance(value, list | tuple):
        yield f"list {len(value)} ".encode()
        for each in value:
            yield from _pieces(each, name)
    elif isinstance(value, Mapping):
        yield f"mapping {len(value)} ".encode()
        for key, each in value.items():
            yield from _pieces(key, name)
            yield from _pieces(each, name)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _pieces({field.name: getattr(value, field.name) for field in fields(value)}, name)
    else:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        raise AuthorError(
            f"data set '{name}': holds a {kind}; let it be arrays, numbers and texts, in lists, dicts or dataclasses"
        )
