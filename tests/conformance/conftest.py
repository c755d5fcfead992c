"""What tests of sandboxes share: every kind of sandbox opened once, with what it cannot hold, and a session in each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from grader.model import SandboxSpec
from grader.sandbox import Inside, Launcher, Session, open_launcher
from kit.asking import session, worker
from kit.inmate import FILES, MADE

# crun does not start where both versions of control groups are mounted; runc does, and is there wherever Docker is
RUNTIME = "runc" if shutil.which("runc") else ""
SPECS = {
    "process": SandboxSpec("process"),
    "bubblewrap": SandboxSpec("bubblewrap"),
    "docker": SandboxSpec("docker"),
    "podman": SandboxSpec("docker", engine="podman", runtime=RUNTIME),
}


@pytest.fixture(scope="module")
def launcher(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    """Give a sandbox of the kind that `kit.kinds.holding` names, or of that which the whole file is about."""
    with open_launcher(SPECS[getattr(request, "param", "") or request.module.KIND]) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def ask(launcher: Launcher) -> Iterator[Session]:
    """Give a session with the submission that looks around; for tests that leave it as it was."""
    with worker(launcher, FILES, Inside()) as conversation:
        asked = session(conversation)
        asked.run(*MADE)
        yield asked
