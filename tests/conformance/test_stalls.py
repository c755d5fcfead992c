"""A machine or an engine that stood still while a limit ran: what ran out is asked once more, and never costs."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.model import Limits, Observation, ProblemKind
from grader.sandbox import Inside, Launcher, Probe, Session, observe, open_launcher
from grader.sandbox import operations as ask
from grader.sandbox.launching import Running
from grader.sandbox.process import is_full
from grader.sandbox.pulse import Pulse
from kit.asking import LIMITS, submission

CODE = """
import os, subprocess, sys, time

class MLP:
    def sleep(self, seconds):
        time.sleep(seconds)
        return seconds

    def write(self):
        raise OSError(28, "No space left on device")

    def leave_memory(self):
        # of a kind that no limit of one process counts
        code = "import mmap; held = mmap.mmap(-1, 1 << 30); [held.write(bytes(1 << 20)) for _ in range(1 << 10)]"
        raise RuntimeError(f"the child ended with {subprocess.run([sys.executable, '-c', code]).returncode}")
"""


class Stalls(Pulse):
    """A pulse that has noted so many stalls, each for whoever asks next."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def stood_still(self, since: float) -> float:
        self.left -= 1
        return 3.0 if self.left >= 0 else 0.0


def sleep(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    """Ask for what takes longer than its limit."""
    data["asked"] = data.get("asked", 0) + 1
    *_, answer = session.run(ask.load(), ask.create("net", "mlp.MLP"), ask.call("net", "sleep", 60.0), seconds=0.2)
    data["problem"] = {"kind": str(answer.problem.kind), "message": "", "where": ""} if answer.problem else None


def look(launcher: Launcher, run: Any, **limits: Any) -> Observation:
    seen = observe(
        submission(CODE),
        [Probe("sleep", "", run)],
        Inside(),
        launcher=launcher,
        seed=1,
        limits=replace(LIMITS, **limits),
    )
    return seen.observations["sleep"]


@pytest.fixture(scope="module")
def process() -> Iterator[Launcher]:
    with open_launcher("process") as launcher:
        yield launcher


@pytest.mark.parametrize(("stalls", "fault"), [(0, ""), (1, ""), (2, "stood still for 3 s, twice")])
def test_what_ran_out_in_a_stall_is_asked_once_more(process: Launcher, stalls: int, fault: str) -> None:
    tried: list[str] = []

    def run(session: Session, data: dict[str, Any], rng: np.random.Generator) -> None:
        tried.append("once")
        sleep(session, data, rng)

    seen = look(replace(process, pulse=Stalls(stalls)), run)
    assert len(tried) == (2 if stalls else 1)
    assert fault in seen.fault
    assert bool(seen.fault) == bool(fault)


@pytest.mark.docker
def test_a_container_that_somebody_stops_for_a_while_costs_nothing() -> None:
    tried: list[Any] = []

    def run(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        session.run(ask.load(), ask.create("net", "mlp.MLP"))
        name = session._conversation.running.process.args[-1]  # type: ignore[index]
        tried.append(name)
        if len(tried) == 1:
            stop = threading.Timer(2.5, subprocess.run, args=(["docker", "pause", name],), kwargs={"check": True})
            stop.start()
        *_, answer = session.run(ask.call("net", "sleep", 4.0), seconds=6.0)
        data["problem"] = answer.problem

    with open_launcher("docker") as launcher:
        seen = look(launcher, run)
    assert (len(tried), dict(seen.data), seen.fault, seen.problem) == (2, {"problem": None}, "", None)


@pytest.mark.docker
def test_a_child_that_is_killed_for_memory_is_told_though_its_parent_goes_on() -> None:
    def run(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        *_, answer = session.run(ask.load(), ask.create("net", "mlp.MLP"), ask.call("net", "leave_memory"))
        assert answer.problem is not None
        data["problem"] = {"kind": str(answer.problem.kind), "message": answer.problem.message, "where": ""}

    with open_launcher("docker") as launcher:
        told = look(launcher, run).data["problem"]
    assert told["kind"] == str(ProblemKind.MEMORY)
    assert told["message"].startswith(
        "one of its processes was killed for want of memory: RuntimeError: the child ended with"
    )


def test_a_disk_that_is_full_is_no_fault_of_the_code(process: Launcher) -> None:
    def run(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
        *_, answer = session.run(ask.load(), ask.create("net", "mlp.MLP"), ask.call("net", "write"))
        assert answer.problem is not None
        data["problem"] = {"kind": str(answer.problem.kind), "message": answer.problem.message, "where": ""}

    def launch(limits: Limits, seconds: float) -> Running:
        return replace(process.launch(limits, seconds), is_full=lambda: True)

    assert look(process, run).fault == ""
    assert "no room left on this machine's disk" in look(replace(process, launch=launch), run).fault


def test_a_folder_that_code_has_filled_itself_is_no_full_disk(tmp_path: Path) -> None:
    everything = shutil.disk_usage(tmp_path).total * 2
    assert is_full(tmp_path, least=everything)
    assert not is_full(tmp_path, least=1)
    (tmp_path / "large").write_bytes(b"")
    os.truncate(tmp_path / "large", everything)
    assert not is_full(tmp_path, least=everything)
    assert not is_full(tmp_path / "gone")
