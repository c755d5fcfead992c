"""What an answer must look like before it is believed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.forms import LARGEST, array, has_form, is_count, optional, row, text

NAME = text(5)
FORM = {
    "name": NAME,
    "sizes": (2, is_count),
    "rate": float,
    "done": bool,
    "pair": row(int, NAME),
    "note": optional(NAME),
}
GOOD: dict[str, Any] = {"name": "net", "sizes": [1, 2], "rate": 0.5, "done": True, "pair": [1, "a"], "note": None}


def test_what_has_the_form_is_believed() -> None:
    assert has_form(FORM, GOOD)


@pytest.mark.parametrize(
    "changes",
    [{"sizes": []}, {"rate": 1}, {"rate": float("nan")}, {"name": ""}, {"note": "x"}],
    ids=str,
)
def test_what_the_form_leaves_open_may_be_anything(changes: dict[str, Any]) -> None:
    assert has_form(FORM, GOOD | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "longer"},
        {"name": b"net"},
        {"name": None},
        {"sizes": [1, 2, 3]},
        {"sizes": (1, 2)},
        {"sizes": [-1]},
        {"sizes": [True]},
        {"sizes": [LARGEST]},
        {"rate": True},
        {"rate": "0.5"},
        {"done": 1},
        {"pair": [1]},
        {"pair": [1, "a", 2]},
        {"pair": ["a", 1]},
        {"note": 7},
        {"besides": 1},
    ],
    ids=str,
)
def test_what_has_another_form_is_not(changes: dict[str, Any]) -> None:
    assert not has_form(FORM, GOOD | changes)


def test_what_lacks_a_part_is_not_believed() -> None:
    assert not has_form(FORM, {key: GOOD[key] for key in ("name", "sizes")})


@pytest.mark.parametrize("value", [None, [], "net", 7, np.zeros(3)], ids=str)
def test_what_is_no_mapping_is_not_believed(value: Any) -> None:
    assert not has_form(FORM, value)


@pytest.mark.parametrize(
    ("value", "believed"),
    [
        (np.zeros((2, 3)), True),
        (np.zeros((0, 3)), True),
        (np.zeros((3, 3)), False),
        (np.zeros((2, 2)), False),
        (np.zeros((2, 4)), False),
        (np.zeros(3), False),
        (np.zeros((2, 3), np.float32), False),
        ([[0.0] * 3] * 2, False),
    ],
    ids=["full", "empty", "more rows", "fewer columns", "more columns", "other axes", "other numbers", "a list"],
)
def test_arrays_have_a_type_axes_and_most_entries(value: Any, *, believed: bool) -> None:
    assert has_form(array(np.float64, 2, 3, columns=3), value) is believed


def test_a_width_that_is_left_open_is_only_limited() -> None:
    assert has_form(array(np.float64, 2, 3), np.zeros((2, 1)))
    assert not has_form(array(np.float64, 2, 3), np.zeros((2, 4)))
