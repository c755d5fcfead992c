"""Finding the arrays that an object keeps, without running any code of its class.

Types are asked of `type`: `isinstance` would ask the object too, which may be lying.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from grader.worker.problems import type_name
from grader.worker.values import ARRAYS, as_array, check_size

NODE_LIMIT = 20_000
DEPTH_LIMIT = 8
ARRAY_LIMIT = 1_000
SLOT = types.MemberDescriptorType
OPAQUE = (
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    np.generic,
    str,
    bytes,
)


def find(target: Any, room: int) -> list[dict[str, Any]]:
    """Return path, array and the index of the first entry with the same array object, for all arrays below `target`."""
    found: list[dict[str, Any]] = []
    first: dict[int, int] = {}
    size = 0
    for path, array in _walk(target):
        travelling = as_array(array)
        if travelling is None or len(found) >= ARRAY_LIMIT:
            continue
        size += array.size * 8
        check_size(size, room, f"what {type_name(target)} keeps in arrays")
        same = first.setdefault(id(array), len(found))
        found.append({"path": path[:200], "array": travelling, "same": same})
    return found


def _walk(target: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    visited: set[int] = set()
    nodes: list[tuple[str, Any, int]] = [("", target, 0)]
    for _ in range(NODE_LIMIT):
        if not nodes:
            return
        path, value, depth = nodes.pop()
        if type(value) in ARRAYS and value.dtype != object:
            yield path.removeprefix("."), value
        elif id(value) not in visited and depth < DEPTH_LIMIT and not issubclass(type(value), OPAQUE):
            visited.add(id(value))
            inner = [(f"{path}{step}", item, depth + 1) for step, item in _items(value)]
            nodes.extend(reversed(inner))


def _items(value: Any) -> list[tuple[str, Any]]:
    if issubclass(type(value), dict):
        pairs = list(dict.items(value))[:NODE_LIMIT]
        inside = [(f"[{key!r}]", item) for key, item in pairs if type(key) in (str, int)]
    else:
        inside = [(f"[{index}]", item) for index, item in zip(range(NODE_LIMIT), _entries(value), strict=False)]
    return [*_attributes(value), *inside]


def _step(name: str) -> str:
    # an attribute may be called anything
    return f".{name}" if name.isidentifier() else f".{name!r}"


def _entries(value: Any) -> Iterable[Any]:
    if type(value) is np.ndarray:
        return value.flat
    if issubclass(type(value), list):
        return list.__iter__(value)
    return tuple.__iter__(value) if issubclass(type(value), tuple) else ()


def _attributes(value: Any) -> list[tuple[str, Any]]:
    try:
        kept = object.__getattribute__(value, "__dict__")
    except AttributeError:
        kept = {}
    found = [(_step(name), item) for name, item in list(kept.items())[:NODE_LIMIT] if type(name) is str]
    for kind in type.__getattribute__(type(value), "__mro__"):
        for name, member in type.__getattribute__(kind, "__dict__").items():
            if type(member) is SLOT and not name.startswith("__"):
                try:
                    found.append((_step(name), member.__get__(value)))
                except AttributeError:  # a slot that was never filled
                    continue
    return found
