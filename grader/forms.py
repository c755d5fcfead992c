"""The form that an answer from inside must have before anything in it is believed: its types, its lengths, its keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Question = Callable[[Any], bool]

LARGEST = 2**53


def has_form(form: Any, value: Any) -> bool:
    """Tell whether a value has a form, and nothing besides.

    A form is a dict of forms, which are those of exactly these keys; a tuple ``(longest, form of each entry)`` of a list;
    a type, where ``float`` stands for any number; or a question about the value.
    """
    if isinstance(form, dict):
        return (
            isinstance(value, Mapping)
            and form.keys() == value.keys()
            and all(has_form(form[key], value[key]) for key in form)
        )
    if isinstance(form, tuple):
        return isinstance(value, list) and len(value) <= form[0] and all(has_form(form[1], each) for each in value)
    if form is float:
        return type(value) in (float, int)
    if isinstance(form, type):
        return type(value) is form
    return bool(form(value))


def is_count(value: Any) -> bool:
    """Tell whether a value is a whole number from 0 on that a float holds exactly."""
    return type(value) is int and 0 <= value < LARGEST


def text(most: int) -> Question:
    """Return the form of a text of at most so many characters."""
    return lambda value: isinstance(value, str) and len(value) <= most


def optional(form: Any) -> Question:
    """Return the form of what is None or has another form."""
    return lambda value: value is None or has_form(form, value)


def row(*forms: Any) -> Question:
    """Return the form of a list whose entries have these forms, one after another."""
    return lambda value: isinstance(value, list) and len(value) == len(forms) and all(map(has_form, forms, value))


def array(dtype: Any, *most: int, columns: int | None = None) -> Question:
    """Return the form of an array with at most so many entries along each axis, and exactly so many `columns`."""

    def is_array(value: Any) -> bool:
        return (
            isinstance(value, np.ndarray)
            and value.dtype == dtype
            and value.ndim == len(most)
            and all(size <= limit for size, limit in zip(value.shape, most, strict=True))
            and columns in (None, value.shape[-1])
        )

    return is_array
