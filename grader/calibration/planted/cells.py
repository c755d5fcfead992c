"""A notebook that is written as text, a cell below the other, as VS Code, Spyder and Jupytext write one.

A cell begins with a line ``# %%``, a cell of text with ``# %% [markdown]``; the lines of a cell of text are comments. All
other lines stand there as they stand in the notebook, so a line may begin with ``%`` or ``!``, too. A text without such lines
is one cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MARK = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)
KERNEL = "python3"


def notebook(text: str, *, kernel: str = KERNEL) -> bytes:
    """Return the notebook that a text describes, without outputs, as Jupyter writes one."""
    stored = [_stored(kind, source.splitlines(keepends=True)) for kind, source in cells(text)]
    spec = {"display_name": "Python", "language": "python", "name": kernel}
    whole = {"cells": stored, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 4}
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def cells(text: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, source) of the cells in a text."""
    before, *parts = MARK.split(text)
    if body := before.strip("\n"):
        yield "code", body
    for mark, source in zip(parts[::2], parts[1::2], strict=True):
        body = source.strip("\n")
        yield ("markdown", re.sub(r"^# ?", "", body, flags=re.MULTILINE)) if mark else ("code", body)


def _stored(kind: str, lines: list[str]) -> dict[str, Any]:
    if kind == "markdown":
        return {"cell_type": kind, "metadata": {}, "source": lines}
    return {"cell_type": kind, "execution_count": None, "metadata": {}, "outputs": [], "source": lines}
