"""What one student gets."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from grader.exports.final import Final
from grader.model import Person

JANE = Person(name="Jane Doe")


@pytest.mark.parametrize(("points", "why_not"), [(None, ""), (Decimal(3), "pending")])
def test_points_and_a_reason_for_none_exclude_each_other(points: Decimal | None, why_not: str) -> None:
    with pytest.raises(ValueError, match="a student without points has a reason"):
        Final(JANE, points, Decimal(4), why_not)


def test_a_time_has_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Final(JANE, Decimal(3), Decimal(4), handed_in=datetime(2026, 10, 25, 2, 30))
