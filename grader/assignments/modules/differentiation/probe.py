"""Running the differentiation notebook cell by cell, and calling the answer functions that it defines."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.assignments.modules.differentiation.tasks import NAMES, TASKS, Task, drawn
from grader.errors import HarnessError
from grader.notebooks.naming import SUFFIX, notebook_file, why_not_read
from grader.notebooks.reading import Cell, read
from grader.notebooks.running import run_cells
from grader.plain import as_plain
from grader.sandbox import Session
from grader.sandbox import operations as ask

FILE = "HW3_differentiation.ipynb"
# what else it is called
ALIKE = ("differentiation.ipynb", "derivative.ipynb", "gradients.ipynb")
# there is little in it that takes time
CELL_SECONDS, CELLS_SECONDS = 15.0, 60.0
SECONDS = 180.0
# carried out by the plugin in `inside`
TAKE = "take_functions"


def differentiation(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Run the notebook, and note what each answer function returns for arguments of several shapes."""
    path, note = find(session.files)
    seen |= {"file": path, "note": note, "problem": "", "cut": "", "cells": []}
    seen |= {"mentioned": [], "found": {}, "asked": {}, "left_out": why_not_read(session.left_out, FILE)}
    if not path:
        return
    notebook = read(session.files[path])
    seen["problem"], seen["mentioned"] = notebook.problem, mentioned(notebook.cells)
    if not notebook.cells:
        return
    (opened,) = session.run(ask.open_kernel())
    if opened.problem:
        raise HarnessError(f"no notebook can be run: {opened.problem}")
    until = time.monotonic() + CELLS_SECONDS
    run_cells(session, seen, notebook.cells, cell_seconds=CELL_SECONDS, until=until, all_seconds=CELLS_SECONDS)
    (taken,) = session.run(ask.plugged(TAKE, "looking for the answer functions", names=list(NAMES)))
    seen["found"] = _names(taken.value)
    for task in TASKS:
        if task.name in seen["found"]:
            _ask(session, seen, task, rng)


def find(files: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the path of the notebook and what is to be said of the choice; both empty when there is none.

    One that goes by another name is known by the answer functions that it defines.
    """
    for name in (FILE, *ALIKE):
        path, note = notebook_file(files, name)
        if path:
            return path, note.replace(name, FILE)
    others = sorted(path for path in files if path.casefold().endswith(SUFFIX))
    path = next((path for path in others if len(mentioned(read(files[path]).cells)) > len(NAMES) // 2), "")
    return path, f"{path} was taken for {FILE}" if path else ""


def mentioned(cells: tuple[Cell, ...]) -> list[str]:
    """Return the answer functions that code of the notebook defines, whether or not it can be run."""
    sources = " ".join(cell.source for cell in cells if cell.runs)
    defined = {plain(name) for name in re.findall(r"\bdef\s+(\w+)|\b(\w+)\s*=\s*lambda\b", sources) for name in name}
    return [name for name in NAMES if plain(name) in defined]


def plain(name: str) -> str:
    """Return a name without what may be spelt in several ways."""
    return name.replace("_", "").casefold()


def _names(value: Any) -> dict[str, str]:
    """Return which answer function the notebook calls what, as far as the answer is one."""
    table = value if isinstance(value, Mapping) else {}
    return {name: table[name] for name in NAMES if isinstance(table.get(name), str)}


def _ask(session: Session, seen: dict[str, Any], task: Task, rng: np.random.Generator) -> None:
    answers: list[dict[str, Any]] = []
    seen["asked"][task.name] = answers
    cases = drawn(task, rng)
    calls = [ask.call(task.name, "__call__", *given.values()) for given in cases]
    returned = session.run(*({**call, "label": f"{seen['found'][task.name]}()"} for call in calls))
    answers += [{"given": given, **as_plain(answer)} for given, answer in zip(cases, returned, strict=True)]
