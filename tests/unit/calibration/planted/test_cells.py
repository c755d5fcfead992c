"""A notebook written as text."""

from __future__ import annotations

import json

import pytest

from grader.calibration.planted.cells import cells, notebook
from grader.notebooks import reading

TEXT = "# %% [markdown]\n# # A\n#\n# b\n\n# %%\n%matplotlib inline\nx = 1\n\n\n# %%\n# a comment\n"
CELLS = [("markdown", "# A\n\nb"), ("code", "%matplotlib inline\nx = 1"), ("code", "# a comment")]


def test_a_text_is_cut_at_its_marks_and_comments_become_text() -> None:
    assert list(cells(TEXT)) == CELLS


@pytest.mark.parametrize("text", ["x = 1\n", "\nx = 1\n\n"])
def test_a_text_without_marks_is_one_cell(text: str) -> None:
    assert list(cells(text)) == [("code", "x = 1")]


def test_what_stands_before_the_first_mark_is_a_cell() -> None:
    assert list(cells("x = 1\n# %%\ny = 2\n")) == [("code", "x = 1"), ("code", "y = 2")]


def test_a_notebook_of_the_cells_can_be_read_and_names_its_kernel() -> None:
    content = notebook(TEXT, kernel="python2")
    assert [(cell.kind, cell.source) for cell in reading.read(content).cells] == CELLS
    assert json.loads(content)["metadata"]["kernelspec"]["name"] == "python2"
