"""Workers that are forked from one process with their libraries show what those show that are started one by one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignments import find
from grader.model import Evidence, Limits
from grader.pipeline import grade, load_rubric
from grader.sandbox import Launcher, open_launcher
from kit import ROOT, warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked so on Linux alone")


def seen(assignment: str, items: tuple[str, ...], launcher: Launcher) -> Evidence:
    found = find(assignment)
    path = ROOT / "reference" / assignment
    return grade(path, found, rubric=load_rubric(found), launcher=launcher, seed=3, items=items).evidence


def without_seconds(data: Any) -> Any:
    """Return what was seen but for how long it took."""
    if isinstance(data, Mapping):
        return {name: without_seconds(each) for name, each in data.items() if name != "seconds"}
    return [without_seconds(each) for each in data] if isinstance(data, list | tuple) else data


@pytest.mark.parametrize(
    ("libraries", "assignment", "items"),
    [("code", "byomlp", ("forward",)), ("notebooks", "modules", ("differentiation",))],
)
def test_a_forked_worker_shows_what_one_shows_that_was_started(
    libraries: str, assignment: str, items: tuple[str, ...]
) -> None:
    forked = seen(assignment, items, warm.launcher(libraries))
    with open_launcher("process") as launcher:
        started = seen(assignment, items, launcher)
    assert forked.sandbox == started.sandbox
    assert {name: fact for name, fact in forked.facts.items() if name != "cpu_seconds"} == {
        name: fact for name, fact in started.facts.items() if name != "cpu_seconds"
    }
    for name, each in started.observations.items():
        np.testing.assert_equal(without_seconds(forked.observations[name].data), without_seconds(each.data))


def test_a_forked_worker_ends_with_its_folder_when_it_is_stopped() -> None:
    launcher = warm.launcher("code")
    running = launcher.start(Limits(), 10.0)
    process, folder = Path("/proc", str(running.process.pid)), Path(running.folder)
    assert process.exists()
    assert folder.is_dir()
    launcher.stop(running)
    assert not process.exists()
    assert not folder.exists()
    assert running.process.returncode == -9
    for pipe in (running.process.stdout, running.process.stderr):
        pipe.close()
