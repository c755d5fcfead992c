"""What hostile and broken submissions do costs them the probe in which they do it, and nothing else."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.model import Evidence, Limits, Observation
from grader.sandbox import Inside, Launcher, Probe, Session, observe, open_launcher
from grader.sandbox import operations as op
from grader.sandbox.launching import Running
from kit.asking import ATTACKS, LIMITS, attack

# attack -> where it shows, what kind of problem it is, how its message begins
ANSWERED = {
    "exit_at_import": ("load", "raised", "SystemExit: the code calls exit()"),
    "sleep_at_import": ("load", "timeout", "importing mlp.py takes longer than 0.2 s"),
    "exit_in_method": ("forward", "raised", "SystemExit: the code calls exit()"),
    "interrupt_in_method": ("forward", "raised", "KeyboardInterrupt"),
    "endless_recursion": ("forward", "raised", "RecursionError: maximum recursion depth exceeded"),
    "endless_loop": ("forward", "timeout", "forward() takes longer than 0.2 s"),
    "too_large_array": ("forward", "memory", "ran out of memory"),
    "memory_eater": ("forward", "memory", "ran out of memory"),
    "evil_exception": ("forward", "raised", "Evil: (its text cannot be read)"),
    "coloured_exception": ("forward", "raised", "ValueError: red at <object object at 0x...>xxx"),
}
# of the pipes that answers and calls go through, either may be seen to be spoiled first
SPOILED = ("the answer is not one", "the code writes into the grader's channel")
ENDED: dict[str, tuple[str, str | tuple[str, ...]]] = {
    "os_exit_at_import": ("died", "the code ends the whole process (exit status 0) during importing mlp.py"),
    "os_exit_in_method": ("died", "the code ends the whole process (exit status 0) during forward()"),
    "segfault": ("died", "the process crashes during forward() (segmentation fault)"),
    "kills_the_worker": ("died", "the code ends the sandbox during forward()"),
    "channel_closer": ("died", "the code breaks the process that it runs in during forward()"),
    "channel_writer": ("violation", SPOILED),
    "channel_flood": ("violation", SPOILED),
    "late_frames": ("violation", ""),
}
UNSTOPPABLE = ("unstoppable_loop", "deaf_sleep", "stops_the_worker")
HARMLESS = (
    "evil_repr",
    "fills_the_disk",
    "forks_and_returns_twice",
    "grandchild_stays",
    "limits_the_worker",
    "megabyte_of_output",
    "own_library_modules",
    "own_streams",
)
# differs from run to run, or from Python to Python: that the rest is graded is all that is asked
OTHERS = ("bottomless_recursion", "patched_world")
HANGING = (*UNSTOPPABLE, "sleep_at_import", "endless_loop", "patched_world")
ISOLATED = (
    "os_exit_in_method",
    "kills_the_worker",
    "stops_the_worker",
    "late_frames",
    "memory_eater",
    "grandchild_stays",
)


def hostile(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    """Ask twice, so that what comes late is met too."""
    data["load"] = session.run(op.load())[0]
    session.run(op.create("net", "mlp.MLP"))
    for name in ("forward", "again"):
        data[name] = session.run(op.call("net", "forward", np.ones(2)))[0]


def innocent(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    data["held"] = session.run(op.hold("x", np.ones(2)), op.fetch("x"))[1]


def look(launcher: Launcher, name: str) -> Evidence:
    probes = (Probe("hostile", "", hostile), Probe("innocent", "", innocent))
    limits = replace(LIMITS, call_seconds=0.2) if name in HANGING else LIMITS
    return observe(attack(name), probes, Inside(), launcher=launcher, seed=1, limits=limits)


def first_of(evidence: Evidence) -> Observation:
    """Return what the hostile probe saw, once it is certain that the innocent one saw everything."""
    after = evidence.observations["innocent"]
    assert (after.problem, after.fault) == (None, "")
    assert after.data["held"].value.tolist() == [1.0, 1.0]
    assert evidence.observations["hostile"].fault == ""
    return evidence.observations["hostile"]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with open_launcher("process") as launcher:
        yield launcher


def test_every_attack_is_tried() -> None:
    tried = {*ANSWERED, *ENDED, *UNSTOPPABLE, *HARMLESS, *OTHERS}
    assert tried == {path.parent.name for path in ATTACKS.glob("*/mlp.py")}


@pytest.mark.parametrize("name", ANSWERED)
def test_an_attack_that_comes_back_is_a_problem_of_its_answer(launcher: Launcher, name: str) -> None:
    where, kind, message = ANSWERED[name]
    seen = first_of(look(launcher, name))
    problem = seen.data[where].problem
    assert (problem.kind, problem.message[: len(message)]) == (kind, message)
    assert problem.where.startswith("mlp.py line ")
    assert seen.problem in (None, seen.data["again"].problem)


@pytest.mark.parametrize("name", ENDED)
def test_an_attack_that_breaks_the_conversation_ends_it(launcher: Launcher, name: str) -> None:
    kind, message = ENDED[name]
    problem = first_of(look(launcher, name)).problem
    assert problem is not None
    assert problem.kind == kind
    assert problem.message.startswith(message)


@pytest.mark.parametrize("name", UNSTOPPABLE)
def test_what_cannot_be_interrupted_is_killed(launcher: Launcher, name: str) -> None:
    problem = first_of(look(launcher, name)).problem
    assert problem is not None
    assert problem.message == "forward() does not come to an end within 0.2 s, and cannot be interrupted"


@pytest.mark.parametrize("name", HARMLESS)
def test_an_attack_that_hurts_nobody_is_answered(launcher: Launcher, name: str) -> None:
    seen = first_of(look(launcher, name))
    assert seen.problem is None
    assert seen.data["again"].type in ("numpy.ndarray", "mlp.Evil")


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_comes_of_it_the_rest_is_graded(launcher: Launcher, name: str) -> None:
    first_of(look(launcher, name))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("docker", marks=pytest.mark.docker),
        pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
    ],
)
def isolated(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    with open_launcher(request.param) as launcher:
        yield launcher


@pytest.mark.parametrize("name", ISOLATED)
def test_attacks_come_to_nothing_in_other_sandboxes_too(isolated: Launcher, name: str) -> None:
    first_of(look(isolated, name))


def limits_seen(session: Session, data: dict[str, Any], _rng: np.random.Generator) -> None:
    data["limits"] = session.run(op.load(), op.create("net", "mlp.MLP"), op.call("net", "limit"))[2]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process change the limits of another one")
def test_limits_of_the_worker_that_were_changed_are_not_those_of_the_next_session(launcher: Launcher) -> None:
    probes = [
        Probe(name, "", run) for name, run in (("before", limits_seen), ("hostile", hostile), ("after", limits_seen))
    ]
    seen = observe(attack("limits_the_worker"), probes, Inside(), launcher=launcher, seed=1, limits=LIMITS).observations
    assert seen["after"].data["limits"].value.tolist() == seen["before"].data["limits"].value.tolist()
    assert seen["before"].data["limits"].value[0] == LIMITS.memory_mb * 2**20


def test_an_object_that_equals_everything_has_no_value(launcher: Launcher) -> None:
    answer = first_of(look(launcher, "evil_repr")).data["forward"]
    assert (answer.value, answer.type, answer.text) == (None, "mlp.Evil", "(its repr raises SystemExit)")


def test_output_is_kept_up_to_its_limit_and_without_terminal_sequences(launcher: Launcher) -> None:
    output = look(launcher, "megabyte_of_output").output
    assert 0 < len(output) <= 2 * LIMITS.output_kb * 1024
    assert "\x1b" not in output


def test_messages_hold_no_terminal_sequences(launcher: Launcher) -> None:
    message = first_of(look(launcher, "coloured_exception")).data["forward"].problem.message
    assert message.isprintable()
    assert len(message) <= 300


def processes_in(folder: str) -> list[Path]:
    """Return the processes on this machine whose home is the folder of a sandbox."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"HOME={folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(process)
    return found


def appeared(folder: str) -> bool:
    """Wait for the first process of a sandbox: its environment can be read a moment after it was started."""
    return any(processes_in(folder) or time.sleep(0.01) for _ in range(500))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes cannot be looked at here")
@pytest.mark.parametrize("name", ["grandchild_stays", "kills_the_worker"])
def test_no_process_outlives_the_run(launcher: Launcher, name: str) -> None:
    folders: list[str] = []

    def launch(limits: Limits, seconds: float) -> Running:
        running = launcher.launch(limits, seconds)
        folders.append(running.folder)
        assert appeared(running.folder)
        return running

    look(replace(launcher, launch=launch), name)
    assert [processes_in(folder) for folder in folders] == [[] for _ in folders]
