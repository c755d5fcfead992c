"""Running a notebook cell by cell on digits that are laid beside it, and keeping what each cell and each network did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

import grader
from grader.assignments.byomlp.notebook import watch_operations
from grader.assignments.byomlp.notebook.architectures import Wanted, choose
from grader.assignments.byomlp.notebook.files import COURSE, cells_besides, part_file
from grader.assignments.byomlp.notebook.network_keeping import Keeper
from grader.assignments.byomlp.notebook.watch_operations import Network
from grader.datasets.digits import Digits, digits_of, idx
from grader.model import REDUCED, Array, Problem, ProblemKind
from grader.notebooks.drawing_cells import drawing_cells
from grader.notebooks.session import OVERHEAD_SECONDS, NotebookSeen, Running, begin
from grader.notebooks.sources import sources_of
from grader.sandbox import Session

FOLDER = "digits_data"
ENGINE, OWN = "engine", "own"
# what is imported before a notebook is opened on the engine, and how much is told of why it could not be
IMPORTED, WHY = "mlp.py", 200
# of the course's files, what draws images
DRAWING = ("plot_digits_dimreduced_examples", "scatter_digits")


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


class Seen(NotebookSeen, total=False):
    """What is observed of a notebook of this assignment, measuring aside.

    It was run in which `mode`, on how many `train` and `test` images; `stand_in` says why mlp.py had to be replaced. `networks`
    are those kept of `networks_found`, `chosen` says which of them is the one asked for, `why_own` what the engine lacked, and
    `needed`, of the run on the own class, whether there was a reason for it. `drawing` numbers the cells that show images,
    `labels` are those of the unseen digits.
    """

    mode: str
    train: int
    test: int
    stand_in: str
    networks: list[Network]
    networks_found: int
    chosen: dict[str, int | None]
    why_own: list[str]
    needed: bool
    drawing: list[int]
    labels: Array


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
            # for staff: somebody should look at this one
            seen["noticed"] = [f"{each['name']} is not believed: {each['begun']}" for each in networks if each["begun"]]
            seen["noticed"] += [
                f"{each['name']} was not followed: {each['fault']}" for each in networks if each["fault"]
            ]
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
    every = digits_of(setting)
    numbers = setting.reduced if mode == OWN else setting.numbers
    seen |= {"size": REDUCED if mode == OWN else setting.size, "dataset": every.name, "mode": mode}
    seen |= {"networks": [], "networks_found": 0, "measured": {}}
    allowed = cast("tuple[str, ...]", setting.parameters["allowed_imports"])
    wanted = str(setting.parameters[f"{task.part}_notebook"])
    found = part_file(session.files, wanted, task.part)
    cells = begin(session, seen, wanted, allowed=(*allowed, *COURSE), found=found)
    if not cells:
        return None
    running = Running(session, seen, seconds=min(numbers["notebook_seconds"], setting.numbers["notebook_seconds"]))
    train, test = (int(numbers[f"{task.part}_{split}"]) for split in ("train", "test"))
    files = idx.files(every, train, test, rng)
    laid = _laid(every.name, files)
    seen["stand_in"] = _open(running, files, laid, mode)
    seen |= {"train": len(laid.train_labels), "test": len(laid.test_labels)}
    keeper = Keeper(seen, laid.train_images)

    def look() -> None:
        # what keeps us from this is of the student's making, and loses no more than the last calls
        running.ask(watch_operations.settle())
        found = session.ask_beside(watch_operations.networks(), seconds=OVERHEAD_SECONDS)
        keeper.keep(watch_operations.validated(found))

    besides = cells_besides(session.files, setting.parameters, seen["file"], task.part)
    running.run(cells, cell_seconds=numbers["cell_seconds"], look=look, may_look=keeper.may_look, besides=besides)
    look()
    return Run(laid, running.until)


def _laid(name: str, files: Mapping[str, bytes]) -> Digits:
    """Return the digits in files that are laid beside a notebook."""
    read = {file: idx.read(content, file) for file, content in files.items()}
    images = {file: read[file].reshape(len(read[file]), -1) for file in (idx.TRAIN_IMAGES, idx.TEST_IMAGES)}
    train, test = (images[idx.TRAIN_IMAGES], read[idx.TRAIN_LABELS]), (images[idx.TEST_IMAGES], read[idx.TEST_LABELS])
    return Digits(name, *train, *test)


def _open(running: Running, files: Mapping[str, bytes], laid: Digits, mode: str) -> str:
    """Lay the files beside the notebook and open it; return why mlp.py had to be replaced, if it had to."""
    digits = watch_operations.laid(laid.train_images, laid.train_labels, laid.test_images, laid.test_labels)
    session = running.session
    session.ask_beside(watch_operations.watch_outside(mode, digits), seconds=OVERHEAD_SECONDS)
    watch = watch_operations.watch(mode, digits, import_seconds=session.call_seconds)
    beside = IMPORTED if mode == ENGINE else ""
    watching = running.open(
        {f"{FOLDER}/{name}": content for name, content in files.items()}, watch, beside=beside
    ).value
    if not isinstance(watching, Mapping) or watching.get("mode") != mode:
        raise running.spoilt(Problem(ProblemKind.VIOLATION, f"the code answers while your {IMPORTED} is imported"))
    return str(watching.get("mlp", ""))[:WHY]
