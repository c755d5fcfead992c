"""What this machine can do: a row for each thing that grading stands on, with what to do where it does not stand."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader import assignments, datasets, locations
from grader.doctor import engine, machine, material, refusals
from grader.doctor.engine import IMAGE, recipe
from grader.doctor.row import Outcome, Refusal, Row, State
from grader.model import SandboxSpec
from grader.sandbox import Launcher, open_launcher

__all__ = ["IMAGE", "Outcome", "Refusal", "Row", "State", "examine", "recipe"]

Try = Callable[[str, Callable[[], Launcher]], Row]


def examine(containers: SandboxSpec | None = None, *, sandbox: Try = refusals.sandbox) -> tuple[Row, ...]:
    """Look at everything that grading stands on; takes seconds, and every sandbox that this machine can have is tried.

    `containers` says what these are made with.
    """
    root, spec = locations.checkout(), containers or SandboxSpec()
    found = engine.containers(spec, wanted=recipe(root) if root else "")
    return (
        machine.python(sys.version_info[:3]),
        *machine.packages(machine.pins(root), machine.installed),
        machine.compiled(),
        machine.plots(),
        machine.watching(),
        machine.process_sandbox(),
        machine.disk(shutil.disk_usage(Path.cwd()).free),
        *found,
        *_refusals(sandbox, _opened(found, spec)),
        *(material.data_row(datasets.where(each)) for each in assignments.data_sets()),
        *(material.rubric_row(name) for name in assignments.ids()),
        *(
            material.template_row(each.id, *each.material, each.masters)
            for each in assignments.every()[0]
            if each.material
        ),
    )


def _opened(containers: Sequence[Row], spec: SandboxSpec) -> dict[str, Callable[[], Launcher]]:
    """Return what opens each sandbox: containers, by their engine, where the rows on them say that one can be run."""
    opened: dict[str, Callable[[], Launcher]] = {}
    if all(row.state is not State.MISSING for row in containers):
        opened[spec.engine] = lambda: open_launcher(spec)
    if sys.platform == "linux":
        opened["bubblewrap"] = lambda: open_launcher("bubblewrap")
    return opened


def _refusals(sandbox: Try, opened: Mapping[str, Callable[[], Launcher]]) -> list[Row]:
    """Try in each sandbox what must be refused, side by side."""
    with ThreadPoolExecutor(max_workers=len(opened) or 1) as pool:
        return list(pool.map(sandbox, opened.keys(), opened.values()))
