from __future__ import annotations

from grader.classes.model import Lateness


def test_what_is_handed_in_on_time_is_not_late() -> None:
    assert [Lateness(0).is_late, Lateness(1).is_late] == [False, True]
