"""What is posted is read with its bounds; what is wrong is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from grader.gradebook.columns import LONGEST
from grader.web.asking import Asked, Unfit


@pytest.mark.parametrize("body", [b"", b"[1]", b"nothing", b"[" * 100_000, b'"words"', b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Unfit, match="no JSON"):
        Asked.of(body)


def test_fields_are_read_by_their_kind() -> None:
    fields = {"text": " words ", "n": 3, "on": True, "list": [2, 1, 2], "names": ["a", "b", "a"], "of": {"a": 1}}
    asked = Asked.of(json.dumps(fields | {"points": "-1.50", "none": None}).encode())
    assert (asked.words("text"), asked.filled("text")) == (" words ", "words")
    assert (asked.whole("n"), asked.switch("on"), asked.wholes("list")) == (3, True, (2, 1))
    assert (asked.names("names"), asked.versions("of"), asked.part("of").whole("a")) == (("a", "b"), {"a": 1}, 1)
    assert (asked.points("points"), asked.points_if_any("none"), "none" in asked) == (Decimal("-1.50"), None, True)


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (lambda asked: asked.words("x"), 1),
        (lambda asked: asked.words("x", most=3), "long"),
        (lambda asked: asked.words("x"), "x" * (LONGEST + 1)),
        (lambda asked: asked.filled("x"), "  "),
        (lambda asked: asked.points("x"), "1e9"),
        (lambda asked: asked.points("x"), "nan"),
        (lambda asked: asked.points("x"), "0.1234567"),
        (lambda asked: asked.points("x"), 1.5),
        (lambda asked: asked.whole("x"), True),
        (lambda asked: asked.whole("x"), -1),
        (lambda asked: asked.whole("x"), 2**31),
        (lambda asked: asked.whole("x"), None),
        (lambda asked: asked.whole("x", most=100), 101),
        (lambda asked: asked.wholes("x"), ["1"]),
        (lambda asked: asked.wholes("x"), list(range(201))),
        (lambda asked: asked.names("x"), [1]),
        (lambda asked: asked.versions("x"), {"a": "1"}),
        (lambda asked: asked.switch("x"), 1),
        (lambda asked: asked.part("x"), []),
    ],
)
def test_a_field_of_another_kind_or_size_is_refused(read: Callable[[Asked], Any], given: object) -> None:
    with pytest.raises(Unfit):
        read(Asked({"x": given}))
