"""Everything that can be wrong with the rules of a class: each problem is one line that names the key and the fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from grader.classes.times import latest
from grader.suggestions import did_you_mean

# what the rules for attempts are called in a sentence
RULES: Mapping[str, str] = {"latest": "the latest", "latest on time": "the latest on time", "best": "the best"}
UNITS = ("day", "hour")
_TOP = ("due", "zone", "grace", "attempts", "penalty", "extensions")
_PENALTY = ("per", "percent", "at_most")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
_FORM = 'write it as "2026-11-30 23:59"'
_GRACE = 10_080

Table = Mapping[str, Any]


def problems_of(table: Table) -> Iterator[str]:
    """Yield what is wrong with the `table` of rules."""
    yield from _keys("the file", table, _TOP)
    zone = table.get("zone")
    if zone is not None and not _is_zone(zone):
        yield f'\'zone\' is {zone!r}; write the name of a zone in the IANA database, as "Europe/Berlin" or "America/New_York"'
    timed = "due" in table or bool(table.get("extensions"))
    if zone is None and timed:
        yield "there are dates and no 'zone': nobody would know when midnight is; add a line such as zone = \"Europe/Berlin\""
    if "due" in table:
        yield from _time("'due'", table["due"])
    if "grace" in table and minutes_of(table["grace"]) < 0:
        yield f"'grace' is {table['grace']!r}; write a number of minutes, 0 or more, and a week at most"
    if table.get("attempts", "latest") not in RULES:
        yield f"'attempts' is {table['attempts']!r}; write one of {', '.join(map(_quoted, RULES))}"
    yield from _penalty(table.get("penalty", {}))
    yield from _extensions(table, zone)


def instant_of(value: object, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC of a due date, a text or a date of TOML, on the clock of `zone` unless it has an offset."""
    local = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return local.astimezone(UTC) if local.tzinfo else latest(local.replace(tzinfo=zone))


def minutes_of(value: object) -> Decimal:
    """Return the minutes of grace; -1 where it is nothing of the kind."""
    found = _number(value)
    return found if found is not None and 0 <= found <= _GRACE else Decimal(-1)


def _penalty(table: object) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"'penalty' is {table!r}; begin it with a line [penalty]"
        return
    yield from _keys("[penalty]", table, _PENALTY)
    if table.get("per", "day") not in UNITS:
        yield f"[penalty]: 'per' is {table['per']!r}; write one of {', '.join(map(_quoted, UNITS))}"
    if table and "percent" not in table:
        yield "[penalty] lacks 'percent'; add it"
    for name in ("percent", "at_most"):
        found = _number(table.get(name, 0))
        if found is None or not 0 <= found <= 100:
            yield f"[penalty]: '{name}' is {table[name]!r}; write a number from 0 to 100"


def _extensions(table: Table, zone: object) -> Iterator[str]:
    extensions = table.get("extensions", {})
    if not isinstance(extensions, dict):
        yield f"'extensions' is {extensions!r}; begin them with a line [extensions]"
        return
    if extensions and "due" not in table:
        yield "there are extensions and no 'due'; add the date that they extend"
    folded: dict[str, str] = {}
    for name, value in extensions.items():
        yield from _time(f"[extensions]: '{name}'", value)
        if (other := folded.setdefault(name.casefold().strip(), name)) != name:
            yield f"[extensions]: '{name}' and '{other}' are one name but for capitals; keep one"
    if _is_zone(zone):
        yield from _shorter(table.get("due"), extensions, ZoneInfo(str(zone)))


def _shorter(due: object, extensions: Table, zone: ZoneInfo) -> Iterator[str]:
    for name, value in extensions.items():
        if _fine(due) and _fine(value) and instant_of(value, zone) < instant_of(due, zone):
            yield f"[extensions]: '{name}' ends before it is due; an extension can only give more time"


def _fine(value: object) -> bool:
    return not list(_time("", value))


def _time(where: str, value: object) -> Iterator[str]:
    if isinstance(value, datetime):
        return
    if isinstance(value, date):
        yield f"{where} is {value}, a day without an hour; {_FORM}"
        return
    if not isinstance(value, str) or not _LOCAL.fullmatch(value):
        yield f"{where} is {value!r}; {_FORM}, on the clock of 'zone'"
        return
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        yield f"{where} is {value!r}, which is in no calendar ({error}); {_FORM}"


def _is_zone(name: object) -> bool:
    # letters such as CET and EST are in the database, too, but stand still in summer
    if not isinstance(name, str) or ("/" not in name and name != "UTC"):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _keys(where: str, table: Table, allowed: Collection[str]) -> Iterator[str]:
    for name in table:
        if name not in allowed:
            yield f"{where} has the unknown key '{name}'{did_you_mean(name, allowed) or '; remove it'}"


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _quoted(text: str) -> str:
    return f'"{text}"'
