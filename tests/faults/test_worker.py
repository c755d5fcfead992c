"""A worker that is killed, at every kind of moment: the submission still gets its true score, or its points are withheld."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader import pipeline, wire
from grader.intake import receive
from grader.model import Limits
from grader.sandbox import Inside, Launcher, Probe, observe, open_launcher
from grader.sandbox.launching import Running
from grader.sandbox.payload import payload
from grader.sandbox.process import process_launcher
from kit import small_assignment as small
from kit.interrupting import ONE_LANE, Act, Moment, at_the_end, before, between, graded, interrupted, times, watched

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL, and stand-ins are shell scripts")


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with open_launcher("process") as opened:
        yield opened


def killer(started: list[Running]) -> Act:
    """Return what kills the worker that was started last, and that alone."""
    return lambda: os.kill(started[-1].process.pid, signal.SIGKILL)


@pytest.mark.parametrize("moment", [before, between, at_the_end])
def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path, launcher: Launcher, moment: Moment) -> None:
    kept, started = watched(launcher)
    path = small.hand_in(tmp_path / "alice")
    made = graded(path, interrupted(moment, times(1, killer(started))), kept)
    assert (made.score.marks.earned, made.score.marks.withheld) == (7, 0)


def waiting(mark: Path) -> str:
    """Return a module that waits to be killed when it is imported for the first time."""
    wait = f"mark = pathlib.Path({str(mark)!r})\nif not mark.exists():\n    mark.touch()\n    time.sleep(1000)\n"
    return f"import pathlib, time\n{wait}{small.RIGHT}"


def test_a_worker_that_is_killed_while_it_works_on_a_request_is_asked_again(tmp_path: Path, launcher: Launcher) -> None:
    kept, started = watched(launcher)
    mark = tmp_path / "mark"

    def kill_later() -> None:
        while not mark.exists():
            time.sleep(0.01)
        killer(started)()

    def meanwhile(kill: Act, ask: Act) -> None:
        threading.Thread(target=kill, daemon=True).start()
        ask()

    path = small.hand_in(tmp_path / "alice", waiting(mark))
    rubric = replace(small.RUBRIC, limits=Limits(call_seconds=40.0))
    assignment = interrupted(meanwhile, times(1, kill_later))
    made = pipeline.grade(path, assignment, rubric=rubric, launcher=kept, seed=7)
    assert (made.score.marks.earned, made.score.marks.withheld) == (7, 0)


def test_a_worker_that_is_killed_between_two_probes_costs_nothing(tmp_path: Path, launcher: Launcher) -> None:
    kept, started = watched(launcher)
    kill = times(1, killer(started))
    made = graded(
        small.hand_in(tmp_path / "alice"),
        ONE_LANE,
        kept,
        on_progress=lambda probe, event: kill() if (probe, event) == ("module", "end") else None,
    )
    assert (made.score.marks.earned, made.score.marks.withheld) == (7, 0)


def dying(folder: Path, count: int, how: str) -> str:
    """Return an interpreter that dies as `how` says, a shell command, the first `count` times that it is started."""
    stand_in = folder / "python"
    stand_in.write_text(
        f"#!/bin/sh\necho >>'{folder}/starts'\n"
        f"[ $(wc -l <'{folder}/starts') -gt {count} ] || {{ {how}; }}\nexec '{sys.executable}' \"$@\"\n"
    )
    stand_in.chmod(0o755)
    return str(stand_in)


DEATHS = {
    "before it reads": "kill -9 $$",
    "while it reads": "head -c 1000 >/dev/null; kill -9 $$",
    "before it says hello": "cat >/dev/null & sleep 0.3; kill -9 $$",
    "with another status": "echo no room >&2; exit 3",
}


@pytest.mark.parametrize("how", DEATHS)
def test_a_worker_that_dies_when_it_starts_is_started_once_more(tmp_path: Path, how: str) -> None:
    with process_launcher(python=dying(tmp_path, 1, DEATHS[how])) as launcher:
        made = graded(small.hand_in(tmp_path / "alice"), small.ASSIGNMENT, launcher)
    assert (made.score.marks.earned, made.score.marks.withheld) == (7, 0)


@pytest.mark.parametrize("how", DEATHS)
def test_workers_that_never_come_to_work_withhold_all_points(tmp_path: Path, how: str) -> None:
    with process_launcher(python=dying(tmp_path, 1000, DEATHS[how])) as launcher:
        made = graded(small.hand_in(tmp_path / "alice"), small.ASSIGNMENT, launcher)
    assert (made.score.marks.earned, made.score.marks.lost, made.score.marks.withheld) == (0, 0, 7)
    messages = [scored.finding.message for item in made.score.items for scored in item.findings]
    assert all("the worker does not start" in message for message in messages)


SUICIDE = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"


def test_what_is_killed_each_time_is_killed_by_the_code(tmp_path: Path, launcher: Launcher) -> None:
    made = graded(small.hand_in(tmp_path / "alice", SUICIDE), small.ASSIGNMENT, launcher)
    problem = made.evidence.observations["module"].problem
    assert str(problem) == "the code ends the sandbox during importing mlp.py"


def test_code_that_ends_its_sandbox_is_believed_the_second_time(tmp_path: Path, launcher: Launcher) -> None:
    kept, started = watched(launcher)
    probes = tuple(Probe(f"p{k}", "", small.module) for k in range(4))
    student = receive(small.hand_in(tmp_path / "alice", SUICIDE), required=("mlp.py",), provided={})
    observe(student, probes, Inside(), launcher=kept, seed=1, limits=Limits())
    assert len(started) == len(probes) + 1


def test_a_segmentation_fault_is_not_asked_for_twice(tmp_path: Path, launcher: Launcher) -> None:
    mark = tmp_path / "mark"
    crash = f"import ctypes\nopen({str(mark)!r}, 'a').write('x')\nctypes.string_at(0)\n"
    graded(small.hand_in(tmp_path / "alice", crash), small.ASSIGNMENT, launcher, items=("code",))
    assert mark.read_text() == "x"


def test_points_that_were_withheld_are_given_when_the_submission_is_graded_again(tmp_path: Path) -> None:
    path = small.hand_in(tmp_path / "alice")
    with process_launcher(python=dying(tmp_path, 4, "kill -9 $$")) as launcher:
        first, second = (graded(path, small.ASSIGNMENT, launcher) for _ in range(2))
    assert (first.score.marks.withheld, second.score.marks.earned) == (7, 7)


@pytest.mark.parametrize("last", [b"", wire.chunks(wire.END)], ids=["in the midst", "at the end of a session"])
def test_a_worker_whose_grader_is_gone_clears_away_even_if_it_is_just_writing(launcher: Launcher, last: bytes) -> None:
    running = launcher.start(Limits(), 60.0)
    first = payload(Inside(), {"mlp.py": small.RIGHT.encode()}, Limits(), folder=running.folder)
    with running.process as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(first + wire.chunks(wire.BEGIN, b"1"))
        assert process.stdout.read(1) == wire.HELLO
        process.stdout.close()
        process.stdin.write(last)
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    assert not Path(running.folder).exists()
