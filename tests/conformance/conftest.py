"""What tests of sandboxes share: every kind of sandbox opened once, with what it cannot hold, and a session in each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from grader.model import SandboxSpec
from grader.sandbox import Inside, Launcher, Session, open_launcher
from kit.asking import session, worker
from kit.inmate import FILES, MADE
from kit.notebook import LIMITS, Notebook

# crun does not start where both versions of control groups are mounted; runc does, and is there wherever Docker is
RUNTIME = "runc" if shutil.which("runc") else ""
# so long many tests may ask one sandbox, on a machine that is busy with others
SHARED_SECONDS = 600.0
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
    with worker(launcher, FILES, Inside(), seconds=SHARED_SECONDS) as conversation:
        asked = session(conversation, seconds=SHARED_SECONDS)
        asked.run(*MADE)
        yield asked


@pytest.fixture(scope="module", params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def for_notebooks(request: pytest.FixtureRequest) -> Iterator[Launcher]:
    """Give a sandbox for notebooks: with the libraries of this environment, and with those of the image."""
    with open_launcher(SPECS[request.param]) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, for_notebooks: Launcher) -> Iterator[Notebook]:
    """Give one kernel beside FILES of the test's module, for tests that leave nothing behind that another could stumble over."""
    files, inside = request.module.FILES, request.module.INSIDE
    with worker(for_notebooks, files, inside, limits=LIMITS, seconds=SHARED_SECONDS) as conversation:
        yield Notebook(session(conversation, seconds=SHARED_SECONDS, limits=LIMITS))
