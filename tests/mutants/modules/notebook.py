"""A module notebook as a student hands it in, made from the text of a style."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

GIVEN = Path(__file__).parent / "given.py"
MARK = re.compile(r"^# %% (code|text|given \w+)\n", re.MULTILINE)


def file(text: str) -> tuple[str, bytes]:
    """Return the name and the content of the file that a style is handed in as.

    A text that begins with a line ``# %% code`` or ``# %% text`` is a notebook, any other one is a module. Each cell
    begins with such a line; the lines of text cells are comments, and ``#! `` stands before what is no Python. A line
    ``# %% given Module`` stands for what the course gives under that name.
    """
    if MARK.match(text):
        return "HW3_Modules.ipynb", notebook(cells(text))
    given = {f"# %% given {name}": source for name, source in _given().items()}
    return "hw3_modules.py", "\n".join(given.get(line, line) for line in text.splitlines()).encode()


def cells(text: str) -> list[tuple[str, str]]:
    """Return (kind, source) of the cells in a text."""
    _, *parts = MARK.split(text)
    return [_cell(mark, source.strip("\n")) for mark, source in zip(parts[::2], parts[1::2], strict=True)]


def notebook(cells: list[tuple[str, str]]) -> bytes:
    """Return a notebook of these cells, as Jupyter wrote them in the days of Python 2."""
    spec = {"display_name": "Python 2", "language": "python", "name": "python2"}
    stored = [_stored(kind, source.splitlines(keepends=True)) for kind, source in cells]
    whole = {"cells": stored, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 0}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode()


def _given() -> dict[str, str]:
    _, *parts = MARK.split(GIVEN.read_text(encoding="utf-8"))
    return {mark.removeprefix("given "): text.strip("\n") for mark, text in zip(parts[::2], parts[1::2], strict=True)}


def _cell(mark: str, source: str) -> tuple[str, str]:
    if mark == "text":
        return "markdown", re.sub(r"^# ?", "", source, flags=re.MULTILINE)
    if mark == "code":
        return "code", re.sub(r"^#! ", "", source, flags=re.MULTILINE)
    return "code", _given()[mark.removeprefix("given ")]


def _stored(kind: str, lines: list[str]) -> dict[str, Any]:
    if kind == "markdown":
        return {"cell_type": kind, "metadata": {}, "source": lines}
    return {"cell_type": kind, "execution_count": None, "metadata": {"collapsed": True}, "outputs": [], "source": lines}
