"""Running a notebook cell by cell on digits that are laid beside it, and keeping what each cell and each network did."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import grader
from grader.assignments.byomlp.notebook import watch_operations
from grader.assignments.byomlp.notebook.architectures import Wanted, choose
from grader.assignments.byomlp.notebook.network_keeping import Keeper
from grader.digits import idx
from grader.errors import HarnessError
from grader.model import REDUCED, Digits
from grader.notebooks.drawing_cells import drawing_cells
from grader.notebooks.naming import notebook_file, why_not_read
from grader.notebooks.reading import Cell, read
from grader.notebooks.running import run_cells
from grader.notebooks.sources import all_sources_of, forbidden_imports, sources_of
from grader.sandbox import Session
from grader.sandbox import operations as ask

FOLDER = "digits_data"
ENGINE, OWN = "engine", "own"
# what may be imported, and which of it draws images
ALLOWED = frozenset({"numpy", "matplotlib", "mpl_toolkits", "mlp", "layers", "losses", "digits", "drawn_digits"})
DRAWING = ("plot_digits_dimreduced_examples", "scatter_digits")
# of a notebook's time, what its cells may take: the rest is for measuring what they made
SHARE = 0.85
OVERHEAD_SECONDS = 60.0
# networks are looked at after each cell that took so long: what happens later must not cost what is known of them
WORTH_A_LOOK = 0.5
END_MARGIN = 2.0

now = time.monotonic


@dataclass(frozen=True)
class Task:
    """One notebook of the assignment: its file, what the names of its numbers in the rubric begin with, and its networks."""

    file: str
    part: str
    wanted: Mapping[str, Wanted]


@dataclass(frozen=True)
class Run:
    """A notebook that was run: the digits that it got, and until when (on the monotonic clock) it may be measured."""

    digits: Digits
    until: float


Measure = Callable[[Session, dict[str, Any], np.random.Generator, Run], None]
Question = Callable[[Session, dict[str, Any], np.random.Generator], None]


def has_engine() -> bool:
    """Tell whether the replay engine is here; what students install does not hold it."""
    return (Path(grader.__file__).parent / "replay" / "__init__.py").is_file()


def questions_about(task: Task, measure: Measure) -> tuple[Question, Question]:
    """Return two questions about a notebook: one on the engine, and one on the student's own class if that is needed.

    The second is to be asked after the first on the same lane, and finds it under the task's `part`.
    """

    def ask_all(session: Session, seen: dict[str, Any], rng: np.random.Generator, mode: str) -> None:
        try:
            run = run_notebook(session, seen, rng, task, mode=mode)
        finally:  # also of a run that broke off it is known which networks there were
            networks = seen.get("networks", [])
            seen["chosen"] = {which: choose(networks, wanted) for which, wanted in task.wanted.items()}
            modules = [source for _, source in sources_of(session.files)]
            seen["drawing"] = drawing_cells(seen.get("cells", []), modules, course=DRAWING)
            seen["why_own"] = sorted({what for network in networks for what in network["missing"]})[:10]
        if run:
            measure(session, seen, rng, run)

    def first(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
        ask_all(session, seen, rng, ENGINE if has_engine() else OWN)

    def second(session: Session, seen: dict[str, Any], rng: np.random.Generator) -> None:
        earlier = session.earlier.get(task.part, {})
        seen["needed"] = earlier.get("mode") == ENGINE and bool(earlier.get("why_own"))
        if seen["needed"]:
            ask_all(session, seen, rng, OWN)

    return first, second


def run_notebook(
    session: Session, seen: dict[str, Any], rng: np.random.Generator, task: Task, *, mode: str
) -> Run | None:
    """Run the notebook of `task` and note in `seen` what happened, as it happens; None when there is nothing to run.

    With `mode` ``own`` it is run on the student's own class and at the reduced size.
    """
    setting = session.setting
    if setting.digits is None:
        raise HarnessError(f"there are no digits to run {task.file} on")
    numbers = setting.reduced if mode == OWN else setting.numbers
    seen |= {"size": REDUCED if mode == OWN else setting.size, "dataset": setting.digits.name, "mode": mode}
    seen["left_out"] = why_not_read(session.left_out, task.file)
    cells = _read(session.files, seen, task)
    if not cells:
        return None
    started = now()
    whole = min(numbers["notebook_seconds"], setting.numbers["notebook_seconds"])
    train, test = (int(numbers[f"{task.part}_{split}"]) for split in ("train", "test"))
    digits, seen["stand_in"] = _lay(session, setting.digits, train, test, rng, mode)
    seen |= {"train": len(digits.train_labels), "test": len(digits.test_labels)}
    keeper = Keeper(seen, digits.train_images)

    def after(entry: dict[str, Any]) -> None:
        if entry["seconds"] >= WORTH_A_LOOK and keeper.may_look:
            _look(session, keeper)

    run_cells(
        session,
        seen,
        cells,
        cell_seconds=numbers["cell_seconds"],
        until=started + whole * SHARE,
        all_seconds=whole * SHARE,
        after=after,
    )
    _look(session, keeper)
    return Run(digits, started + whole - END_MARGIN)


def _read(files: Mapping[str, bytes], seen: dict[str, Any], task: Task) -> Sequence[Cell]:
    path, note = notebook_file(files, task.file)
    seen |= {"file": path, "note": note, "problem": "", "cut": ""}
    seen |= {"cells": [], "networks": [], "networks_found": 0, "measured": {}}
    seen["imports"] = forbidden_imports(all_sources_of(files), files, allowed=ALLOWED)[:20]
    if not path:
        return ()
    notebook = read(files[path])
    seen["problem"] = notebook.problem
    return notebook.cells


def _lay(
    session: Session, digits: Digits, train: int, test: int, rng: np.random.Generator, mode: str
) -> tuple[Digits, str]:
    """Lay a part of the digits beside the notebook; return that part, and why mlp.py had to be replaced, if it had to."""
    files = idx.files(digits, train, test, rng)
    read = {name: idx.read(content, name) for name, content in files.items()}
    images = {name: read[name].reshape(len(read[name]), -1) for name in (idx.TRAIN_IMAGES, idx.TEST_IMAGES)}
    laid = Digits(
        digits.name, images[idx.TRAIN_IMAGES], read[idx.TRAIN_LABELS], images[idx.TEST_IMAGES], read[idx.TEST_LABELS]
    )
    watch = watch_operations.watch(mode, laid.train_images, laid.train_labels, laid.test_images, laid.test_labels)
    answers = session.run(
        *(ask.within(OVERHEAD_SECONDS, ask.lay(f"{FOLDER}/{name}", content)) for name, content in files.items()),
        ask.within(OVERHEAD_SECONDS, watch),
        ask.open_kernel(),
    )
    watching = answers[-2].value
    if problem := next((answer.problem for answer in answers if answer.problem), None):
        raise HarnessError(f"no notebook can be run: {problem}")
    if not isinstance(watching, Mapping) or watching.get("mode") != mode:
        raise HarnessError("the networks of a notebook cannot be watched")
    return laid, str(watching.get("mlp", ""))


def _look(session: Session, keeper: Keeper) -> None:
    (answer,) = session.run(ask.within(OVERHEAD_SECONDS, watch_operations.networks()))
    if answer.problem is None:
        keeper.keep(watch_operations.believable(answer.value))
