"""The module notebook as a main notebook runs it: without its experiments, and with all that it imports."""

from __future__ import annotations

from typing import Any

from grader.assignments.modules.main.files import as_notebook
from grader.assignments.modules.main.module_cells import without_experiments
from grader.notebooks.reading import read


def kept(source: str, **loaded: Any) -> str:
    """Return what is left of a notebook of one cell."""
    (cell,) = read(without_experiments(as_notebook(source), loaded)).cells
    return cell.source


def interrupted(skip: list[int]) -> list[dict[str, Any]]:
    return [{"name": "cell 1", "skip": skip, "interrupted": True}]


def test_an_interrupted_cell_keeps_its_imports_and_loses_its_experiments() -> None:
    source = "import seaborn\nfrom time import time\nwait()\nx = 1"
    assert kept(source, cells=interrupted([0, 1, 2])) == "import seaborn\nfrom time import time\nx = 1"


def test_a_cell_that_failed_stops_where_it_did() -> None:
    source = "x = 1\nfail()\ny = 2"
    space: dict[str, Any] = {}
    exec(kept(source, errors=[{"cell": "cell 1"}]), space)
    assert (space["x"], "y" in space) == (1, False)


def test_a_cell_that_ran_is_left_as_it_is() -> None:
    assert kept("x = 1  # one", cells=[{"name": "cell 1", "skip": [], "interrupted": False}]) == "x = 1  # one"
