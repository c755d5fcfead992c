"""The digest of a data set is the same for the same content, and another one for any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.datasets.content import digest
from grader.errors import AuthorError


@dataclass
class Table:
    """A data set."""

    names: tuple[str, ...]
    prices: Any


DIFFERENT = [
    np.arange(6),
    np.arange(6).reshape(2, 3),
    np.arange(6.0),
    np.arange(6)[::-1],
    np.zeros(0),
    np.array(["tea", "milk"]),
    [1, 2],
    [[1], 2],
    ["1", 2],
    {"a": 1},
    {"b": 1},
    {},
    None,
    True,
    1,
    1.0,
    b"1",
    Table(("tea",), np.ones(1)),
    Table(("tea",), np.zeros(1)),
]


def test_other_content_has_another_digest() -> None:
    assert len({digest(value, "it") for value in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize("value", [np.arange(12).reshape(3, 4), Table(("tea",), {"a": [1, 2.5, None]})])
def test_the_same_content_has_the_same_digest(value: object) -> None:
    again = np.asfortranarray(value) if isinstance(value, np.ndarray) else Table(("tea",), {"a": [1, 2.5, None]})
    assert digest(value, "it") == digest(again, "it")


@pytest.mark.parametrize("value", [object(), [lambda: 0], np.array([object()]), Table])
def test_what_has_no_digest_is_refused(value: object) -> None:
    with pytest.raises(AuthorError, match=r"data set 'it': holds a .*; let it be arrays"):
        digest(value, "it")
