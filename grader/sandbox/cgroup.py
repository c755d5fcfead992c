"""The control group of a container as the kernel of this machine accounts for it, where that can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")


@dataclass(frozen=True)
class Group:
    """The folders of a control group: one for everything (version 2), or one for each kind of account (version 1)."""

    processor: Path | None
    memory: Path | None
    freezer: Path | None = None

    def cpu_seconds(self) -> float | None:
        """Return the processor time that the group has used, None where it cannot be read."""
        if self.processor is None:
            return None
        nanoseconds = _number(self.processor / "cpuacct.usage", r"(\d+)")
        microseconds = _number(self.processor / "cpu.stat", r"usage_usec (\d+)")
        if nanoseconds is not None:
            return nanoseconds / 1e9
        return None if microseconds is None else microseconds / 1e6

    def memory_kills(self) -> int:
        """Return how many of its processes the kernel has killed for want of memory, 0 where it cannot be read."""
        if self.memory is None:
            return 0
        found = (_number(self.memory / name, r"oom_kill (\d+)") for name in ("memory.oom_control", "memory.events"))
        return max(number or 0 for number in found)

    def is_frozen(self) -> bool:
        """Tell whether somebody has stopped all of it, which none of its own processes can."""
        if self.freezer is None:
            return False
        said = (
            _found(self.freezer / "freezer.state", "FROZEN|FREEZING"),
            _found(self.freezer / "cgroup.events", "frozen 1"),
        )
        return any(said)


def group_of(process: int, container: str, *, root: Path = ROOT) -> Group | None:
    """Return the group that a process of the container with that id is in; None where there is no way to see it.

    The engine may run on another machine, where the number is that of another process: its groups name the container.
    """
    try:
        lines = (root / "proc" / str(process) / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    paths: dict[str, str] = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if container and container in path:
            paths |= dict.fromkeys(controllers.split(","), path.lstrip("/"))
    base = root / "sys" / "fs" / "cgroup"
    unified = base / paths[""] if "" in paths else None
    processor = base / "cpuacct" / paths["cpuacct"] if "cpuacct" in paths else unified
    memory = base / "memory" / paths["memory"] if "memory" in paths else unified
    freezer = base / "freezer" / paths["freezer"] if "freezer" in paths else unified
    return Group(processor, memory, freezer) if processor or memory or freezer else None


def _number(file: Path, pattern: str) -> int | None:
    found = _found(file, pattern)
    return int(found[1]) if found else None


def _found(file: Path, pattern: str) -> re.Match[str] | None:
    try:
        return re.search(pattern, file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return None
