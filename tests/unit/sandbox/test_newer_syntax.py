"""Syntax that came after the sandbox's Python is told from what no Python can read."""

from __future__ import annotations

import json

import pytest

from grader.sandbox.newer_syntax import newer_syntax

NEW = {
    "the same quotes within": ("x = f'{d['a']}'", "3.12"),
    "a name for a type": ("type X = int", "3.12"),
    "a function of types": ("def f[T](x: T) -> T:\n    return x", "3.12"),
    "a class of types": ("class A[T]:\n    pass", "3.12"),
    "a default of a type": ("class A[T = int]:\n    pass", "3.13"),
    "a text to be filled in": ("t'{x}'", "3.14"),
}


def notebook(*sources: str) -> bytes:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": s} for s in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


@pytest.mark.parametrize(("source", "version"), NEW.values(), ids=NEW)
def test_it_is_named_with_its_place_and_its_version(source: str, version: str) -> None:
    told = newer_syntax({"mlp.py": f"x = 1\n{source}\n".encode()}, "3.11.7")
    assert told.startswith(
        f"'mlp.py' line 2 uses syntax of Python {version}, and this sandbox runs Python 3.11: grade it in"
    )


def test_a_cell_of_a_notebook_is_named() -> None:
    told = newer_syntax({"a.ipynb": notebook("%matplotlib inline\nx = !ls", "type X = int")}, "3.11.7")
    assert told.startswith("'a.ipynb' cell 2 line 1 uses syntax of Python 3.12")


@pytest.mark.parametrize(
    "source",
    ["def f(:\n", "print 'a'\n", "x = = 3\n", "x = 1\n", "try:\n    f()\nexcept* ValueError:\n    g()\n"],
)
def test_what_is_wrong_in_every_python_is_not_newer(source: str) -> None:
    assert newer_syntax({"mlp.py": source.encode()}, "3.11.7") == ""


def test_what_the_sandbox_can_read_is_not_newer() -> None:
    assert newer_syntax({"mlp.py": b"type X = int"}, "3.13.2") == ""


@pytest.mark.parametrize("content", [b"x = " + b"(" * 100_000, b"\xff\xfe\x00", b"", b"{" * 1000])
def test_what_is_made_to_break_a_reader_breaks_none(content: bytes) -> None:
    assert newer_syntax({"mlp.py": content, "a.ipynb": content}, "3.11.7") == ""


def test_too_much_is_not_read() -> None:
    assert newer_syntax({"mlp.py": b"type X = int\n" * 1_000_000}, "3.11.7") == ""
