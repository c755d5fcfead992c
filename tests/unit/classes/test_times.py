from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from grader.classes.times import in_words, instant, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
LATE = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30 23:59:00 Europe/Berlin",
        "2026-11-30T23:59+01:00",
        "2026-11-30 22:59:00.123 UTC",
        "2026-11-30-23-59-00",
    ],
)
def test_an_instant_is_read_with_its_zone(text: str) -> None:
    assert instant(text, BERLIN) == LATE


def test_a_time_without_a_zone_is_no_instant() -> None:
    assert instant("2026-11-30 23:59:00") is None


@pytest.mark.parametrize("name", ["CET", "EST", "../../etc/passwd", "Europe/Atlantis", "", "+99:00"])
def test_a_zone_that_is_not_sure_is_none(name: str) -> None:
    assert zone_of(name) is None


@pytest.mark.parametrize(
    "text",
    [
        "Nov 30, 2026 1159 PM",
        "Monday, 30 November 2026, 11:59 PM",
        "Montag, 30. November 2026, 23:59",
        "Nov. 30, 2026 11:59 p.m.",
    ],
)
def test_a_time_in_words_is_read_on_the_clock_of_the_course(text: str) -> None:
    assert in_words(text, BERLIN) == LATE


@pytest.mark.parametrize("text", ["-", "", "Smarch 13, 2026 1000 AM", "Nov 31, 2026 1000 AM", "Nov 3, 2026 2561"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert in_words(text, BERLIN) is None


def test_of_an_hour_that_there_was_twice_the_earlier_one_is_taken() -> None:
    assert instant("2026-10-25 02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
