"""What this machine can do: a row for each thing that grading stands on, with what to do where it does not stand."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader import assignments, digits, places
from grader.doctor import engine, machine, material, refusals
from grader.doctor.engine import IMAGE, recipe
from grader.doctor.refusals import Outcome, Refusal
from grader.doctor.row import Row, State
from grader.sandbox import Launcher, open_launcher

__all__ = ["IMAGE", "Outcome", "Refusal", "Row", "State", "examine", "recipe"]

Try = Callable[[str, Callable[[], Launcher]], Row]


def examine(*, image: str = IMAGE, client: str = "docker", sandbox: Try = refusals.sandbox) -> tuple[Row, ...]:
    """Look at everything that grading stands on; takes seconds, and every sandbox that this machine can have is tried."""
    root = places.checkout()
    docker = engine.containers(image=image, client=client, wanted=recipe(root) if root else "")
    return (
        machine.python(sys.version_info[:3]),
        *machine.packages(machine.pins(root), machine.installed),
        machine.plots(),
        machine.watching(),
        machine.process_sandbox(),
        machine.disk(shutil.disk_usage(Path.cwd()).free),
        *docker,
        *_refusals(docker, image, client, sandbox),
        material.digits_row(digits.where()),
        *(material.rubric_row(name) for name in assignments.IDS),
        *(material.template_row(root, name) for name in assignments.IDS if root),
    )


def _refusals(docker: Sequence[Row], image: str, client: str, sandbox: Try) -> list[Row]:
    """Try what must be refused in a container, where the rows on docker say that one can be run, and in bubblewrap."""
    kinds: dict[str, Callable[[], Launcher]] = {}
    if all(row.state is not State.MISSING for row in docker):
        kinds["docker"] = lambda: open_launcher("docker", image=image, client=client)
    if sys.platform == "linux":
        kinds["bubblewrap"] = lambda: open_launcher("bubblewrap")
    with ThreadPoolExecutor(max_workers=len(kinds) or 1) as pool:
        return list(pool.map(sandbox, kinds.keys(), kinds.values()))
