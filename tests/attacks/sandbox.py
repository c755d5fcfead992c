"""A sandbox that keeps account of everything that it starts, to see what is left of it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.model import Limits, SandboxSpec
from grader.sandbox import Launcher, open_launcher
from grader.sandbox.launching import Running


@dataclass
class Sandbox:
    """A launcher, and everything that it has started."""

    launcher: Launcher
    client: str = "docker"
    started: list[Running] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Which one it is."""
        return self.launcher.name

    def left(self) -> list[str]:
        """Return what is left of all that was started: processes of this side, containers, folders."""
        running = [str(each.process.pid) for each in self.started if each.process.poll() is None]
        folders = [each.folder for each in self.started if self.kind == "process" and Path(each.folder).exists()]
        return [*running, *folders, *self._containers(), *self._processes()]

    def _containers(self) -> list[str]:
        if self.kind != "docker":
            return []
        listed = subprocess.run(
            [self.client, "ps", "--all", "--format", "{{.Names}}"], capture_output=True, text=True, check=True
        )
        own = {str(each.process.args[-1]) for each in self.started}  # type: ignore[index]
        return sorted(own.intersection(listed.stdout.split()))

    def _processes(self) -> list[str]:
        """Return processes on this machine that have the folder of a child process for a home."""
        homes = {f"HOME={each.folder}".encode() for each in self.started if self.kind == "process"}
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if homes.intersection((process / "environ").read_bytes().split(b"\0")):
                    found.append(process.name)
        return found


@contextlib.contextmanager
def opened(kind: str, *, client: str = "docker", runtime: str = "") -> Iterator[Sandbox]:
    """Give a sandbox that keeps account."""
    with open_launcher(SandboxSpec(kind, engine=client, runtime=runtime)) as launcher:
        sandbox = Sandbox(launcher, client)

        def launch(limits: Limits, seconds: float) -> Running:
            running = launcher.launch(limits, seconds)
            sandbox.started.append(running)
            return running

        sandbox.launcher = replace(launcher, launch=launch)
        yield sandbox
