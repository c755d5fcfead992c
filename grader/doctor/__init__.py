"""What this machine can do: a row for each thing that grading stands on, with what to do where it does not stand."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from grader import assignments, digits, places
from grader.doctor import engine, machine, material
from grader.doctor.engine import IMAGE, recipe
from grader.doctor.row import Row, State

__all__ = ["IMAGE", "Row", "State", "examine", "recipe"]


def examine(*, image: str = IMAGE, client: str = "docker") -> tuple[Row, ...]:
    """Look at everything that grading stands on; takes seconds, and one container where an engine answers."""
    root = places.checkout()
    return (
        machine.python(sys.version_info[:3]),
        *machine.packages(machine.pins(root), machine.installed),
        machine.plots(),
        machine.watching(),
        machine.process_sandbox(),
        machine.disk(shutil.disk_usage(Path.cwd()).free),
        *engine.containers(image=image, client=client, wanted=recipe(root) if root else ""),
        material.digits_row(digits.where()),
        *(material.rubric_row(name) for name in assignments.IDS),
        *(material.template_row(root, name) for name in assignments.IDS if root),
    )
