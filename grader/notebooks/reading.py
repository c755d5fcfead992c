"""Notebooks as files: cells and kernel of an .ipynb, read with suspicion; the outputs saved in it are not looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.text import counted

MB = 1024 * 1024
BYTE_LIMIT = 64 * MB
# brackets, braces and commas: what a JSON reader needs memory for, whatever is between them
PART_LIMIT = 2_000_000
CELL_LIMIT = 500
SOURCE_LIMIT = 1 * MB
NAME_LIMIT = 80
SCRIPT = ".py"
_MARK = re.compile(r"^# (?:%%.*?(\[markdown\])?[ \t]*|In ?\[[ \d]*\]:[ \t]*)$\n?", re.MULTILINE)
SAVE_AGAIN = "open it in Jupyter, run it and save it again, then hand it in"
CLEAR = "clear its outputs (Kernel > Restart & Clear Output), save it and hand it in again"


@dataclass(frozen=True)
class Cell:
    """A cell: `kind` is ``code``, ``markdown`` or ``raw``."""

    kind: str
    source: str

    @property
    def runs(self) -> bool:
        """Whether there is anything in it to run; only such cells are counted, as Jupyter does."""
        return self.kind == "code" and bool(self.source.strip())


@dataclass(frozen=True)
class Notebook:
    """A notebook as it was written. `problem` says why it cannot be read, and what to do; then there are no cells.

    `kernel`, `language` and its `version` are what the file claims: nothing is ever started by them.
    """

    cells: tuple[Cell, ...] = ()
    problem: str = ""
    kernel: str = ""
    language: str = ""
    version: str = ""


class _Unreadable(Exception):
    pass


def read(data: bytes) -> Notebook:
    """Return the notebook in the bytes of an .ipynb file of format 3 or 4."""
    try:
        raw = _parsed(data)
        cells = tuple(_cells(raw))
        metadata = _table(raw.get("metadata"))
        about, kernel = _table(metadata.get("language_info")), _table(metadata.get("kernelspec"))
        language = about.get("name") or kernel.get("language")
        return Notebook(cells, "", _name(kernel.get("name")), _name(language), _name(about.get("version")))
    except _Unreadable as error:
        return Notebook(problem=f"the notebook cannot be read: {error}")


def with_sources(data: bytes, sources: Mapping[int, str]) -> bytes:
    """Return a notebook that can be read with other `sources` in some of its cells, counted from 0, and without its outputs."""
    notebook = read(data)
    empty: dict[str, Any] = {"code": {"execution_count": None, "outputs": []}}
    cells = [
        {"cell_type": cell.kind, "metadata": {}, "source": sources.get(k, cell.source), **empty.get(cell.kind, {})}
        for k, cell in enumerate(notebook.cells)
    ]
    kernel = {"name": notebook.kernel, "display_name": notebook.kernel, "language": notebook.language}
    about = {"kernelspec": kernel, "language_info": {"name": notebook.language, "version": notebook.version}}
    return json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 4}).encode()


def read_file(path: str, data: bytes) -> Notebook:
    """Return the notebook in a file: an .ipynb, or a .py whose cells begin as Jupyter and Jupytext write them."""
    return read_script(data) if path.casefold().endswith(SCRIPT) else read(data)


def read_script(data: bytes) -> Notebook:
    """Return the cells of a .py file: each begins with a line ``# %%`` or ``# In[3]:``; without such lines it is one cell.

    A cell that begins with ``# %% [markdown]`` holds text, its lines are comments.
    """
    if len(data) > SOURCE_LIMIT:
        return Notebook(problem=f"it has {len(data) / MB:.1f} MB, of a .py file {SOURCE_LIMIT // MB} MB are read")
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\0", "")
    first, *parts = _MARK.split(text)
    cells = [Cell("code", first.strip("\n"))] if first.strip() else []
    for mark, body in zip(parts[::2], parts[1::2], strict=True):
        words = re.sub(r"^# ?", "", body, flags=re.MULTILINE)
        cells.append(Cell("markdown", words.strip("\n")) if mark else Cell("code", body.strip("\n")))
    return Notebook(tuple(cells[:CELL_LIMIT]))


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > BYTE_LIMIT:
        raise _Unreadable(f"it has {len(data) / MB:.0f} MB, {BYTE_LIMIT // MB} MB are read; {CLEAR}")
    if not data.strip():
        raise _Unreadable(f"the file is empty; {SAVE_AGAIN}")
    if sum(data.count(mark) for mark in (b"[", b"{", b",")) > PART_LIMIT:
        raise _Unreadable(f"it has more than {PART_LIMIT} parts; {CLEAR}")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(f"byte {error.start} is not UTF-8 text; {SAVE_AGAIN}") from None
    try:
        # numbers are of no interest, and a long one takes long to read
        raw = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise _Unreadable(f"it is nested too deeply; {SAVE_AGAIN}") from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        kind = "; it holds conflicts of a merge" if "<<<<<<<" in text else ""
        raise _Unreadable(f"it is not JSON{where}, which a notebook has to be{kind}; {SAVE_AGAIN}") from None
    if not isinstance(raw, dict):
        raise _Unreadable(f"it is JSON, but not a notebook; {SAVE_AGAIN}")
    return raw


def _cells(raw: dict[str, Any]) -> Iterator[Cell]:
    version = raw.get("nbformat", "4" if "cells" in raw else "3")
    if version not in ("3", "4"):
        raise _Unreadable(f"its format is {str(version)[:20]!r}, 3 and 4 are read; {SAVE_AGAIN}")
    if isinstance(raw.get("cells"), list):
        listed = raw["cells"]
    elif isinstance(raw.get("worksheets"), list):
        listed = [cell for sheet in raw["worksheets"] for cell in _list(_table(sheet).get("cells"))]
    else:
        raise _Unreadable(f"it has no list of cells; {SAVE_AGAIN}")
    if len(listed) > CELL_LIMIT:
        raise _Unreadable(f"it has {counted(len(listed), 'cell')}, {CELL_LIMIT} are read; leave out what is not needed")
    for number, cell in enumerate(listed, start=1):
        yield _cell(cell, number)


def _cell(raw: Any, number: int) -> Cell:
    if not isinstance(raw, dict) or not isinstance(raw.get("cell_type"), str):
        raise _Unreadable(f"cell {number} is not one; {SAVE_AGAIN}")
    kind, source = raw["cell_type"], _source(raw, number)
    if len(source) > SOURCE_LIMIT:
        raise _Unreadable(f"cell {number} has {len(source) / MB:.1f} MB of source, {SOURCE_LIMIT // MB} MB are read")
    if kind == "heading":
        level = raw.get("level")
        return Cell("markdown", f"{'#' * (int(level) if level in tuple('123456') else 1)} {source}")
    return Cell(kind if kind in ("code", "markdown") else "raw", source)


def _source(raw: dict[str, Any], number: int) -> str:
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _Unreadable(f"the source of cell {number} is not text; {SAVE_AGAIN}")
    # half of a surrogate pair is no text that could be passed on; line ends are Python's
    source = source.encode("utf-8", "replace").decode("utf-8")
    return source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(value: Any) -> str:
    return "".join(letter for letter in value if letter.isprintable())[:NAME_LIMIT] if isinstance(value, str) else ""
