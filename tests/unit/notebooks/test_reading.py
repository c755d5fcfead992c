"""Notebook files are read with suspicion: what is not one has a problem that says what to do, and nothing raises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebooks import reading
from grader.notebooks.reading import Cell


def notebook(*cells: dict[str, Any], **more: Any) -> bytes:
    """Return the bytes of a notebook of format 4."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}).encode()


def code(source: Any, **more: Any) -> dict[str, Any]:
    """Return a code cell as it stands in a file."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def test_cells_come_in_order_with_their_kind() -> None:
    data = notebook({"cell_type": "markdown", "source": "# One"}, code("x = 1"), {"cell_type": "raw", "source": "r"})
    assert reading.read(data).cells == (Cell("markdown", "# One"), Cell("code", "x = 1"), Cell("raw", "r"))


@pytest.mark.parametrize("source", ["a = 1\nb = 2", ["a = 1\n", "b = 2"], "a = 1\r\nb = 2", ["a = 1\r", "b = 2"]])
def test_a_source_may_be_text_or_lines_with_any_line_ends(source: Any) -> None:
    assert reading.read(notebook(code(source))).cells == (Cell("code", "a = 1\nb = 2"),)


def test_format_3_has_worksheets_and_headings() -> None:
    cells = [{"cell_type": "heading", "level": 2, "source": "Part"}, {"cell_type": "code", "input": ["print 1"]}]
    data = json.dumps({"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}).encode()
    assert reading.read(data).cells == (Cell("markdown", "## Part"), Cell("code", "print 1"))


def test_saved_outputs_are_dropped() -> None:
    shown = {"output_type": "stream", "name": "stdout", "text": "accuracy 0.99"}
    assert "0.99" not in repr(reading.read(notebook(code("1", outputs=[shown]))))


def test_kernel_and_language_are_told() -> None:
    metadata = {"kernelspec": {"name": "python2", "display_name": "P"}, "language_info": {"name": "python"}}
    read = reading.read(notebook(metadata=metadata))
    assert (read.kernel, read.language) == ("python2", "python")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(encoding: str) -> None:
    text = json.dumps({"nbformat": 4, "cells": [code("'é'")]}, ensure_ascii=False)
    assert reading.read(text.encode(encoding)).cells == (Cell("code", "'é'"),)


def test_numbers_that_are_not_finite_in_outputs_do_no_harm() -> None:
    data = notebook(code("1", outputs=[{"data": {"application/json": [float("nan"), float("inf")]}}]))
    assert reading.read(data).cells == (Cell("code", "1"),)


def test_a_number_of_a_million_digits_does_no_harm() -> None:
    data = b'{"nbformat": 4, "cells": [], "metadata": ' + b"9" * 1_000_000 + b"}"
    assert reading.read(data).problem == ""


def test_half_a_surrogate_pair_becomes_text_that_can_be_passed_on() -> None:
    (cell,) = reading.read(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud83d"}]}').cells
    assert cell.source.encode() == b"?"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
        (b'{"cells": "\xff\xfe"}', "byte 11 is not UTF-8"),
        (b"print('hello')", "not JSON (line 1)"),
        (b'{"nbformat": 4,\n "cells": [', "not JSON (line 2)"),
        (b'{"nbformat": 4,\n<<<<<<< HEAD\n}', "conflicts of a merge"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[[],[]]", "not a notebook"),
        (b"{}", "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 2, "worksheets": []}', "format is '2'"),
        (b'{"nbformat": 4, "cells": [1]}', "cell 1 is not one"),
        (b'{"nbformat": 4, "cells": [{"cell_type": null}]}', "cell 1 is not one"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [null]}]}', "source of cell 1 is not text"),
        (notebook(*[code("1")] * 501), "501 cells"),
        (notebook(code("x" * 1_100_000)), "1.0 MB of source"),
        (b'{"nbformat": 4, "cells": [' + b"[]," * 1_000_000, "parts"),
        (b" " * (reading.BYTE_LIMIT + 1), "64 MB"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_notebook_has_a_problem(data: bytes, said: str) -> None:
    read = reading.read(data)
    assert said in read.problem
    assert read.cells == ()


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    assert reading.read(data).cells == ()


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4)))
def test_no_cells_raise(cells: Any) -> None:
    read = reading.read(json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert bool(read.problem) == (cells != [])


MARKED = "x = 1\n# %%\ny = 2\n# %% [markdown]\n# # Words\n# more"
EXPORTED = "x = 1\n\n# In[2]:\n\n\ny = 2\n# %% a title [markdown]\n# # Words\n# more"


@pytest.mark.parametrize("text", [MARKED, EXPORTED])
def test_a_script_has_the_cells_that_its_marks_make(text: str) -> None:
    read = reading.read_file("main.py", text.encode())
    assert read.cells == (Cell("code", "x = 1"), Cell("code", "y = 2"), Cell("markdown", "# Words\nmore"))


def test_a_script_without_marks_is_one_cell() -> None:
    assert reading.read_file("main.py", b"x = 1\r\ny = 2\n").cells == (Cell("code", "x = 1\ny = 2"),)
