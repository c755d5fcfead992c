from __future__ import annotations

import linecache
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.worker.problems import Places, of_exception
from grader.worker.shapes import misfit

FILE = "odd_mlp.py"
SOURCE = """
import numpy as np

class Layer: pass

def attribute(layer, h): return layer.W @ h + layer.b
def added(layer, h): return layer.W + h
def entry(layer, h): return [{"W": layer.W}][0]["W"] @ h
def kept(layer, h):
    layers = [{"W": layer.W}]
    return layers[-1]["W"].dot(h)
def turned(layer, h): return np.dot(layer.W.T, h)
def in_place(layer, h):
    h += layer.W
def computed(layer, h): return layer.W @ (2 * h)
def own(layer, h): raise ValueError("h could not be broadcast")
class Hidden:
    def __getattribute__(self, name): raise SystemExit
def hidden(layer, h): return np.dot(layer.W, Hidden.W if h is None else h)
"""


@pytest.fixture
def told() -> Iterator[Any]:
    """Give a function that tells what a function of the source raises with a W of (10, 5) and an h of (20,)."""
    linecache.cache[FILE] = (len(SOURCE), None, SOURCE.splitlines(keepends=True), FILE)
    space: dict[str, Any] = {"__name__": "odd_mlp"}
    exec(compile(SOURCE, FILE, "exec"), space)
    layer = space["Layer"]()
    layer.W, layer.b = np.ones((10, 5)), np.ones(10)

    def tell(name: str) -> str:
        with pytest.raises(ValueError) as caught:  # noqa: PT011  its text is what is looked at
            space[name](layer, np.ones(20))
        return of_exception(caught.value, Places(own={FILE}, known={FILE}))["message"]

    yield tell
    del linecache.cache[FILE]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("attribute", "ValueError: shapes (10, 5) and (20,) met in `layer.W @ h`, and do not fit"),
        ("added", "ValueError: shapes (10, 5) and (20,) met in `layer.W + h`, and do not fit"),
        ("kept", 'ValueError: shapes (10, 5) and (20,) met in `layers[-1]["W"].dot(h)`, and do not fit'),
        ("turned", "ValueError: shapes (5, 10) and (20,) met in `np.dot(layer.W.T, h)`, and do not fit"),
        ("in_place", "ValueError: shapes (20,) and (10, 5) met in `h += layer.W`, and do not fit"),
        ("own", "ValueError: h could not be broadcast"),
    ],
)
def test_shapes_that_do_not_fit_are_told_with_the_expression(told: Any, name: str, message: str) -> None:
    assert told(name) == message


@pytest.mark.parametrize("name", ["computed", "entry", "hidden"])
def test_what_cannot_be_looked_up_is_not_computed_and_numpys_signatures_are_left_out(told: Any, name: str) -> None:
    assert " in `" in told(name)
    assert "gufunc" not in told(name)


def test_an_error_outside_of_the_students_files_is_told_as_it_is() -> None:
    with pytest.raises(ValueError, match="could not be broadcast") as caught:
        np.ones(3) + np.ones(4)
    assert misfit(str(caught.value), caught.tb, {FILE}.__contains__) == str(caught.value)


def test_an_error_whose_line_is_not_known_is_told_without_numpys_signature() -> None:
    with pytest.raises(ValueError, match="gufunc") as caught:
        np.ones((2, 3)) @ np.ones(4)
    assert misfit(str(caught.value), caught.tb, {FILE}.__contains__) == (
        "shapes that do not fit (size 4 is different from 3) met"
    )
