"""Interrupting a cell whose time is over: KeyboardInterrupt where the student's code is, until it is through."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from grader.worker.alarm import Overtime
from grader.worker.problems import CELL

# so often KeyboardInterrupt is raised before what `except KeyboardInterrupt` does not catch
POLITE = 8
# so often we wait for our own code, and that of the kernel, to come back to the student's by itself
PATIENT = 20
# so long, in rings of the alarm, figures may be drawn after the end of their cell
DRAWN = 30
DRAWING = "backend_inline.py"
# the name of the task that carries out requests
KERNEL = "kernel"
OURS = "<grader/"
MAGIC = ("<timed exec>", "<timed eval>", "<magic-timeit>")
# Jupyter's own machinery would be left half way
SHIELDED = tuple(
    f"{sep}{name}{sep}" for sep in ("/", "\\") for name in ("ipykernel", "jupyter_client", "zmq", "tornado")
)


class Interruption:
    """The interruption of one cell; `ring` is what the alarm calls."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.times = 0
        self._is_own = is_own
        self._waited = self._drawn = 0
        self._armed: BaseException | None = None
        self._tracing = False

    def ring(self, frame: FrameType | None) -> None:
        """Raise in the student's code that is running, or see to it that it is raised there as soon as it goes on."""
        steps = _outwards(frame)
        own = [step for step in steps if self._is_own(step.f_code.co_filename)]
        if not own:
            self._without_own(steps)
            return
        self.times += 1
        end: BaseException = KeyboardInterrupt() if self.times <= POLITE else Overtime()
        above = steps[: steps.index(own[0])]
        if any(_is_shielded(step) for step in above) and self._waited < PATIENT:
            self._waited += 1
            self.times -= 1
            self._trip(own[:1], end)
            return
        if self.times > POLITE:
            # what catches everything shall meet another one in its `except` block, which that cannot catch
            self._trip(own, Overtime())
        raise end

    def _without_own(self, steps: list[FrameType]) -> None:
        """End what the student's code has left to others: a wait, or the drawing of its figures."""
        self.times += _cancel_tasks()
        if any(step.f_code.co_filename.endswith(DRAWING) for step in steps):
            self._drawn += 1
            if self._drawn > DRAWN:
                raise KeyboardInterrupt

    def reset(self) -> None:
        """Take the traps away: the cell is through."""
        self._armed = None
        if self._tracing:
            sys.settrace(None)
            self._tracing = False

    @property
    def done(self) -> bool:
        """Whether the student's code was interrupted."""
        return self.times > 0

    def _trip(self, frames: list[FrameType], end: BaseException) -> None:
        self._armed, self._tracing = end, True
        for frame in frames:
            frame.f_trace = self._spring
        sys.settrace(_no_trace)

    def _spring(self, _frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line" and self._armed is not None:
            end, self._armed = self._armed, None
            if isinstance(end, KeyboardInterrupt):
                self.times += 1
            raise end
        return self._spring


def is_own_in(folder: str, files: frozenset[str]) -> Callable[[str], bool]:
    """Return whether a file name in a frame is a cell's or one of the student's files."""

    def is_own(name: str) -> bool:
        return name.startswith(CELL) or name in MAGIC or name in files or Path(folder) in Path(name).parents

    return is_own


def _no_trace(_frame: FrameType, _event: str, _arg: Any) -> None:
    return None


def _outwards(frame: FrameType | None) -> list[FrameType]:
    steps = []
    while frame is not None:
        steps.append(frame)
        frame = frame.f_back
    return steps


def _is_shielded(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return name.startswith(OURS) or any(part in name for part in SHIELDED)


def _cancel_tasks() -> int:
    """End what a cell awaits, and return how much that is: while it does, none of its frames is on the stack."""
    cancelled = 0
    try:
        for task in asyncio.all_tasks():
            if task.get_name() != KERNEL:
                # the loop sleeps; only this wakes it
                task.get_loop().call_soon_threadsafe(task.cancel)
                cancelled += 1
    except RuntimeError:  # no loop is running
        return cancelled
    return cancelled
