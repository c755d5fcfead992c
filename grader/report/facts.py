"""Evidence and files in few words: what staff look at when a verdict is questioned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

ROW_LIMIT, DEPTH_LIMIT, LIST_LIMIT, TEXT_LIMIT, VALUE_LIMIT = 150, 6, 12, 300, 9
FILE_LIMIT, LINE_LIMIT = 200_000, 3000


@dataclass(frozen=True)
class Fact:
    """One value of an observation: its key as a path, what kind of thing it is, and what it holds."""

    key: str
    kind: str
    text: str


@dataclass(frozen=True)
class File:
    """One file of a submission; `lines` is empty when it is not text, and `note` says what is not shown."""

    path: str
    size: int
    lines: tuple[str, ...]
    note: str = ""


def facts(data: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Return at most 150 values of an observation, small ones in full and arrays by dtype, shape and range."""
    found = list(islice(_walk("", data, 0), ROW_LIMIT + 1))
    more = (Fact("…", "", "and more"),) if len(found) > ROW_LIMIT else ()
    return (*found[:ROW_LIMIT], *more)


def files(contents: Mapping[str, bytes]) -> tuple[File, ...]:
    """Return the files in order of their paths, Python before the rest, those that are text with their lines."""
    paths = sorted(contents, key=lambda path: (not path.endswith(".py"), path))
    return tuple(_file(path, contents[path]) for path in paths)


def _walk(key: str, value: Any, depth: int) -> Iterator[Fact]:
    if isinstance(value, np.ndarray):
        yield Fact(key, f"{value.dtype} {value.shape}", _array(value))
    elif isinstance(value, Mapping | list | tuple):
        kind = f"{type(value).__name__} of {len(value)}"
        long = len(value) > LIST_LIMIT and not isinstance(value, Mapping)
        if depth == DEPTH_LIMIT or long or not value:
            yield Fact(key, kind, "")
            return
        pairs = value.items() if isinstance(value, Mapping) else ((f"[{k}]", each) for k, each in enumerate(value))
        for name, each in pairs:
            yield from _walk(_joined(key, _cut(str(name))), each, depth + 1)
    elif value is None or isinstance(value, bool | int | float | str):
        yield Fact(key, type(value).__name__, _cut(value if isinstance(value, str) else repr(value)))
    else:
        yield Fact(key, type(value).__name__, "")


def _joined(key: str, name: str) -> str:
    return f"{key}{name}" if name.startswith("[") or not key else f"{key}.{name}"


def _array(values: np.ndarray[Any, Any]) -> str:
    if values.size <= VALUE_LIMIT:
        return _cut(" ".join(np.array2string(values, precision=5, separator=", ").split()))
    if values.dtype == bool:
        return f"{np.count_nonzero(values)} true"
    finite = values[np.isfinite(values)]
    lost = values.size - finite.size
    with np.errstate(over="ignore"):
        mean = finite.mean(dtype=float) if finite.size else 0.0
    span = f"{finite.min():.5g} to {finite.max():.5g}, mean {mean:.5g}" if finite.size else "nothing finite"
    return f"{span}, {lost} not finite" if lost else span


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}… ({len(text)} characters)"


def _file(path: str, content: bytes) -> File:
    if b"\0" in content[:FILE_LIMIT]:
        return File(path, len(content), (), "not text")
    text = content[:FILE_LIMIT].decode("utf-8", "backslashreplace")
    # Python's own idea of a line, so that the numbers agree with its tracebacks
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    cut = len(content) > FILE_LIMIT or len(lines) > LINE_LIMIT
    return File(path, len(content), tuple(lines[:LINE_LIMIT]), "only the beginning is shown" if cut else "")
