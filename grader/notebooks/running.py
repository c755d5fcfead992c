"""Running a notebook cell by cell: an error or a limit costs its cell, and what happened is kept as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from grader.notebooks.reading import Cell
from grader.notebooks.record import CellRecord, Record, lost
from grader.sandbox import Session, SessionEnded
from grader.sandbox import operations as ask

now = time.monotonic
# of the time for all cells, what those of another part may take together, and what each of them may take at least
BESIDES, AT_LEAST = 0.15, 10.0


def run_cells(
    session: Session,
    seen: dict[str, Any],
    cells: Sequence[Cell],
    *,
    cell_seconds: float,
    until: float,
    all_seconds: float,
    after: Callable[[CellRecord], None] = lambda _: None,
    besides: Collection[int] = (),
) -> None:
    """Run the code among `cells` on the session's open kernel, and fill ``cells``, ``cut`` and ``besides`` of `seen`.

    A cell gets `cell_seconds`, all of them end at `until` on the monotonic clock, which was `all_seconds` from their
    start. `after` is told of each cell that was run. Those at the positions `besides`, from 0, are of another part, which others
    may need: they get little time, and it does not count as cut short where they want more. SessionEnded when student code ends
    the session; it is noted with its cell.
    """
    seen |= {"cells": [], "cut": "", "besides": []}
    record = Record(seen["cells"])
    number, spared = 0, BESIDES * all_seconds
    for position, cell in enumerate(cells):
        entry = record.begin(cell)
        if not cell.runs:
            continue
        number += 1
        entry["number"] = number
        left = until - now()
        if left < 1:
            over = f"the {all_seconds:.0f} s for the cells of a notebook were over before code cell {number}"
            seen["cut"] = seen["cut"] or over
            continue
        seconds = min(cell_seconds, left)
        if position in besides:
            seconds = min(seconds, max(spared, AT_LEAST))
            seen["besides"].append(number)
        _run_cell(session, seen, record, entry, cell.source, seconds)
        spared -= entry["seconds"] * (position in besides)
        if entry["error"] and entry["error"]["interrupted"] and position not in besides:
            which = f"{cell_seconds:.0f} s for a cell" if left > cell_seconds else f"{all_seconds:.0f} s for all cells"
            seen["cut"] = f"code cell {number} was interrupted when the {which} were over"
        after(entry)


def _run_cell(
    session: Session, seen: dict[str, Any], record: Record, entry: CellRecord, source: str, seconds: float
) -> None:
    began = now()
    entry["run"] = True
    try:
        (answer,) = session.run(ask.cell(source, entry["number"], seconds=seconds))
    except SessionEnded as end:
        entry["seconds"], entry["error"] = now() - began, lost(end.problem.kind, end.problem.message)
        seen["cut"] = f"the run ended in code cell {entry['number']}: {end.problem}"
        raise
    entry["seconds"] = now() - began
    record.end(entry, answer)
