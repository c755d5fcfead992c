from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from grader.gradebook.columns import LONGEST, Instant, Points, storable

SQLITE = sqlite.dialect()


@given(st.decimals(min_value=-1000, max_value=1000, places=6))
def test_points_come_back_as_they_were(points: Decimal) -> None:
    kept = Points().process_bind_param(points, SQLITE)
    assert Points().process_result_value(kept, SQLITE) == points


@pytest.mark.parametrize(
    ("millionths", "said"), [(0, "0"), (10_000_000, "10"), (1_500_000, "1.5"), (-250_000, "-0.25")]
)
def test_points_read_without_zeros_that_say_nothing(millionths: int, said: str) -> None:
    assert f"{Points().process_result_value(millionths, SQLITE)}" == said


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Instant().process_bind_param(datetime(2026, 11, 30), SQLITE)


@pytest.mark.parametrize(("text", "kept"), [("a\0b", "a\\x00b"), ("\udc80é", "\\udc80é"), ("x" * 9, "x" * 9)])
def test_texts_are_kept_without_what_databases_refuse(text: str, kept: str) -> None:
    assert storable(text) == kept


@pytest.mark.parametrize(
    "text", ["\0" * LONGEST, "é\udc80" * LONGEST, "x" * (LONGEST + 1)], ids=["zeros", "halves", "long"]
)
def test_what_is_kept_is_bounded_and_stays_as_it_is(text: str) -> None:
    kept = storable(text)
    assert len(kept) == LONGEST
    assert storable(kept) == kept


def test_a_long_text_is_cut_and_says_so() -> None:
    kept = storable("x" * 2 * LONGEST)
    assert len(kept) == LONGEST
    assert kept.endswith("(cut)")
