"""Everything that can be wrong with a rubric: each problem is one line that names the item and the fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeGuard

from grader.model import REDUCED, SIZES, Limits, Parameter
from grader.suggestions import did_you_mean
from grader.text import points as shown

STEP = 0.25
MOST = 10_000

_TOP = ("assignment", "title", "points", "limits", "item", "thresholds", "sizes", "parameters")
_TOP_NEEDED = ("assignment", "title", "points", "item")
_ITEM = ("id", "title", "points", "checks", "public")
_ITEM_NEEDED = ("id", "title", "points", "checks")
_LIMITS = tuple(field.name for field in fields(Limits))

Table = Mapping[str, Any]


def problems_of(
    table: Table,
    checks: Mapping[str, tuple[str, ...]],
    size_numbers: Collection[str],
    parameters: Mapping[str, Parameter],
) -> Iterator[str]:
    """Yield what is wrong with the `table` of a rubric.

    `checks` maps each check to the thresholds that it takes; `size_numbers` are what each size of run must have, `parameters`
    what there must be, each with an example of its type.
    """
    if not table:
        yield f"is empty; it needs {', '.join(_TOP_NEEDED)}"
        return
    yield from _keys("the rubric", table, _TOP, _TOP_NEEDED)
    yield from _texts("the rubric", table, ("assignment", "title"))
    yield from _points("the rubric", table)
    items = table.get("item", [])
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        if "item" in table:
            yield "'item' is no list of items; begin each with a line [[item]], in two brackets"
        items = []
    for position, item in enumerate(items, start=1):
        yield from _item(_name(item, position), item)
    yield from _sum("the rubric", "items", table.get("points"), [item.get("points") for item in items])
    yield from _repeated_ids(items)
    yield from _check_names(items, checks)
    yield from _thresholds(table.get("thresholds", {}), checks)
    yield from _limits(table.get("limits", {}))
    yield from _sizes(table.get("sizes", {}), size_numbers)
    yield from _parameters(table.get("parameters"), parameters)


def _name(item: Table, position: int) -> str:
    return f"item '{item['id']}'" if _is_text(item.get("id")) else f"item number {position}"


def _item(where: str, item: Table) -> Iterator[str]:
    yield from _keys(where, item, _ITEM, _ITEM_NEEDED)
    yield from _texts(where, item, ("id", "title"))
    if _is_text(item.get("id")) and not re.fullmatch("[a-z][a-z0-9_]*", item["id"]):
        yield f"{where} is to have an id of small letters, digits and underscores that begins with a letter"
    if not isinstance(item.get("public", True), bool):
        yield f"{where}: 'public' is {item['public']!r}; write true or false"
    yield from _points(where, item)
    checks = item.get("checks", {})
    if not isinstance(checks, dict) or ("checks" in item and not checks):
        yield f"{where}: 'checks' is no table of points; write checks = {{ name_of_check = 2 }}"
        return
    for check, value in checks.items():
        yield from _points(f"{where}: check '{check}'", {"points": value})
    if checks:
        yield from _sum(where, "checks", item.get("points"), checks.values())


def _keys(where: str, table: Table, allowed: Collection[str], needed: Iterable[str] = ()) -> Iterator[str]:
    for name in table:
        if name not in allowed:
            yield f"{where} has the unknown key '{name}'{did_you_mean(name, allowed) or '; remove it'}"
    for name in needed:
        if name not in table:
            yield f"{where} lacks '{name}'; add it"


def _texts(where: str, table: Table, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name in table and not _is_text(table[name]):
            yield f"{where}: '{name}' is {table[name]!r}; write a text in quotes"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _points(where: str, table: Table) -> Iterator[str]:
    if "points" in table and (wrong := _not_points(table["points"])):
        yield f"{where} is worth {wrong}"


def _not_points(value: object) -> str:
    if not _is_number(value):
        return f"{value!r}; write a number of points"
    if not 0 <= value <= MOST:
        return f"{value!r}; points lie between 0 and {MOST}"
    return f"{value!r}; points are multiples of {STEP}" if value % STEP else ""


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sum(whole: str, parts: str, total: object, values: Collection[object]) -> Iterator[str]:
    numbers = [value for value in (total, *values) if _is_number(value)]
    # where a number is no number of points, that is complained about instead
    if len(numbers) == 1 + len(values) and not any(map(_not_points, numbers)):
        first, found = numbers[0], sum(numbers[1:])
        if first != found:
            yield f"{whole} is worth {shown(first)}, its {parts} add up to {shown(found)}"


def _repeated_ids(items: list[Table]) -> Iterator[str]:
    ids = [item["id"] for item in items if _is_text(item.get("id"))]
    for repeated in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield f"{ids.count(repeated)} items have the id '{repeated}'; give each its own"


def _check_names(items: list[Table], checks: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for position, item in enumerate(items, start=1):
        for check in item["checks"] if isinstance(item.get("checks"), dict) else ():
            places.setdefault(check, []).append(_name(item, position))
    for check, names in places.items():
        if check not in checks:
            yield f"{names[0]}: there is no check '{check}'{did_you_mean(check, checks) or '; remove it'}"
        if len(names) > 1:
            yield f"check '{check}' is in {' and in '.join(names)}; keep it in one of them"
    for check in checks:
        if check not in places:
            yield f"check '{check}' is in no item; add it to one, with 0 points if it is worth nothing by itself"


def _thresholds(table: object, checks: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"'thresholds' is {table!r}; begin them with a line [thresholds.name_of_check]"
        return
    for check, values in table.items():
        where = f"[thresholds.{check}]"
        if check not in checks:
            yield f"{where}: there is no check '{check}'{did_you_mean(check, checks) or '; remove it'}"
        elif not isinstance(values, dict):
            yield f"{where} is {values!r}; write a line name = number beneath it"
        else:
            yield from _keys(where, values, checks[check], checks[check])
            yield from _numbers(where, values, -1e300)
    for check, names in checks.items():
        if names and check not in table:
            yield f"[thresholds.{check}] is missing; add it with {', '.join(names)}"


def _limits(table: object) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"'limits' is {table!r}; begin them with a line [limits]"
        return
    yield from _keys("[limits]", table, _LIMITS)
    yield from _numbers("[limits]", table, 0)
    for name in _LIMITS:
        if isinstance(getattr(Limits, name), int) and isinstance(table.get(name), float):
            yield f"[limits]: '{name}' is {table[name]!r}; write a whole number"


def _sizes(table: object, numbers: Collection[str]) -> Iterator[str]:
    wanted = (*SIZES, REDUCED) if numbers else ()
    if not isinstance(table, dict):
        yield f"'sizes' is {table!r}; begin each size with a line [sizes.{SIZES[0]}]"
        return
    yield from _keys("[sizes]", table, wanted)
    for size in wanted:
        where, values = f"[sizes.{size}]", table.get(size)
        if values is None:
            yield f"{where} is missing; add it with {', '.join(numbers)}"
        elif not isinstance(values, dict):
            yield f"{where} is {values!r}; write a line name = number beneath it"
        else:
            yield from _keys(where, values, numbers, numbers)
            yield from _numbers(where, values, 0)


def _parameters(table: object, declared: Mapping[str, Parameter]) -> Iterator[str]:
    if table is None:
        if declared:
            yield f"[parameters] is missing; add it with {', '.join(declared)}"
        return
    if not isinstance(table, dict):
        yield f"'parameters' is {table!r}; begin them with a line [parameters]"
        return
    yield from _keys("[parameters]", table, declared, declared)
    for name, example in declared.items():
        if name in table and (fix := _mend(table[name], example)):
            yield f"[parameters]: '{name}' is {table[name]!r}; write {fix}"
    files: dict[str, str] = {}
    for name, example in declared.items():
        value = table.get(name)
        if not (isinstance(example, str) and isinstance(value, str) and _suffix(example)):
            continue
        if (other := files.setdefault(value.casefold(), name)) != name:
            yield f"[parameters]: '{name}' is {value!r}, and so is '{other}'; give each file a name of its own"


def _mend(value: object, example: Parameter) -> str:
    """Return what to write instead of a value that is not of the type of the example; empty where it is."""
    if isinstance(example, tuple):
        several = isinstance(value, list) and all(map(_is_text, value))
        as_in = f"as in [{', '.join(map(repr, example[:2]))}]"
        if isinstance(value, list) and several and len(set(value)) < max(len(value), 1):
            return f"each text once, {as_in}" if value else f"one text or more, {as_in}"
        return "" if several else f"texts in quotes, {as_in}"
    if not isinstance(example, str):
        return "" if _is_number(value) and abs(value) < 1e300 else "a number"
    suffix = _suffix(example)
    if suffix and not (isinstance(value, str) and _suffix(value) == suffix):
        return f"the name of a {suffix} file, without folders, as in {example!r}"
    return "" if _is_text(value) else "a text in quotes"


def _suffix(name: str) -> str:
    """Return the suffix of what is the name of a file, without folders; empty for any other text."""
    found = re.fullmatch(r"[\w][\w .()-]*(\.[a-z]{1,8})", name)
    return found[1] if found else ""


def _numbers(where: str, table: Table, above: float) -> Iterator[str]:
    for name, value in table.items():
        if not _is_number(value) or not above < value < 1e300:
            yield f"{where}: '{name}' is {value!r}; write a {'number above 0' if above == 0 else 'number'}"
