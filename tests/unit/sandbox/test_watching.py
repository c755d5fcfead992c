"""Watching a tree of processes from outside: what it uses together, and that it is ended once that is too much."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from grader.sandbox.watching import Watch, memory, memory_by_ps, processor_seconds, tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

FAMILY = """
import os, sys
held = bytearray(os.urandom(50 * 2**20))
for _ in range(3):
    if os.fork() == 0:
        break
else:
    print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def family() -> Iterator[int]:
    """Give the number of a process with three children, which share its 50 MiB."""
    process = subprocess.Popen([sys.executable, "-c", FAMILY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    yield process.pid
    process.stdin.close()
    process.wait()
    process.stdout.close()


def test_all_processes_below_one_are_found(family: int) -> None:
    assert len(list(tree(family))) == 4
    assert family in tree(os.getpid())


@pytest.mark.parametrize("listed", [["1", "2"], FileNotFoundError("gone")])
def test_a_process_that_ends_while_it_is_looked_at_has_no_children(
    listed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "listdir", Mock(side_effect=[listed]))
    assert list(tree(2**22 + 1)) == [2**22 + 1]


def test_what_processes_share_counts_once(family: int) -> None:
    used = memory(list(tree(family)))
    assert 50 * 2**20 < used < 120 * 2**20


def test_while_it_is_little_an_upper_bound_will_do(family: int) -> None:
    assert memory(list(tree(family)), at_least=2**40) > 200 * 2**20


def test_processes_that_are_gone_use_nothing() -> None:
    assert memory([2**22 + 1]) == 0
    assert processor_seconds([2**22 + 1]) == 0.0


def test_processor_time_is_that_of_the_process_and_its_children() -> None:
    assert 0.0 < processor_seconds([os.getpid()]) < 10_000.0


def test_a_tree_that_uses_too_much_is_killed_once(family: int) -> None:
    killed = threading.Semaphore(0)
    watch = Watch(family, 40, lambda: killed.release())
    assert killed.acquire(timeout=60)
    watch.end()
    assert watch.exceeded
    assert not killed.acquire(blocking=False)


def test_a_watch_that_has_ended_kills_nothing(family: int) -> None:
    killed: list[bool] = []
    watch = Watch(family, 2**20, lambda: killed.append(True))
    watch.end()
    watch.end()
    assert (killed, watch.exceeded) == ([], False)


def test_where_there_is_no_proc_ps_is_asked() -> None:
    said = "  1     0   900\n 70     1  1024\n 71    70  2048\n 72    71  4096\n 80     1  8192\n"
    assert memory_by_ps(70, ask=lambda: said) == 7 * 2**20
    assert memory_by_ps(99, ask=lambda: said) == 0


def test_ps_says_it_of_this_machine_too(family: int) -> None:
    assert memory_by_ps(family) > 150 * 2**20
