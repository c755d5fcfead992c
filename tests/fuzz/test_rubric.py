"""Rubrics made up by a fuzzer: a rubric that adds up, or an error that names the file in every line."""

from __future__ import annotations

import json
import tempfile
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from grader import rubric
from grader.errors import AuthorError
from grader.model import Limits, Rubric
from kit import fuzzing

CHECKS: dict[str, tuple[str, ...]] = {"shapes": (), "values": ("tolerance",)}
GOOD = b"""\
assignment = "small"
title = "An assignment"
points = 5
[limits]
call_seconds = 2
processes = 8
[[item]]
id = "forward"
title = "Forward pass"
points = 3.5
checks = { shapes = 0.5, values = 3 }
[[item]]
id = "luck"
title = "Luck"
points = 1.5
public = false
checks = { other = 1.5 }
[thresholds.values]
tolerance = 1
[sizes.full]
images = 10
[sizes.quick]
images = 5
[sizes.reduced]
images = 2
"""
NAMES = st.sampled_from(
    ("assignment", "title", "points", "item", "id", "checks", "public", "limits", "thresholds", "sizes", "full", "quick",
     "reduced", "images", "shapes", "values", "other", "tolerance", "call_seconds", "processes", "memory_mb", "x", "",
     "é", "a\nb", "\x1b[2J")
)  # fmt: skip
SCALARS = st.one_of(
    st.booleans().map(lambda value: str(value).lower()),
    st.sampled_from(
        ("0", "1", "2.5", "-1", "nan", "inf", "-inf", "1e400", "1e-400", "0.1", "9" * 400, "9" * 5000, "0x1f")
    ),
    st.sampled_from(("1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "''", '"\\u0000"', "'''a\n'''", '"\\ud800"')),
    st.text(max_size=5).map(json.dumps),
    NAMES.map(json.dumps),
    st.integers().map(str),
)
KEYS = NAMES.map(json.dumps)


def _pairs(inner: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.builds(lambda key, value: f"{key} = {value}", KEYS, inner), max_size=3)


VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | _pairs(inner).map(lambda pairs: f"{{ {', '.join(pairs)} }}")
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.sampled_from(GOOD.decode().splitlines()),
    st.builds(lambda key, value: f"{key} = {value}", KEYS, VALUES),
    st.builds(lambda key: f"[{key}]", KEYS),
    st.builds(lambda key: f"[[{key}]]", KEYS),
    st.builds(lambda first, second: f"[{first}.{second}]", KEYS, KEYS),
)
MADE = st.lists(LINES, max_size=14).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))


def swapped(changes: list[tuple[int, str]]) -> bytes:
    """Return the good rubric with some of its lines exchanged for others."""
    lines = GOOD.decode().splitlines()
    for place, line in changes:
        lines[place % len(lines)] = line
    return "\n".join(lines).encode("utf-8", "surrogatepass")


NEARLY = st.lists(st.tuples(st.integers(0, 30), LINES), max_size=3).map(swapped)
NESTED = st.sampled_from(
    (b"a = " + b"[" * 10_000, b"a = " + b"{a=" * 10_000, b"[a" + b".a" * 5_000 + b"]", b"a" * 10**6)
)


def a_rubric_adds_up_or_is_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "small.toml")
        path.write_bytes(data)
        read = loaded(path)
    complaints = [] if isinstance(read, Rubric) else str(read).splitlines()
    assert all(line.startswith("small.toml: ") for line in complaints)
    assert complaints or (isinstance(read, Rubric) and adds_up(read))


def loaded(path: Path) -> Rubric | AuthorError:
    try:
        return rubric.load(path, checks={**CHECKS, "other": ()}, size_numbers=("images",))
    except AuthorError as error:
        return error


def adds_up(read: Rubric) -> bool:
    """Tell whether a rubric is as every other part of the grader takes for granted."""
    numbers: list[Any] = [getattr(read.limits, name) for name in vars(Limits())]
    return (
        all(item.points == fsum(item.checks.values()) for item in read.items)
        and len({item.id for item in read.items}) == len(read.items)
        and {check for item in read.items for check in item.checks} == {*CHECKS, "other"}
        and all(0 < number < 1e300 for number in numbers)
        and read.thresholds.keys() >= {"values"}
        and set(read.sizes) == {"full", "quick", "reduced"}
    )


PROPERTIES: dict[str, fuzzing.Property] = {
    "rubrics": (
        MADE | NEARLY | st.builds(fuzzing.edited, NEARLY, fuzzing.edits()) | NESTED,
        a_rubric_adds_up_or_is_refused,
    ),
    "bursts of rubrics": fuzzing.burst(NEARLY, a_rubric_adds_up_or_is_refused),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_is_in_a_rubric_it_adds_up_or_is_refused(name: str) -> None:
    fuzzing.briefly(PROPERTIES[name])


@fuzzing.in_campaign
@fuzzing.campaign
def test_a_campaign_against_rubrics_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = fuzzing.at_length(PROPERTIES)
    with capsys.disabled():
        print(f"\nrubrics: {counts}")
