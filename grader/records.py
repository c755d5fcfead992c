"""Records: one declaration says what a record holds, tells whether a value from inside is one, and is its documentation.

A record is a `TypedDict`. What its types leave open is said with `Annotated`: how long a text or a list may be (`AtMost`), what
the places of a short list are (`Row`), which numbers an array holds and how many (`Numbers`), and that a number counts (`Count`).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

R = TypeVar("R")
# a float holds every whole number below exactly
LARGEST = 2**53

# what `Annotated` says of a type answers `holds(value)`, which is asked before the value is looked at more closely


@dataclass(frozen=True)
class AtMost:
    """A text of at most so many characters, a list of at most so many entries."""

    size: int

    def holds(self, value: Any) -> bool:
        return isinstance(value, str | list) and len(value) <= self.size


@dataclass(frozen=True)
class Row:
    """A list whose entries have these types, one after another."""

    kinds: tuple[Any, ...]

    def holds(self, value: Any) -> bool:
        return isinstance(value, list) and len(value) == len(self.kinds) and all(map(is_a, self.kinds, value))


@dataclass(frozen=True)
class Numbers:
    """An array of numbers of one type with at most so many entries along each axis, and exactly so many `columns`."""

    dtype: type[np.generic]
    most: tuple[int, ...]
    columns: int | None = None

    def holds(self, value: Any) -> bool:
        return (
            isinstance(value, np.ndarray)
            and value.dtype == self.dtype
            and value.ndim == len(self.most)
            and all(size <= limit for size, limit in zip(value.shape, self.most, strict=True))
            and self.columns in (None, value.shape[-1])
        )


@dataclass(frozen=True)
class _FromZero:
    def holds(self, value: Any) -> bool:
        return type(value) is int and 0 <= value < LARGEST


Count = Annotated[int, _FromZero()]


def records(kind: type[R], values: Any, most: int) -> list[R]:
    """Return the records of one kind among the first entries of a list; there are none in what is no list."""
    return [each for each in values[:most] if is_a(kind, each)] if isinstance(values, list) else []


def is_a(kind: Any, value: Any) -> bool:
    """Tell whether a value is of a type, and has nothing besides: a record exactly its keys, ``float`` is any number."""
    if is_typeddict(kind):
        fields = _fields(kind)
        return (
            isinstance(value, Mapping)
            and fields.keys() == value.keys()
            and all(is_a(fields[name], value[name]) for name in fields)
        )
    if get_origin(kind) is Annotated:
        plain, *marks = get_args(kind)
        return all(mark.holds(value) for mark in marks) and is_a(plain, value)
    if get_origin(kind) in (Union, UnionType):
        return any(is_a(each, value) for each in get_args(kind))
    if get_origin(kind) is list:
        return type(value) is list and all(is_a(get_args(kind)[0], each) for each in value)
    if get_origin(kind) is np.ndarray:
        return isinstance(value, np.ndarray)
    if kind is Any:
        return True
    if kind is None or kind is NoneType:
        return value is None
    return type(value) in (float, int) if kind is float else type(value) is kind


@functools.cache
def _fields(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)
