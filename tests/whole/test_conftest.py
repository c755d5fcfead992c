"""How the tests themselves are run: what needs Docker is skipped without it, unless CI refuses that; groups stay together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GROUPED = """
import os, pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(12))
def test_one_of_a_group(number):
    with open("workers", "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")

@pytest.mark.parametrize("number", range(12))
def test_one_of_none(number):
    pass
"""


@pytest.mark.parametrize(("required", "status", "words"), [("", 0, "1 skipped"), ("docker", 1, "1 error")])
def test_skipping_a_required_test_is_a_failure(
    required: str, status: int, words: str, root: Path, tmp_path: Path
) -> None:
    # a path without any program: no container client is found
    environment = {**os.environ, "PATH": str(tmp_path), "MLPGRADER_REQUIRE": required}
    plain = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist")
    command = [sys.executable, "-m", "pytest", *plain, "-k", "leaves_none", "tests/conformance/test_refusals.py"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stdout) == (status, True), done.stdout


def test_tests_of_one_group_run_in_one_worker(root: Path, tmp_path: Path) -> None:
    flags = re.search(r"^PYTEST_FLAGS \?=(.*)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert flags is not None
    (tmp_path / "test_grouped.py").write_text(GROUPED, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-q", *flags[1].split(), "--numprocesses", "2"]
    subprocess.run(line, cwd=tmp_path, stdout=subprocess.DEVNULL, check=True)
    workers = (tmp_path / "workers").read_text(encoding="utf-8").split()
    assert len(workers) == 12
    assert len(set(workers)) == 1
