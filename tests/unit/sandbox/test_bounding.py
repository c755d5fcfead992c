"""What a submission answers is kept up to a size, and what is more is told as the code's own doing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.model import Observation, ProblemKind
from grader.pipeline.streaming import Stream
from grader.sandbox.bounding import EACH, TOO_MUCH, Room, bytes_of


@pytest.mark.parametrize(
    ("data", "size"),
    [
        ({}, 0),
        ({"a": np.zeros((10, 10))}, 800 + EACH + 1),
        ({"ab": ["xyz", 1.0, None]}, 2 + EACH + 3 * EACH + 3),
        ({"a": {"b": [np.zeros(3, np.uint8)]}}, 2 + 2 * EACH + EACH + 3),
    ],
)
def test_bytes_are_those_of_arrays_texts_and_what_holds_them(data: dict[str, Any], size: int) -> None:
    assert bytes_of(data) == size


def test_what_finds_no_room_is_not_kept_and_what_does_still_is() -> None:
    room = Room(2000)
    first, large, small = (Observation(name, {"x": np.zeros(n)}) for name, n in (("a", 100), ("b", 200), ("c", 50)))
    assert room.keep(first) is first
    cut = room.keep(large)
    assert (cut.probe, dict(cut.data), cut.fault) == ("b", {}, "")
    assert cut.problem is not None
    assert (cut.problem.kind, cut.problem.message) == (ProblemKind.VIOLATION, TOO_MUCH)
    assert room.keep(small) is small


def test_what_we_have_found_stays_where_answers_are_not_kept() -> None:
    cut = Room(10).keep(Observation("a", {"verdicts": {"loads": "passed"}, "x": np.zeros(99)}))
    assert cut.data == {"verdicts": {"loads": "passed"}}


def test_so_much_text_that_it_cannot_be_written_is_the_doing_of_the_code() -> None:
    stream = Stream((), {}, seed=7)
    stream.observed(Observation("a", {"x": ["0123456789" * 1000] * 500}))
    kept = stream.observations(["a"])["a"]
    assert kept.fault == ""
    assert kept.problem is not None
    assert kept.problem.message == TOO_MUCH
