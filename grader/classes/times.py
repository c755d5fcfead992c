"""Points in time as platforms write them: digits in an order, a zone by its name, as an offset, or none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_DIGITS = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T _-](\d\d)[:-](\d\d)(?:[:-](\d\d)(?:\.\d+)?)?\s*(.*)", re.DOTALL)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"(?P<hour>\d{1,2}):?(?P<minute>\d\d)(?: ?(?P<half>[AP])\.?M\.?)?"
# the month before the day, and the day before the month, with or without the day of the week
_IN_WORDS = tuple(
    re.compile(rf"(?:[^\W\d]+, )?{date},? (?P<year>\d{{4}}),? {_CLOCK}", re.IGNORECASE)
    for date in (r"(?P<month>[^\W\d]{3,})\.? (?P<day>\d{1,2})", r"(?P<day>\d{1,2})\.? (?P<month>[^\W\d]{3,})")
)


def instant(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Return the instant in UTC that begins a text with a year; None where there is none, and where nobody knows the zone.

    What the text says of the zone goes before `zone`.

    >>> instant("2026-10-12 23:59:03.12 America/Los_Angeles")
    datetime.datetime(2026, 10, 13, 6, 59, 3, tzinfo=datetime.timezone.utc)
    >>> instant("2026-10-12 23:59:03") is None
    True
    """
    found = _DIGITS.match(text.strip())
    if found is None:
        return None
    return _at([int(part or 0) for part in found.groups()[:6]], zone_of(found[7].strip()) or zone)


def in_words(text: str, zone: tzinfo | None) -> datetime | None:
    """Return the instant in UTC that a text with the name of a month tells; None where that is not known.

    >>> in_words("Oct 10, 2025 1022 AM", UTC)
    datetime.datetime(2025, 10, 10, 10, 22, tzinfo=datetime.timezone.utc)
    """
    found = next((match for each in _IN_WORDS if (match := each.fullmatch(text.strip()))), None)
    month = _MONTHS.get(found["month"][:3].casefold()) if found else None
    if found is None or month is None:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].casefold() == "p" else 0)
    return _at([int(found["year"]), month, int(found["day"]), hour, int(found["minute"]), 0], zone)


def zone_of(name: str) -> tzinfo | None:
    """Return the zone of that name, ``UTC``, ``+01:00`` or ``Europe/Berlin``; None for letters that several zones have."""
    if name in ("UTC", "GMT", "Z"):
        return UTC
    if found := _OFFSET.fullmatch(name):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(ahead if found[1] == "+" else -ahead) if ahead < timedelta(hours=24) else None
    # CET and EST are names to the library, too, but without the summer
    if "/" not in name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def latest(local: datetime) -> datetime:
    """Return the instant in UTC of a time on the clock of a zone: the later one, where clocks change and it may mean two."""
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _at(parts: list[int], zone: tzinfo | None) -> datetime | None:
    if zone is None:
        return None
    try:
        year, month, day, hour, minute, second = parts
        # nobody is late for an hour that there was twice
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return min(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
