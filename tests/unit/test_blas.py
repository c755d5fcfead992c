from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader.blas import VARIABLES, in_one_thread
from kit import ROOT

COMMAND = """
import os, sys
from grader import cli
sys.argv[1:] = ["--version"]
try:
    cli.main()
except SystemExit:
    print("numpy" in sys.modules, *(os.environ.get(name) for name in sys.stdin.read().split()))
"""


def test_one_thread_is_asked_for_where_nobody_has_asked_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "4")
    in_one_thread()
    assert {name: os.environ[name] for name in VARIABLES} == dict.fromkeys(VARIABLES, "1") | {"MKL_NUM_THREADS": "4"}


def test_a_command_asks_for_one_thread_before_numpy_is_loaded() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    told = subprocess.run(
        [sys.executable, "-c", COMMAND],
        input=" ".join(VARIABLES),
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines()[1:] == ["False 1 1 1 1"]
