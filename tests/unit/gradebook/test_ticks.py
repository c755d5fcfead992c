from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.nouns import Entry
from grader.gradebook.ticks import told, worth

POINTS = st.decimals(min_value=-5, max_value=5, places=2)


@pytest.mark.parametrize(
    ("points", "adjustment", "came_to"),
    [
        ("-1", "0", "2"), ("-1 -0.5", "0", "1.5"), ("-1 0", "0", "2"), ("-1 -2 -2", "0", "0"), ("1", "0", "1"),
        ("1 0.5", "0", "1.5"), ("2 2", "0", "3"), ("2 -0.5", "0", "1.5"), ("0", "0", "0"), ("", "1.5", "1.5"),
        ("-1", "0.5", "2.5"), ("-1", "9", "3"), ("1", "-9", "0"),
    ],
)  # fmt: skip
def test_entries_that_take_away_take_from_all_and_others_add_up(points: str, adjustment: str, came_to: str) -> None:
    assert worth([Decimal(each) for each in points.split()], Decimal(adjustment), Decimal(3)) == Decimal(came_to)


@given(st.lists(POINTS, max_size=5), POINTS, st.decimals(min_value=0, max_value=5, places=2))
def test_no_ticks_leave_the_range(points: list[Decimal], adjustment: Decimal, possible: Decimal) -> None:
    assert 0 <= worth(points, adjustment, possible) <= possible


def test_entries_speak_in_the_order_of_their_guide_with_their_points() -> None:
    texts = {7: ("Nothing compared", "-1"), 3: ("A picture", "0.5"), 5: ("See me", "0")}
    entries = {
        number: Entry(number, "code", "says", place, text, Decimal(points), 1)
        for place, (number, (text, points)) in enumerate(texts.items())
    }
    assert told((3, 5, 7, 3), entries) == ("Nothing compared (-1)", "A picture (+0.5)", "See me")
