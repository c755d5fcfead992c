"""What student code returned, made into plain data: exact types only, so that nothing of the student's is called."""

from __future__ import annotations

import itertools
import reprlib
from typing import Any

import numpy as np

from grader import wire
from grader.worker.alarm import Overtime
from grader.worker.problems import MEMORY, Refused, clean, type_name

NUMBERS = (bool, int, float)
# numpy's own, of which a matrix is read as the array that it is
ARRAYS = (np.ndarray, np.matrix)
SCALARS = frozenset(np.sctypeDict.values())
ENTRY_LIMIT = 1_000_000
DEPTH_LIMIT = 8


def as_array(value: Any) -> np.ndarray[Any, Any] | None:
    """Return numbers as an array whose dtype travels, or None when `value` is anything but numbers.

    Exact arrays, Python and numpy numbers, and lists and tuples of these, nested but not ragged. Always a copy.
    """
    if type(value) in ARRAYS:
        return _travelling(np.ndarray.view(value, np.ndarray))
    if type(value) in NUMBERS:
        return _from_list(value)
    if type(value) in SCALARS:
        return _travelling(np.asarray(value))
    if type(value) in (list, tuple):
        budget = itertools.count()
        return _from_list(value) if _numbers_only(value, budget, 0) else None
    return None


def describe(value: Any, room: int) -> dict[str, Any]:
    """Return value, type and text of what student code returned; Refused when it is over `room` bytes."""
    kind = type_name(value)
    if type(value) in ARRAYS:
        value = np.ndarray.view(value, np.ndarray)
        check_size(value.size * 8, room, f"an array of shape {value.shape}")
        array = _travelling(value)
        name = wire.dtype_name(value.dtype)
        if name not in wire.DTYPES:
            kind = f"{kind} of {clean(name, 40)}"
        return {"value": array, "type": kind, "text": f"array of shape {value.shape}, {clean(name, 40)}"}
    array = as_array(value)
    if array is not None:
        check_size(array.size * 8, room, f"numbers of shape {array.shape}")
        array = array.astype(np.float64)
    return {"value": array, "type": kind, "text": text_of(value)}


def check_size(size: int, room: int, what: str) -> None:
    """Refuse what is larger than the `room` in bytes that is left for answers."""
    if size > room:
        raise Refused(MEMORY, f"{what} ({size / 2**20:.0f} MB) is too large to be handed over")


def text_of(value: Any) -> str:
    """Return a bounded repr; what a repr of the student's raises is said instead."""
    try:
        return clean(_SHORT.repr(value))
    except Overtime:
        raise
    except BaseException as error:  # noqa: BLE001 - a repr of the student's may even exit
        return f"(its repr raises {type(error).__name__})"


def _short() -> reprlib.Repr:
    short = reprlib.Repr()
    short.maxstring = short.maxother = 200
    short.maxlevel = 4
    return short


_SHORT = _short()


def _travelling(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    if wire.dtype_name(array.dtype) in wire.DTYPES:
        # as it is at this moment: student code may write into the same array before the answers leave
        return array.copy()
    if array.dtype.kind in "iu":
        largest = np.iinfo(np.int64).max
        fits = array.dtype.itemsize < 8 or array.size == 0 or int(array.max()) <= largest
        return array.astype(np.int64 if fits else np.float64)
    if array.dtype.kind == "f":
        with np.errstate(over="ignore"):
            return array.astype(np.float64)
    return None


def _from_list(value: Any) -> np.ndarray[Any, Any] | None:
    try:
        return np.array(value, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None


def _numbers_only(value: Any, budget: Any, depth: int) -> bool:
    if next(budget) > ENTRY_LIMIT or depth > DEPTH_LIMIT:
        return False
    if type(value) in (list, tuple):
        return all(_numbers_only(item, budget, depth + 1) for item in value)
    if type(value) in ARRAYS:
        return value.dtype.kind in "biuf" and value.size <= ENTRY_LIMIT
    return type(value) in NUMBERS or (type(value) in SCALARS and value.dtype.kind in "biuf")
