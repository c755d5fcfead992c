"""A notebook in a session: laid and opened, looked at while it runs, and measured until its time is over.

What a notebook's process says of its networks is never the last word: it is looked at again and again, so that what happens
later costs nothing of what is known already, and what networks can do is measured with rows that never were inside before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

from grader.errors import HarnessError
from grader.model import Problem
from grader.notebooks import reading
from grader.notebooks.naming import notebook_file, why_not_read
from grader.notebooks.reading import Cell
from grader.notebooks.record import CellRecord
from grader.notebooks.running import run_cells
from grader.notebooks.sources import all_sources_of, forbidden_imports
from grader.sandbox import Answer, Session, SessionEnded
from grader.sandbox import operations as ask
from grader.sandbox.operations import Operation

# of a notebook's time, what its cells may take: the rest is for measuring what they made
SHARE = 0.85
# what is ours to do: laying files, looking at networks
OVERHEAD_SECONDS = 60.0
# networks are looked at after each cell that took so long
WORTH_A_LOOK = 0.5
# measuring ends so long before the session does
END_MARGIN = 2.0
IMPORTS = 20

now = time.monotonic


class NotebookSeen(TypedDict, total=False):
    """What is observed of any notebook, as far as it got; `size` and `dataset` say what it was run on.

    `wanted` is the name that was asked for, `file` the notebook that was taken, empty when there is none, with a `note` on that
    choice; `left_out` says why one was not read, `problem` why it could not be. `imports` are those that are not `allowed`.
    `cut` says what ended its run too early, `besides` numbers the cells that are of another part and got little time.
    """

    size: str
    dataset: str
    wanted: str
    file: str
    note: str
    left_out: str
    problem: str
    imports: list[str]
    allowed: list[str]
    cells: list[CellRecord]
    cut: str
    besides: list[int]


def begin(
    session: Session,
    seen: dict[str, Any],
    name: str,
    *,
    allowed: Iterable[str],
    found: tuple[str, str] | None = None,
    beside: Callable[[Sequence[Cell]], Iterable[str]] = lambda _: (),
) -> Sequence[Cell]:
    """Read the notebook that was asked for as `name`, and note what is known of it before it runs; returns its cells.

    `found` is its path and what is to be said of that choice, where it was looked for by more than its name. `allowed` may
    be imported, and so may the files `beside` it that its cells run. There are no cells when there is nothing to run.
    """
    path, note = found or notebook_file(session.files, name)
    notebook = reading.read_file(path, session.files[path]) if path else reading.Notebook()
    known = [*session.files, *beside(notebook.cells)]
    seen |= {"file": path, "wanted": name, "note": note, "left_out": why_not_read(session.left_out, name)}
    seen |= {"problem": notebook.problem, "cut": "", "cells": []}
    seen["allowed"] = list(allowed)
    seen["imports"] = forbidden_imports(all_sources_of(session.files), known, allowed=tuple(allowed))[:IMPORTS]
    return notebook.cells


class Running:
    """A notebook that runs in a session, for `seconds` from now; its cells get a `share` of them.

    What happens is noted in `seen` as it happens, so that a session which ends early leaves what was seen until then.
    """

    def __init__(self, session: Session, seen: dict[str, Any], *, seconds: float, share: float = SHARE) -> None:
        self.session, self.seen = session, seen
        self._started, self._seconds, self._share = now(), seconds, share

    @property
    def until(self) -> float:
        """Until when, on the monotonic clock, what the cells made may be measured."""
        return self._started + self._seconds - END_MARGIN

    def open(self, files: Mapping[str, bytes], watch: Operation, *, beside: str = "") -> Answer:
        """Lay files beside the notebook, begin to watch, open the kernel; returns the answer to `watch`.

        `beside` names the student's file that `watch` imports, if it does: what goes wrong from there on may be its doing, and
        is lost when it happens twice. HarnessError when it cannot be. SessionEnded when the session ends meanwhile.
        """
        laid = self.session.run(*(ask.within(OVERHEAD_SECONDS, ask.lay(*each)) for each in files.items()))
        if problem := _first_problem(laid):
            raise HarnessError(f"no notebook can be run: {problem}")
        answers = self.session.run(ask.within(OVERHEAD_SECONDS, watch), ask.open_kernel())
        if problem := _first_problem(answers):
            if not beside:
                raise HarnessError(f"no notebook can be run: {problem}")
            raise self.spoilt(
                replace(problem, message=f"no notebook can be run beside your {beside}: {problem.message}")
            )
        return answers[0]

    def spoilt(self, problem: Problem) -> SessionEnded:
        """Return the end of a session whose process is not what it was; it is asked once more, for that may be nobody's doing."""
        self.session.unexplained = True
        return SessionEnded(problem)

    def run(
        self,
        cells: Sequence[Cell],
        *,
        cell_seconds: float,
        look: Callable[[], None],
        may_look: Callable[[], bool],
        after: Callable[[CellRecord], None] = lambda _: None,
        besides: Collection[int] = (),
    ) -> None:
        """Run the cells; `look` at what they made after each that took long, while one `may_look`; `after` is told of each.

        Those at the positions `besides` are of another part.

        SessionEnded when student code ends the session.
        """

        def ran(entry: CellRecord) -> None:
            after(entry)
            if entry["seconds"] >= WORTH_A_LOOK and may_look():
                look()

        all_seconds = self._seconds * self._share
        run_cells(
            self.session,
            self.seen,
            cells,
            cell_seconds=cell_seconds,
            until=self._started + all_seconds,
            all_seconds=all_seconds,
            after=ran,
            besides=besides,
        )

    def ask(self, operation: Operation) -> Answer:
        """Ask something that is ours to do between cells, or after the last one."""
        (answer,) = self.session.run(ask.within(OVERHEAD_SECONDS, operation))
        return answer


def _first_problem(answers: Sequence[Answer]) -> Problem | None:
    return next((answer.problem for answer in answers if answer.problem), None)
