"""Notebook files made up by a fuzzer: cells or a problem, and nothing else."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from hypothesis import strategies as st

from grader.notebooks import reading, sources
from kit import fuzzing

TEXTS = st.text(max_size=12) | st.sampled_from(
    ("import torch\n", "%%bash\nrm -rf /\n", "!ls\n", "%matplotlib inline", "__import__('os')", "from . import x", "\ud800",
     "a\r\nb\rc\0d", "\\d", "((((", "\x1b]0;x\x07", "f'{", "import a.b as c, d", "\u202e", "\u2028import x")
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
SOURCES = TEXTS | st.lists(TEXTS, max_size=4) | ODD
KINDS = st.sampled_from(("code", "code", "markdown", "raw", "heading", "", "CODE")) | ODD
CELLS = st.fixed_dictionaries(
    {"cell_type": KINDS, "source": SOURCES},
    optional={"input": SOURCES, "level": ODD | st.integers(0, 9), "metadata": ODD, "outputs": ODD},
)
METADATA = st.fixed_dictionaries({}, optional={"kernelspec": st.fixed_dictionaries({}, optional={"name": ODD}) | ODD,
                                              "language_info": st.fixed_dictionaries({"name": ODD}) | ODD})  # fmt: skip
BOOKS = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.sampled_from((4, 3, 4, 2, 5, 4.0, "4", None)),
        "cells": st.lists(CELLS | ODD, max_size=4) | st.lists(CELLS, max_size=4),
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS | ODD, max_size=3) | ODD}) | ODD),
        "metadata": METADATA | ODD,
    },
)
ENCODINGS = st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"))


def written(book: Any, encoding: str) -> bytes:
    return json.dumps(book, ensure_ascii=encoding == "latin-1").encode(encoding, "surrogatepass")


FILES = st.builds(written, BOOKS | ODD, ENCODINGS)
NESTED = st.builds(
    lambda opening, count, rest: opening * count + rest,
    st.sampled_from((b"[", b'{"a":', b'{"cells":[', b"[[],")),
    st.sampled_from((1, 500, 900, 1000, 5000, 100_000)),
    st.binary(max_size=8),
)


def a_file_is_cells_or_a_problem(data: bytes) -> None:
    book = reading.read(data)
    assert not (book.problem and book.cells)
    assert book.problem == "" or book.problem.startswith("the notebook cannot be read: ")
    assert len(book.problem) < 300
    assert book.problem.isprintable()
    assert book.kernel.isprintable()
    assert book.language.isprintable()
    assert all(fit(cell) for cell in book.cells)


def fit(cell: reading.Cell) -> bool:
    """Tell whether a cell can be passed on, and shown to people, as it is."""
    cell.source.encode()
    return cell.kind in ("code", "markdown", "raw") and not set("\r\0") & set(cell.source)


def imports_are_found_without_a_word(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = sources.all_sources_of({"a.ipynb": data, "b.py": data})
        named = sources.forbidden_imports(found, ["a.ipynb", "b.py"], allowed=())
    assert len(named) <= len(data)


PROPERTIES: dict[str, fuzzing.Property] = {
    "notebooks": (FILES | st.builds(fuzzing.edited, FILES, fuzzing.edits()) | NESTED, a_file_is_cells_or_a_problem),
    "bursts of notebooks": fuzzing.burst(FILES, a_file_is_cells_or_a_problem),
    "imports": (FILES | st.builds(fuzzing.edited, FILES, fuzzing.edits()), imports_are_found_without_a_word),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_whatever_is_in_a_notebook_it_is_read_without_an_error(name: str) -> None:
    fuzzing.briefly(PROPERTIES[name])


@fuzzing.in_campaign
@fuzzing.campaign
def test_a_campaign_against_notebooks_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = fuzzing.at_length(PROPERTIES)
    with capsys.disabled():
        print(f"\nnotebooks: {counts}")
