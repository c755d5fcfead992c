"""Running the differentiation notebook cell by cell, and calling the answer functions that it defines."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, TypedDict, cast

import numpy as np

from grader.assignments.modules.differentiation.tasks import NAMES, TASKS, Task, drawn
from grader.errors import HarnessError
from grader.model import Array, Observation
from grader.notebooks.naming import SUFFIX, notebook_file, why_not_read
from grader.notebooks.reading import SCRIPT, Cell, read, read_file
from grader.notebooks.record import CellRecord
from grader.notebooks.running import run_cells
from grader.plain import PlainAnswer, as_plain
from grader.sandbox import Session
from grader.sandbox import operations as ask

FILE = "HW3_differentiation.ipynb"
# what else it is called
ALIKE = ("differentiation.ipynb", "derivative.ipynb", "gradients.ipynb")
# so many derivatives are written in one that has no answer functions
FORMULAS = 3
_DERIVATIVE = re.compile(r"\\d?frac\s*\{\s*(?:d|\\partial|\\mathrm\{d\})[^{}]{0,30}\}|\\nabla")
_OTHER = re.compile(r"^[ \t]*class\s|%run\b|\.backward\(", re.M)
# there is little in it that takes time
CELL_SECONDS, CELLS_SECONDS = 15.0, 60.0
SECONDS = 180.0
# carried out by the plugin in `inside`
TAKE = "take_functions"


class Asked(PlainAnswer):
    """What an answer function returned, and the arguments that it was given, by their names."""

    given: dict[str, Array]


class DifferentiationSeen(TypedDict):
    """What was observed of the differentiation notebook.

    It was looked for as `wanted` and found at `file`, of which there is a `note`; `left_out` says why one was not read, and
    `problem` what is wrong with the file. `cells` were run, unless this was `cut` short. Answer functions are `mentioned` in
    its code; `found` says what the notebook calls those that were there in the end, and `asked` what each returned.
    """

    file: str
    note: str
    problem: str
    cut: str
    cells: list[CellRecord]
    mentioned: list[str]
    found: dict[str, str]
    asked: dict[str, list[Asked]]
    wanted: str
    left_out: str


def seen_in(observed: Observation) -> DifferentiationSeen:
    """Return what was observed, by its type."""
    return cast("DifferentiationSeen", observed.data)


def differentiation(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Run the notebook, and note what each answer function returns for arguments of several shapes."""
    wanted = str(session.setting.parameters["differentiation_notebook"])
    path, note = find(session.files, wanted)
    seen |= {"file": path, "note": note, "problem": "", "cut": "", "cells": []}
    seen |= {
        "mentioned": [],
        "found": {},
        "asked": {},
        "wanted": wanted,
        "left_out": why_not_read(session.left_out, wanted),
    }
    if not path:
        return
    notebook = read_file(path, session.files[path])
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


def find(files: Mapping[str, bytes], name: str = FILE) -> tuple[str, str]:
    """Return the path of the notebook that was asked for as `name`, and what is to be said of the choice; both may be empty.

    One that goes by another name is known by the answer functions that it defines, by a name like it, or as the one that
    holds formulas with derivatives, and neither classes nor networks. A ``.py`` file is known by the answer functions.
    """
    path, note = notebook_file(files, name)
    if path:
        return path, note
    others = {path: read(files[path]).cells for path in sorted(files) if path.casefold().endswith(SUFFIX)}
    path = next((path for path, cells in others.items() if len(mentioned(cells)) > len(NAMES) // 2), "")
    if not path and (alike := notebook_file(files, name, *ALIKE))[0]:
        return alike
    path = path or next((path for path, cells in others.items() if _derives(cells)), "")
    scripts = (path for path in sorted(files) if path.casefold().endswith(SCRIPT))
    path = path or next((each for each in scripts if _answers(files[each], each)), "")
    return path, f"{path} was taken for {name}" if path else ""


def _answers(content: bytes, path: str) -> bool:
    return len(mentioned(read_file(path, content).cells)) > len(NAMES) // 2


def _derives(cells: tuple[Cell, ...]) -> bool:
    formulas = sum(len(_DERIVATIVE.findall(cell.source)) for cell in cells if cell.kind == "markdown")
    return formulas >= FORMULAS and not any(_OTHER.search(cell.source) for cell in cells if cell.runs)


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
    answers: list[Asked] = []
    seen["asked"][task.name] = answers
    cases = drawn(task, rng)
    calls = [ask.call(task.name, "__call__", *given.values()) for given in cases]
    returned = session.run(*({**call, "label": f"{seen['found'][task.name]}()"} for call in calls))
    answers += [{"given": given, **as_plain(answer)} for given, answer in zip(cases, returned, strict=True)]
