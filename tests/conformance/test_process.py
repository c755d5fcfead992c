"""The process sandbox: what it limits all the same, and that whole process trees end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from grader.model import ProblemKind
from grader.sandbox import Inside, Launcher, SessionEnded
from grader.sandbox import operations as op
from grader.sandbox.process import end_tree, marked
from grader.sandbox.watching import memory, tree
from kit.asking import LIMITS, session, worker
from kit.inmate import FILES, MADE

# what `launcher` opens
KIND = "process"
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@linux
@pytest.mark.parametrize("attack", [op.call("net", "shares"), op.call("net", "divides", 200)])
def test_what_all_processes_use_together_is_limited_and_reported_as_memory(
    launcher: Launcher, attack: op.Operation
) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        with pytest.raises(SessionEnded, match="uses more memory than there is") as ended:
            asked.run(attack)
        assert ended.value.problem.kind == ProblemKind.MEMORY


@linux
def test_no_process_is_left(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        session(conversation).run(*MADE, op.call("net", "leaves"))
        before = list(tree(conversation.running.process.pid))
    assert len(before) >= 3
    # one that nobody has waited for yet holds nothing any more
    assert memory(before) == 0


def test_what_it_cannot_promise_is_a_fact(launcher: Launcher) -> None:
    assert "whatever you can" in launcher.facts["weaker"]


def test_on_windows_a_whole_tree_is_ended() -> None:
    asked: list[Any] = []
    end_tree(7, run=lambda command, **_: asked.append(command))
    assert asked == [["taskkill", "/T", "/F", "/PID", "7"]]


@pytest.mark.parametrize("error", [FileNotFoundError(), subprocess.TimeoutExpired("taskkill", 10)])
def test_where_taskkill_fails_the_process_itself_is_still_ended_afterwards(error: Exception) -> None:
    def run(*_args: Any, **_options: Any) -> None:
        raise error

    end_tree(7, run=run)


def test_what_left_its_group_is_found_by_its_mark_in_what_ps_says() -> None:
    said = "  1 /sbin/launchd\n 70 python -c x A=1 MLPGRADER_SANDBOX=abc B=2\n 71 python MLPGRADER_SANDBOX=abcd\n 72\n"
    assert marked("MLPGRADER_SANDBOX=abc", ask=lambda: said) == [70]


@linux
def test_a_limit_of_the_rubric_is_a_limit_of_the_process(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        *_, answer = session(conversation).run(*MADE, op.call("net", "limits"))
    memory = LIMITS.memory_mb * 2**20
    assert answer.value.tolist() == [memory, memory + 2**30, LIMITS.files_mb * 2**20, 256.0, 0.0]


@linux
def test_a_worker_that_takes_nothing_in_any_more_is_a_timeout(launcher: Launcher) -> None:
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        os.kill(conversation.running.process.pid, signal.SIGSTOP)
        with pytest.raises(SessionEnded) as ended:
            asked.run(op.hold("x", np.ones(100_000)), seconds=0.1)
        assert ended.value.problem.kind == ProblemKind.TIMEOUT
