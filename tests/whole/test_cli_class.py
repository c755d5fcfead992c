"""A class goes through the command line: a download in, killed once, gone on with, and every number the same in two layouts."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.cli import main
from kit import ROOT, made_class
from kit.made_class import PACKED, WITH_GROUPS, class_of, download

SIZE = 6
PATIENCE = 120.0
EXAMPLES = ("alice-other-style", "bob-no-derivative", "carol-end-broken")


def given(k: int) -> Mapping[str, bytes]:
    """Return what the k-th hands in: an example, nothing that is needed, or under the name of a copy."""
    text = (ROOT / "examples" / "byomlp" / EXAMPLES[k % 3] / "mlp.py").read_bytes()
    return {"notes.txt": b"sorry"} if k == 4 else {"mlp-1.py" if k == 1 else "mlp.py": text}


def words(folder: Path) -> list[str]:
    """Return the command that grades the forward pass of a class."""
    asked = ["--assignment", "byomlp", "--sandbox", "process", "--items", "forward", "--seed", "7"]
    return [
        "grade",
        "--class",
        str(folder / "class.zip"),
        "--roster",
        str(folder / "roster.csv"),
        *asked,
        "--out",
        str(folder / "run"),
    ]


def pack(folder: Path, layout: str) -> None:
    download(folder, PACKED[layout](class_of(given, places=range(SIZE), groups=layout in WITH_GROUPS)))
    (folder / "roster.csv").write_text(made_class.roster(made_class.people()[:SIZE]), encoding="utf-8")


def graded(folder: Path) -> tuple[int, str, str]:
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        status = main(words(folder))
    return status, out.getvalue(), error.getvalue()


def rows(folder: Path) -> dict[str, Any]:
    """Return the marks and the seed of each place in the class, whatever its key is called there."""
    found = {}
    for path in (folder / "run").glob("*/report.json"):
        data = json.loads(path.read_bytes())
        found[path.parent.name.removeprefix("login").removeprefix("47")] = (data["score"], data["seed"])
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    pack(folder, "moodle")
    return folder, *graded(folder)


def test_what_was_not_graded_and_who_needs_a_person_is_said(undisturbed: tuple[Path, int, str, str]) -> None:
    folder, status, out, error = undisturbed
    assert status == 1
    assert "taken for a download of Moodle" in error
    assert "Not graded: 1" in out
    assert "there is no mlp.py; handed in: notes.txt" in out
    assert len(rows(folder)) == SIZE - 1


def test_a_class_that_was_killed_goes_on_with_the_same_numbers(
    undisturbed: tuple[Path, int, str, str], tmp_path: Path
) -> None:
    pack(tmp_path, "clones")
    pipes: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    with subprocess.Popen([sys.executable, "-m", "grader", *words(tmp_path)], cwd=ROOT, **pipes) as first:
        until = time.monotonic() + PATIENCE
        # a second one shows that the first one has been noted
        while len(rows(tmp_path)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
    begun = len(rows(tmp_path))
    status, _, error = graded(tmp_path)
    assert 2 <= begun < SIZE - 1
    assert (status, rows(tmp_path)) == (1, rows(undisturbed[0]))
    assert "graded already and skipped" in error
