"""The kernel's account of a container, with control groups of both versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.sandbox.cgroup import Group, group_of

ONE = {
    "proc/7/cgroup": "9:cpuacct,cpu:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n0::/\n",
    "sys/fs/cgroup/cpuacct/docker/abc/cpuacct.usage": "1500000000\n",
    "sys/fs/cgroup/memory/docker/abc/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
}
TWO = {
    "proc/7/cgroup": "0::/system.slice/docker-abc.scope\n",
    "sys/fs/cgroup/system.slice/docker-abc.scope/cpu.stat": "usage_usec 1500000\nuser_usec 1\n",
    "sys/fs/cgroup/system.slice/docker-abc.scope/memory.events": "low 0\nhigh 0\nmax 5\noom 2\noom_kill 2\n",
}


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.parametrize("files", [ONE, TWO])
def test_processor_time_and_kills_are_read_from_both_versions(tmp_path: Path, files: dict[str, str]) -> None:
    lay(tmp_path, files)
    group = group_of(7, "abc", root=tmp_path)
    assert group is not None
    assert (group.cpu_seconds(), group.memory_kills()) == (1.5, 2)


@pytest.mark.parametrize("files", [ONE, TWO])
def test_a_process_with_the_same_number_on_another_machine_is_not_taken_for_it(
    tmp_path: Path, files: dict[str, str]
) -> None:
    lay(tmp_path, files)
    assert group_of(7, "xyz", root=tmp_path) is None
    assert group_of(8, "abc", root=tmp_path) is None
    assert group_of(7, "", root=tmp_path) is None


def test_what_cannot_be_read_is_unknown_and_not_zero(tmp_path: Path) -> None:
    group = Group(tmp_path, None)
    assert (group.cpu_seconds(), group.memory_kills()) == (None, 0)
