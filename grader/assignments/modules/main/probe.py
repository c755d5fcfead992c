"""Running the main notebook on digits that are laid beside it, and noting what its networks and figures are."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.assignments.modules.layers import wrong_classes
from grader.assignments.modules.loading import CLASSES, module_file
from grader.assignments.modules.main import believing, files
from grader.assignments.modules.main.discretion import without_words
from grader.assignments.modules.main.measuring import Measuring, measure
from grader.assignments.modules.main.module_cells import without_experiments
from grader.errors import HarnessError
from grader.notebooks import reading
from grader.notebooks.naming import SUFFIX, why_not_read
from grader.notebooks.reading import Cell
from grader.notebooks.running import run_cells
from grader.notebooks.sources import all_sources_of, forbidden_imports
from grader.sandbox import Session, SessionEnded, operations
from grader.watching.logs.projections import Keys

ALLOWED = ("numpy", "matplotlib", "mpl_toolkits", "sklearn", "scipy", "pandas", "seaborn")
# of a notebook's time, what its cells may take: the rest is for measuring what they made
SHARE = 0.9
OVERHEAD_SECONDS = 60.0
END_MARGIN = 2.0
# networks are looked at after each cell that took so long: what happens later must not cost what is known of them
WORTH_A_LOOK = 0.5
LOOKS = 20
FIGURES = 40
MEASURED = ("samples", "trained_keys", "held_out_keys")

now = time.monotonic


def main(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
    """Run the main notebook, and note in `seen` what happened as it happens."""
    setting = session.setting
    if setting.digits is None:
        raise HarnessError(f"there are no digits to run {files.MAIN} on")
    seen |= {"size": setting.size, "dataset": setting.digits.name, "cells": [], "cut": "", "problem": ""}
    seen |= {"networks": [], "figures": [], "measured": {}, "fault": "", "trusted": [], "labels": np.zeros(0, np.uint8)}
    seen["left_out"] = why_not_read(session.left_out, files.MAIN)
    cells = _read(session.files, seen)
    if not cells:
        return
    numbers = setting.numbers
    started, whole = now(), numbers["notebook_seconds"]
    digits = files.part_of(setting.digits, int(numbers["main_train"]), int(numbers["main_test"]), rng)
    count = len(digits.train_labels) + len(digits.test_labels)
    seen["digits"] = count
    wrong = wrong_classes(session.findings)
    # where nothing was written at all there is no error to be carried forward
    trusted = 0 < len(wrong) < len(CLASSES) and files.SOLVED.is_file()
    seen["trusted"] = wrong if trusted else []
    modules = files.trusted_modules(cells) if trusted else _own_modules(session, cells)
    _lay(session, files.as_npz(digits), modules, count)
    all_seconds = whole * SHARE
    looks = [0]

    def after(entry: dict[str, Any]) -> None:
        _look_at_figures(session, seen, entry)
        if entry["seconds"] >= WORTH_A_LOOK and looks[0] < LOOKS:
            looks[0] += 1
            _look_at_networks(session, seen, with_rows=False)

    try:
        run_cells(
            session,
            seen,
            cells,
            cell_seconds=numbers["cell_seconds"],
            until=started + all_seconds,
            all_seconds=all_seconds,
            after=after,
        )
        _look_at_networks(session, seen, with_rows=True)
        measure(Measuring(session, digits, started + whole - END_MARGIN, Keys(count).of_all), seen, rng)
    finally:  # also when student code has ended the session
        seen["networks"] = [{name: each[name] for name in each if name not in MEASURED} for each in seen["networks"]]
        if trusted:
            without_words(seen)


def _read(handed_in: Mapping[str, bytes], seen: dict[str, Any]) -> Sequence[Cell]:
    path, note = files.main_file(handed_in)
    seen |= {"file": path, "note": note}
    notebook = reading.read(handed_in[path]) if path else reading.Notebook()
    known = [*handed_in, *files.modules_used(notebook.cells)]
    seen["imports"] = forbidden_imports(all_sources_of(handed_in), known, allowed=ALLOWED)[:20]
    seen["problem"] = notebook.problem
    return notebook.cells


def _own_modules(session: Session, cells: Sequence[Cell]) -> Mapping[str, bytes]:
    path, _ = module_file(session.files)
    if not path:
        return {}
    content = session.files[path]
    if path.endswith(SUFFIX):
        content = without_experiments(content, session.earlier.get("modules", {}))
    return files.own_modules(session.files, cells, path, content)


def _lay(session: Session, data: bytes, modules: Mapping[str, bytes], rows: int) -> None:
    replaced = {name: np.frombuffer(content, np.uint8) for name, content in modules.items() if name.endswith(".py")}
    asked = [operations.lay(name, content) for name, content in {**modules, files.DATA: data}.items()]
    asked.append(operations.plugged("watch_main", "preparing the notebook", rows=rows, replaced=replaced))
    try:
        answers = session.run(*(operations.within(OVERHEAD_SECONDS, each) for each in asked), operations.open_kernel())
    except SessionEnded as end:
        # no code of the student's has been run in this process yet
        raise HarnessError(f"no notebook can be run: {end.problem}") from end
    if problem := next((answer.problem for answer in answers if answer.problem), None):
        raise HarnessError(f"no notebook can be run: {problem}")


def _look_at_networks(session: Session, seen: dict[str, Any], *, with_rows: bool) -> None:
    asked = operations.plugged("main_networks", "looking at the networks", with_rows=with_rows)
    (answer,) = session.run(operations.within(OVERHEAD_SECONDS, asked))
    if answer.problem is None:
        seen["networks"], seen["fault"] = believing.networks_in(answer.value)


def _look_at_figures(session: Session, seen: dict[str, Any], entry: Mapping[str, Any]) -> None:
    asked = operations.plugged("main_figures", "looking at the figures")
    (answer,) = session.run(operations.within(OVERHEAD_SECONDS, asked))
    if answer.problem is None:
        drawn = [{"cell": entry["number"], **figure} for figure in believing.figures_in(answer.value)]
        seen["figures"] = [*seen["figures"], *drawn][-FIGURES:]
