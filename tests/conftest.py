"""What all tests share: how tests that need a Docker engine, bubblewrap or a browser are skipped, or refused to be skipped."""

from __future__ import annotations

from kit import one_thread  # noqa: F401  before numpy is loaded

# isort: split
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from grader import __version__
from grader.errors import AuthorError
from grader.sandbox import open_launcher
from kit import postgres

ROOT = Path(__file__).resolve().parents[1]
IMAGE = f"mlpgrader-sandbox:{__version__}"
# marks whose tests must not be skipped here, as in MLPGRADER_REQUIRE="docker browser"
REQUIRED = frozenset(os.environ.get("MLPGRADER_REQUIRE", "").split())

# no test depends on how fast this machine is
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# for every change (make test): others are drawn the next time
settings.register_profile("few", settings.get_profile("patient"), max_examples=20)
settings.load_profile("patient")


# where nothing may be written beside the sources, tests and what they start would be compiled anew each time: seconds for all
# tests, and a second for every command
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(ROOT / ".pytest_cache" / "compiled")
    sys.dont_write_bytecode = False

# what was collected stays to the end: to look through it for garbage again and again costs a tenth of the time
gc.set_threshold(100_000)

# a suite that was started in the background is born deaf to interrupts, and so would be every program that it starts
signal.signal(signal.SIGINT, signal.default_int_handler)

DATA = "MLPGRADER_DATA"


def mnist_problem() -> str:
    """Return why tests cannot use MNIST on this machine, or an empty string when they can."""
    folder = os.environ.get(DATA, "")
    if not folder:
        return f"{DATA} does not name a folder with the MNIST files"
    return "" if Path(folder, "train-images-idx3-ubyte.gz").is_file() else f"{DATA}={folder} has no MNIST files"


@cache
def docker_problem() -> str:
    """Return why tests cannot use Docker on this machine, or an empty string when they can."""
    try:
        engine = subprocess.run(["docker", "info"], capture_output=True, timeout=60, check=False)
        image = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"no Docker engine answers ({error})"
    if engine.returncode:
        return "no Docker engine answers (see `docker info`)"
    return "" if image.returncode == 0 else f"the image {IMAGE} is not built (make image)"


@cache
def podman_problem() -> str:
    """Return why tests cannot use podman on this machine, or an empty string when they can."""
    try:
        image = subprocess.run(["podman", "image", "inspect", IMAGE], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"there is no podman that answers ({error})"
    return "" if image.returncode == 0 else f"podman does not have the image (docker save {IMAGE} | podman load)"


@cache
def bubblewrap_problem() -> str:
    """Return why tests cannot use bubblewrap on this machine, or an empty string when they can."""
    try:
        open_launcher("bubblewrap").close()
    except AuthorError as error:
        return str(error)
    return ""


PROBLEMS = {
    "docker": docker_problem,
    "podman": podman_problem,
    "bubblewrap": bubblewrap_problem,
    "mnist": mnist_problem,
    "postgres": postgres.problem,
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Let `--numprocesses auto` be two workers a processor: where everything is tested, half of the time is spent waiting.

    For limits that run out, for engines, and for programs that were started.
    """
    return 2 * (os.cpu_count() or 1) if config.option.numprocesses == "auto" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all Docker tests in one worker, as some of them count containers, and those of PostgreSQL: they share a server."""
    for item in items:
        for mark in ("docker", "postgres"):
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.xdist_group(mark))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose mark names something that is not here: an engine with the image, bubblewrap, the MNIST files."""
    for mark, problem in PROBLEMS.items():
        if item.get_closest_marker(mark) and (reason := problem()):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skipping of a test with a required mark into a failure: CI must not pass by leaving tests out."""
    report = yield
    marks = REQUIRED.intersection(mark.name for mark in item.iter_markers())
    if report.skipped and marks and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, which MLPGRADER_REQUIRE forbids for '{' '.join(sorted(marks))}': {reason}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL server and give the URL of its database; only for tests marked `postgres`."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def mnist() -> Path:
    """Return the folder with the MNIST files; only for tests marked `mnist`."""
    return Path(os.environ[DATA])


@pytest.fixture(scope="session")
def sandbox_image() -> str:
    """Return the name of the image that submissions run in; only for tests marked `docker`."""
    return IMAGE
