"""A test that needs Docker is skipped where there is none, and CI can refuse that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("required", "status", "words"), [("", 0, "1 skipped"), ("docker", 1, "1 error")])
def test_skipping_a_required_test_is_a_failure(
    required: str, status: int, words: str, root: Path, tmp_path: Path
) -> None:
    # a path without any program: no container client is found
    environment = {**os.environ, "PATH": str(tmp_path), "MLPGRADER_REQUIRE": required}
    plain = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist")
    command = [sys.executable, "-m", "pytest", *plain, "-k", "leaves_none", "tests/test_doctor.py"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stdout) == (status, True), done.stdout
