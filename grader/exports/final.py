"""What one student gets, as gradebooks of other programs take it: who it is, the points, and what goes with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from grader.model import Person

CENT = Decimal("0.01")


def rounded(points: Decimal) -> Decimal:
    """Return points as they are handed on: half up, to two digits."""
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Final:
    """What one student gets: `points` after the marks of people and lateness, rounded half up to 2 digits.

    Without `points` it is not final, or there is nothing: `why_not` says in words what it waits for. `items` are points by item
    of the rubric. `folder` is that of the submission in the run. `submission` is what the platform calls what was handed in, at
    `handed_in` (UTC, aware); `late` says in words what that costs.
    """

    who: Person
    points: Decimal | None
    possible: Decimal
    why_not: str = ""
    items: Mapping[str, Decimal] = field(default_factory=dict)
    comment: str = ""
    released: bool = False
    folder: Path | None = None
    submission: str = ""
    handed_in: datetime | None = None
    late: str = ""

    def __post_init__(self) -> None:
        if (self.points is None) != bool(self.why_not):
            raise ValueError("a student without points has a reason, and one with points has none")
        if self.handed_in is not None and self.handed_in.tzinfo is None:
            raise ValueError("a time without a zone is nobody's time")
