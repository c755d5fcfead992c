"""The people behind a number, as they are written into the page."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from grader.insight.behind import written


def read(text: str) -> list[int]:
    """Read it as the page's script does."""
    if text[0] == "l":
        return np.cumsum([int(step, 36) for step in text[1:].split(".")]).tolist() if len(text) > 1 else []
    flags = np.unpackbits(np.frombuffer(base64.b64decode(text[1:]), dtype=np.uint8))
    return np.flatnonzero(flags).tolist()


@pytest.mark.parametrize("places", [[], [0], [3], [0, 1, 2], [0, 35, 36, 9999], list(range(0, 2000, 3)), [5, 5, 1]])
def test_what_is_written_can_be_read_again(places: list[int]) -> None:
    assert read(written(places)) == sorted(set(places))


def test_few_are_listed_and_many_are_flags() -> None:
    assert written([3, 40]) == "l3.11"
    many = written(range(1000))
    assert (many[0], len(many)) == ("b", 169)
