"""Fuzzing: a property tried on many cases, briefly in every run of the tests and for as long as one likes in a campaign.

MLPGRADER_CAMPAIGN_SECONDS=600 pytest -m campaign -p no:randomly tests/fuzz/test_wire.py
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Property = tuple[st.SearchStrategy[Any], Callable[[Any], object]]

SECONDS = float(os.environ.get("MLPGRADER_CAMPAIGN_SECONDS") or 0)
ROUND = 200
FEW = 25
BURST = 8


def briefly(case: Property) -> None:
    """Try a property on the same few cases each time."""
    _tried(case, examples=FEW, derandomize=True)


def at_length(cases: Mapping[str, Property], seconds: float = SECONDS) -> str:
    """Try properties on new cases for so many seconds in all; return how many of each there were (a burst counts as one)."""
    counts = dict.fromkeys(cases, 0)
    for name, case in cases.items():
        end = time.monotonic() + seconds / len(cases)
        while time.monotonic() < end:
            counts[name] += _tried(case, examples=ROUND, derandomize=False)
    return ", ".join(f"{name}: {count:,}" for name, count in counts.items())


campaign = pytest.mark.campaign
in_campaign = pytest.mark.skipif(not SECONDS, reason="a campaign; MLPGRADER_CAMPAIGN_SECONDS says how long")


def edits(most: int = 6) -> st.SearchStrategy[list[tuple[int, int, bytes]]]:
    """Return lists of edits, for `edited`: where, how many bytes go, and what comes in their place."""
    pieces = st.binary(max_size=8) | st.sampled_from(ODD)
    return st.lists(st.tuples(st.integers(0, 2**20), st.sampled_from((0, 1, 1, 2, 4, 8, 300)), pieces), max_size=most)


ODD = (
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80",
    b"\xff\xff",
    b"\xfe\xff\xff\xff\xff\xff\xff\x7f",
    bytes(8),
    b"\xed\xa0\x80",
    b"\x1b]52;c;eA==\x07",
    b"../" * 4,
    b"NaN",
    b"-1",
    b"1e999",
    b"null",
    b'"$array"',
    b"[" * 40,
    b"{}",
)


def edited(raw: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return `raw` with edits made one after another, each at its place modulo the length."""
    data = bytearray(raw)
    for place, gone, come in changes:
        start = place % (len(data) + 1)
        data[start : start + gone] = come
    return bytes(data)


def burst(raws: st.SearchStrategy[bytes], holds: Callable[[bytes], object]) -> Property:
    """Return the property that `holds` for each of eight damaged copies of such bytes: many cases for little."""

    def each(case: tuple[bytes, int]) -> None:
        raw, seed = case
        rng = random.Random(seed)
        for _ in range(BURST):
            holds(edited(raw, _random_edits(rng)))

    return st.tuples(raws, st.integers(0, 2**32)), each


def _random_edits(rng: random.Random) -> list[tuple[int, int, bytes]]:
    def piece() -> bytes:
        return rng.choice(ODD) if rng.random() < 0.4 else rng.randbytes(rng.choice((0, 1, 1, 1, 2, 4)))

    return [(rng.randrange(2**20), rng.choice((0, 1, 1, 2, 4, 20)), piece()) for _ in range(rng.choice((1, 1, 2, 5)))]


def _tried(case: Property, *, examples: int, derandomize: bool) -> int:
    strategy, holds = case
    tried = 0

    @settings(
        max_examples=examples,
        derandomize=derandomize,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(value: Any) -> None:
        nonlocal tried
        tried += 1
        holds(value)

    if not derandomize:
        random.seed()
    run()
    return tried
