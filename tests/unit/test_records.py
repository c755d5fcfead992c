"""What a record holds is declared once, and a value that has another form is not believed."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import numpy as np
import pytest

from grader.records import LARGEST, AtMost, Count, Numbers, Row, is_a, records

Name = Annotated[str, AtMost(5)]


class Inner(TypedDict):
    size: Count


class Record(TypedDict):
    name: Name
    sizes: Annotated[list[Count], AtMost(2)]
    rate: float
    done: bool
    pair: Annotated[list[Any], Row((int, Name))]
    note: Name | None
    inner: Annotated[list[Inner], AtMost(3)]


GOOD: dict[str, Any] = {"name": "net", "sizes": [1, 2], "rate": 0.5, "done": True, "pair": [1, "a"], "note": None}
GOOD["inner"] = [{"size": 1}]


def test_what_has_the_form_is_believed() -> None:
    assert is_a(Record, GOOD)


@pytest.mark.parametrize(
    "changes",
    [{"sizes": []}, {"rate": 1}, {"rate": float("nan")}, {"name": ""}, {"note": "x"}],
    ids=str,
)
def test_what_the_form_leaves_open_may_be_anything(changes: dict[str, Any]) -> None:
    assert is_a(Record, GOOD | changes)


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
        {"inner": [{"size": 1}] * 4},
        {"inner": [{"size": "1"}]},
        {"inner": [{}]},
    ],
    ids=str,
)
def test_what_has_another_form_is_not(changes: dict[str, Any]) -> None:
    assert not is_a(Record, GOOD | changes)


def test_what_lacks_a_part_is_not_believed() -> None:
    assert not is_a(Record, {key: GOOD[key] for key in ("name", "sizes")})


@pytest.mark.parametrize("value", [None, [], "net", 7, np.zeros(3)], ids=str)
def test_what_is_no_mapping_is_not_believed(value: Any) -> None:
    assert not is_a(Record, value)


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
    assert is_a(Annotated[np.ndarray[Any, Any], Numbers(np.float64, (2, 3), columns=3)], value) is believed


def test_a_width_that_is_left_open_is_only_limited() -> None:
    assert is_a(Annotated[np.ndarray[Any, Any], Numbers(np.float64, (2, 3))], np.zeros((2, 1)))
    assert not is_a(Annotated[np.ndarray[Any, Any], Numbers(np.float64, (2, 3))], np.zeros((2, 4)))


@pytest.mark.parametrize(("value", "found"), [([GOOD, 7, GOOD, GOOD], 2), (None, 0), ({"a": GOOD}, 0), ([], 0)])
def test_the_records_among_the_first_entries_of_a_list_are_taken(value: Any, found: int) -> None:
    assert len(records(Record, value, 3)) == found


def test_a_list_that_is_too_long_is_not_walked_through() -> None:
    class Endless(list[Any]):
        def __iter__(self) -> Any:
            raise AssertionError("it was walked through")

        def __len__(self) -> int:
            return 10**9

    assert not is_a(Record, GOOD | {"inner": Endless()})
