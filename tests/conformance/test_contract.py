"""What every sandbox holds, but for what one of them is declared not to hold: rights, sight, limits, and an end."""

from __future__ import annotations

import errno
import platform
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import ProblemKind
from grader.sandbox import Inside, Launcher, Session, SessionEnded
from grader.sandbox import operations as op
from kit.asking import LIMITS, session, worker
from kit.inmate import FILES, FORBIDDEN, MADE, number
from kit.kinds import CANNOT, MARKS, holding


def test_every_kind_says_what_it_cannot_hold() -> None:
    assert CANNOT.keys() == MARKS.keys()


# --- rights


@holding("nobody")
def test_student_code_runs_as_nobody_with_no_capabilities(ask: Session) -> None:
    assert number(ask, "who") == [47123.0, 47123.0]
    rights = [number(ask, "status", name) for name in ("CapEff", "CapPrm", "CapAmb", "NoNewPrivs")]
    assert rights == [0.0, 0.0, 0.0, 1.0]


@holding("system calls")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers of system calls are those of x86-64")
@pytest.mark.parametrize(("name", "numbers"), FORBIDDEN)
def test_the_kernel_refuses_what_no_student_needs(name: str, numbers: tuple[int, ...], ask: Session) -> None:
    assert number(ask, "asks", *numbers) == errno.EPERM, name


@holding("system calls")
@pytest.mark.parametrize(
    ("family", "outcome"), [(1, 0), (2, 0), (16, errno.EPERM), (17, errno.EPERM), (38, errno.EPERM), (40, errno.EPERM)]
)
def test_sockets_are_of_the_ordinary_kinds_or_not_at_all(family: int, outcome: int, ask: Session) -> None:
    assert number(ask, "opens", family) == outcome


@holding("network")
def test_there_is_no_network(ask: Session) -> None:
    assert number(ask, "interfaces") == 1.0
    assert "unreachable" in ask.run(op.call("net", "connects"))[0].text


# --- sight


@holding("other folders")
@pytest.mark.parametrize(
    "path", ["/x", "/etc/x", "/usr/x", "/opt/x", "/home/x", "/dev/x", "/dev/shm/x", "/proc/sys/kernel/hostname", "/var/tmp/x"]
)  # fmt: skip
def test_nothing_but_the_temporary_folder_can_be_written(ask: Session, path: str) -> None:
    problem = ask.run(op.call("net", "writes", path))[0].problem
    assert problem is not None
    assert problem.message.startswith(("OSError", "PermissionError", "FileNotFoundError"))


@holding("the temporary folder")
def test_the_temporary_folder_can_be_written(ask: Session) -> None:
    assert number(ask, "writes", "x") == 1.0
    assert number(ask, "writes_beside", "x") == 1.0


@holding("programs")
def test_nothing_that_was_written_can_be_executed(ask: Session) -> None:
    problem = ask.run(op.call("net", "executes"))[0].problem
    assert problem is not None
    assert problem.message.startswith("PermissionError")


@holding("machine")
def test_neither_the_engine_nor_the_grader_can_be_seen(ask: Session, root: Path) -> None:
    files = [
        "/var/run/docker.sock",
        *(str(root / name) for name in ("grader", "reference", "rubrics", "tests", "pyproject.toml")),
    ]
    assert [path for path in files if number(ask, "sees", path)] == []


@holding("environment")
def test_nothing_of_the_graders_environment_is_there(ask: Session) -> None:
    text = ask.run(op.call("net", "secrets"))[0].text
    assert "SSH" not in text
    assert "MLPGRADER" not in text


# --- limits


@holding("processes")
def test_processes_are_limited(launcher: Launcher) -> None:
    limits = replace(LIMITS, processes=20)
    with worker(launcher, FILES, Inside(), limits=limits) as conversation:
        answer = session(conversation).run(*MADE, op.call("net", "forks"))[2]
    assert 10 <= answer.value <= 20


@holding("files")
def test_files_are_limited_and_gone_in_the_next_session(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        for _ in range(2):
            answer = session(conversation).run(*MADE, op.call("net", "fills"))[2]
            assert LIMITS.files_mb - 3 <= answer.value <= LIMITS.files_mb
            assert conversation.end(20.0)


@holding("alone")
def test_a_session_starts_alone_whatever_the_one_before_left(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        for _ in range(2):
            *_, count, left = session(conversation).run(*MADE, op.call("net", "processes"), op.call("net", "leaves"))
            # the worker, and the process that serves the session
            assert (float(count.value), left.problem) == (2.0, None)
            assert conversation.end(20.0)


@holding("memory")
def test_memory_beyond_the_limit_ends_the_session_and_is_called_so(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        with pytest.raises(SessionEnded, match="uses more memory than there is") as ended:
            asked.run(op.call("net", "shares"))
        assert ended.value.problem.kind == ProblemKind.MEMORY


# --- an end


@holding("an end")
def test_the_worker_ends_when_the_grader_is_gone(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        session(conversation).run(*MADE)
        conversation.running.process.stdin.close()  # type: ignore[union-attr]
        assert conversation.running.process.wait(timeout=30) == 0


@holding("processor time")
def test_processor_time_is_measured_from_outside(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        session(conversation).run(*MADE)
    assert 0.02 < (conversation.running.cpu_seconds() or 0.0) < 30.0


@holding("an end")
def test_a_stopped_sandbox_can_be_stopped_again(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        conversation.running.stop()
        conversation.running.stop()
    assert conversation.running.process.returncode is not None
